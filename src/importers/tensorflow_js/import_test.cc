// A tiny SSD in TensorFlow.js' form becomes what its frozen graph becomes.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "graph/check_numbers.h"
#include "importers/darknet/network_for_test.h"
#include "importers/importer.h"
#include "importers/tensorflow/import.h"
#include "importers/tensorflow/tiny_ssd.h"
#include "importers/tensorflow_js/graph_model_writer_for_test.h"

namespace octet::tensorflow_js {
namespace {

using tensorflow::TinySsd;
using tensorflow::TinySsdWriter;

class ImportTensorflowJs : public testing::Test {
 protected:
  Result<ImportedModel> import(const GraphModelFiles& files) {
    folder_.write("group1-shard1of1", files.shard);
    return import_model(folder_.write("model.json", files.json.dump()),
                        {.warn = [this](std::string_view text) { warnings_.emplace_back(text); }});
  }

  const darknet::TestFolder folder_;
  std::vector<std::string> warnings_;
};

Result<ImportedModel> import_frozen(const tensorflow::proto::GraphDef& graph) {
  const std::string bytes = graph.SerializeAsString();
  return import_tensorflow(std::as_bytes(std::span(bytes)));
}

// The same nodes, names, links and weights.
void expect_same(const Graph& a, const Graph& b) {
  ASSERT_EQ(a.nodes().size(), b.nodes().size());
  for (std::size_t i = 0; i < a.nodes().size(); ++i) {
    const Node &x = a.nodes()[i], &y = b.nodes()[i];
    EXPECT_EQ(x.name, y.name);
    EXPECT_EQ(type_name(x.op), type_name(y.op)) << x.name;
    EXPECT_EQ(x.inputs, y.inputs) << x.name;
    EXPECT_EQ(x.outputs, y.outputs) << x.name;
    const auto *p = std::get_if<Constant>(&x.op), *q = std::get_if<Constant>(&y.op);
    EXPECT_TRUE(!p || std::ranges::equal(p->value.bytes(), q->value.bytes())) << x.name;
  }
}

// What a graph needs for its last nodes, without what suppresses boxes.
tensorflow::proto::GraphDef without_suppression(tensorflow::proto::GraphDef graph) {
  std::vector<std::string> wanted{"decoded", "slice_scores"};
  for (std::size_t i = 0; i < wanted.size(); ++i)
    for (const auto& node : graph.node())
      if (node.name() == wanted[i])
        for (const std::string& input : node.input()) {
          const std::string name = input.substr(input.starts_with('^') ? 1 : 0, input.find(':'));
          if (std::ranges::find(wanted, name) == wanted.end()) wanted.push_back(name);
        }
  auto& nodes = *graph.mutable_node();
  nodes.erase(
      std::remove_if(nodes.begin(), nodes.end(), [&](const auto& node) { return std::ranges::find(wanted, node.name()) == wanted.end(); }),
      nodes.end());
  return graph;
}

TEST_F(ImportTensorflowJs, GivesWhatTheFrozenGraphGives) {
  TinySsdWriter writer{TinySsd{}};
  const auto& graph = writer.graph().graph();
  const auto frozen = import_frozen(graph);
  const auto model = import(graph_model_of(graph));
  ASSERT_TRUE(model.ok()) << model.error().message;
  expect_same(model->graph, frozen->graph);
  EXPECT_EQ(model->description.name, "model");
  EXPECT_EQ(model->description.confidence_threshold, 0.3f);
  EXPECT_TRUE(warnings_.empty()) << warnings_[0];
}

TEST_F(ImportTensorflowJs, AddsTheSuppressionThatWasLeftOutAndSaysSo) {
  TinySsdWriter writer{TinySsd{}};
  const auto frozen = import_frozen(writer.graph().graph());
  const auto model = import(graph_model_of(without_suppression(writer.graph().graph())));
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_EQ(model->description.suppression, frozen->description.suppression);
  EXPECT_EQ(model->description.clip, frozen->description.clip);
  EXPECT_EQ(model->description.confidence_threshold, ModelDescription{}.confidence_threshold) << "the graph does not tell";
  ASSERT_EQ(warnings_.size(), 1u);
  EXPECT_NE(warnings_[0].find("model.json: the graph ends before its non-maximum suppression"), std::string::npos) << warnings_[0];
  EXPECT_NE(warnings_[0].find("IoU 0.6, at most 100 boxes"), std::string::npos) << warnings_[0];
}

TEST_F(ImportTensorflowJs, NamesAShardThatIsNotThere) {
  TinySsdWriter writer{TinySsd{}};
  const auto model = import_model(folder_.write("lone.json", graph_model_of(writer.graph().graph()).json.dump()));
  ASSERT_FALSE(model.ok());
  EXPECT_EQ(model.error().code, ErrorCode::kNotFound);
  EXPECT_NE(model.error().message.find("group1-shard1of1"), std::string::npos) << model.error().message;
}

}  // namespace
}  // namespace octet::tensorflow_js
