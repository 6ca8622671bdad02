#pragma once

#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/image_size.h"
#include "base/result.h"
#include "graph/graph.h"
#include "model/heads/dense.h"
#include "recognise/cells.h"
#include "recognise/found_head.h"
#include "recognise/levels.h"
#include "recognise/recognise.h"
#include "tensor/columns.h"

namespace octet {

// What the numbers of one column are where convolutions give nothing (at_rest.h).
struct RestingColumn {
  double least = std::numeric_limits<double>::infinity(), most = -least;

  void add(double number);
  bool is_constant() const { return most - least < 1e-4; }
  bool is_zero() const;
  bool is_one() const;
  bool is_probability() const;
};

// Whether columns are scores of classes. Keypoints, angles and coefficients of masks beside them differ from them where nothing is seen.
bool are_scores(std::span<const RestingColumn> columns);
DenseHead::Score score_of(const RestingColumn& column);

// All that a file tells of its head: the graph, what the importer knows, the outputs, and what the graph makes of nothing.
class HeadEvidence {
 public:
  // `graph` and `facts` outlive it. `classes`: as many as there are names, where there are any.
  HeadEvidence(const Graph& graph, const SourceFacts& facts, ImageSize input, std::optional<int> classes)
      : graph_(graph), facts_(facts), input_(input), classes_(classes), outputs_(output_shapes(graph)) {}

  const Graph& graph() const { return graph_; }
  const SourceFacts& facts() const { return facts_; }
  ImageSize input() const { return input_; }
  std::optional<int> classes() const { return classes_; }

  // All of the graph, or those of them that were set.
  const std::vector<OutputShape>& outputs() const { return outputs_; }
  void set_outputs(std::vector<OutputShape> outputs) { outputs_ = std::move(outputs); }

  Value value_of(const std::string& output) const { return graph_.node(graph_.find(output)).inputs[0]; }
  Value value_of(const OutputShape& output) const { return value_of(output.name); }
  Value origin_of(const OutputShape& output) const;
  bool is_made_by_matmul(const OutputShape& output) const;

  // Computes what the graph makes of nothing, once; the resting_* below need it. kUnsupported where too much would have to be computed.
  Status let_rest();
  std::vector<RestingColumn> resting_columns(const ColumnGroup& group) const;
  std::optional<RestingBoxes> resting_boxes(const Levels& levels, const ColumnGroup& group) const;
  // Whether the distances in a column are in pixels: multiplied by the strides of the levels, or about so, on the way from the
  // convolutions.
  bool grow_with_strides(const Levels& levels, const ColumnGroup& group, std::int64_t column) const;
  // Whether the numbers of a group are none below 0 whatever the convolutions give: behind a ReLU or an exponential function.
  bool is_never_negative(const ColumnGroup& group) const;
  std::span<const float> resting_numbers(const std::string& output) const { return rest_->at(output).values<float>(); }

 private:
  const Graph& graph_;
  const SourceFacts& facts_;
  ImageSize input_;
  std::optional<int> classes_;
  std::vector<OutputShape> outputs_;
  std::optional<std::map<std::string, Tensor>> rest_;
};

// What is open about outputs that fit no head, for a person to declare.
Error open_question(const std::string& why);

// The last look at a dense head: its number of classes against that of the names, and how its boxes are suppressed.
Result<FoundHead> checked(const HeadEvidence& evidence, FoundHead found);

// How a family suppresses boxes.
Suppression suppression_of(Family family);

}  // namespace octet
