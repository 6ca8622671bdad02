#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "graph/graph.h"
#include "importers/tensorflow/evaluator.h"
#include "importers/tensorflow/source.h"
#include "model/resize_kind.h"

namespace octet::tensorflow {

// A convolution that is not in the graph yet, so that constant factors and offsets that follow it (batch
// normalisation in any spelling, biases, the scale of logits) still go into its weights, in double.
struct OpenConvolution {
  std::string name, bias_name;
  Value data;
  Tensor weights;  // f32 [O,I,kh,kw], or [G,O,I,kh,kw] where grouped
  bool grouped = false;
  Spatial strides{1, 1}, dilations{1, 1};
  Pads pads;
  std::vector<double> scale, bias;  // one an output channel
  bool has_bias = false;
};

// What a TensorFlow value of the feature extractor is in octet's graph: [1,C,H,W] for [1,H,W,C].
struct Feature {
  Shape shape;
  std::optional<Value> value;                  // if it is in the graph
  std::optional<OpenConvolution> convolution;  // else how it gets there
  bool is_image = false;                       // before the first convolution: channels are BGR, not RGB
};

// The picture as the graph takes it, read off its preprocessing.
struct ImageInput {
  std::int64_t height = 0, width = 0;
  ResizeKind resize = ResizeKind::kStretchTf1;
};

// What is taken where the graph itself does not say it.
struct ImageDefaults {
  std::int64_t height = 0, width = 0;           // of a placeholder of unknown size; 0: there is none
  ResizeKind resize = ResizeKind::kStretchTf1;  // to the size of a placeholder
  bool is_unit_range = false;                   // an image without any arithmetic on it is 0..1, not 0..255
};

// Translates the feature extractor on demand: what the asked-for values need, back to the resized image.
class Network {
 public:
  Network(const Source& source, Graph& graph, const ImageDefaults& defaults = {});
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  // The translated value. Errors name the node that octet lacks.
  Result<Feature> feature(Ref ref);

  // Its shape as TensorFlow sees it (NHWC).
  Result<Shape> nhwc_shape(Ref ref);

  const ImageInput& image() const { return image_; }
  const Source& source() const { return source_; }
  Evaluator& constants() { return constants_; }

  // ---- for the rules -----------------------------------------------------------------------------------------
  bool is_constant(Ref ref) const { return !source_.is_dynamic(ref); }
  // Input `i` of a node that is being translated, already translated itself; `value` puts it into the graph.
  Result<Feature> input(const NodeRecord& node, std::size_t i);
  Result<Value> value(const NodeRecord& node, std::size_t i);
  Result<Value> value(Ref ref);
  // A constant input: as numbers, or as a large tensor.
  Result<Tensor> constant(const NodeRecord& node, std::size_t i);
  Result<Tensor> weights(const NodeRecord& node, std::size_t i);
  // Appends an operation named as the node; the feature of its output.
  Result<Feature> append(const NodeRecord& node, Op op, std::vector<Value> inputs);
  Value append_constant(Tensor tensor, const std::string& name) { return graph_.emit_constant(std::move(tensor), name); }
  Graph& graph() { return graph_; }
  void set_image(ImageInput image) { image_ = image; }
  const ImageDefaults& defaults() const { return defaults_; }
  // Whether the graph computes with the image before the first convolution.
  bool has_arithmetic_on_image() const;
  // A further output of a node, beside the first that its rule gives.
  void set_output(const NodeRecord& node, std::uint32_t port, Feature feature);

 private:
  bool is_preprocessing(NodeIndex index) const;
  Result<bool> push_needed(NodeIndex index, std::vector<NodeIndex>& stack);
  Status translate(NodeIndex index);
  Feature* find(Ref ref);

  const Source& source_;
  Graph& graph_;
  Evaluator constants_;
  ImageInput image_;
  ImageDefaults defaults_;
  std::vector<char> after_convolution_;
  std::unordered_map<NodeIndex, Feature> features_;  // first outputs
  std::map<Ref, Feature> further_outputs_;
  std::vector<char> open_;
  int depth_ = 0;
};

// Puts a convolution into the graph: weights with their factors, then the bias.
Result<Value> emit(const OpenConvolution& convolution, Graph& graph);

// Appends a constant [n] of integers: axes, sizes, an order.
Value emit_integers(Graph& graph, const std::vector<std::int64_t>& values, const std::string& name);

// How one operation is translated. In layers_*.cc, by family; image_input.cc has the resized image.
using LayerRule = Result<Feature> (*)(const NodeRecord& node, Network& network);
struct NamedLayer {
  std::string_view op;
  LayerRule rule;
};
std::span<const NamedLayer> convolution_layers();
std::span<const NamedLayer> elementwise_layers();
std::span<const NamedLayer> window_layers();

// The image after resizing, with the arithmetic done on it before; `node` is the last operation of the preprocessing.
Result<Feature> resized_image(const NodeRecord& node, Network& network);

// Repetition of pixels spelled with Reshape, Pack, Tile and ones (the feature pyramids of the API): the value that is
// repeated, if the node ends such a chain and its input is not just renamed.
std::optional<Ref> repeated_value(const Source& source, const NodeRecord& node);
Result<Feature> repeat_pixels(const NodeRecord& node, Network& network);

// `data` combined with a constant by the node's operation (Add, Mul, ...); `constant_input` tells the side of the constant.
Result<Feature> combine_with_constant(const NodeRecord& node, Network& network, Feature data, const Tensor& constant,
                                      std::size_t constant_input);
bool is_arithmetic(std::string_view op);

// kUnsupported if the node is not in TensorFlow's default layout.
Status expect_nhwc(const NodeRecord& node);

}  // namespace octet::tensorflow
