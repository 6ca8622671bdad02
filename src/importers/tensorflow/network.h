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

// Where the axes of a TensorFlow value lie in octet's graph: axis i is axis order[i] there.
using Axes = std::vector<std::size_t>;
inline const Axes kPlanar{0, 2, 3, 1};  // an image: [N,H,W,C] lies as [N,C,H,W]

// What a TensorFlow value is in octet's graph. Its axes are not moved until an operation asks for them in another order, so that
// what a file turns back and forth for its own convolutions needs no Transpose.
struct Feature {
  Shape shape;  // as it lies
  Axes order = kPlanar;
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
  bool is_kept = false;                         // the placeholder is the input, and all that follows stays; else the resized image is
  std::int64_t height = 0, width = 0;           // of a placeholder of unknown size; 0: there is none
  ResizeKind resize = ResizeKind::kStretchTf1;  // to the size of a placeholder
  bool is_unit_range = false;                   // an image without any arithmetic on it is 0..1, not 0..255
};

// Translates on demand: what the asked-for values need, back to the resized image or to the placeholder.
class Network {
 public:
  Network(const Source& source, Graph& graph, const ImageDefaults& defaults = {});
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  // The translated value. Errors name the node that octet lacks.
  Result<Feature> feature(Ref ref);

  // Its shape as TensorFlow sees it: [N,H,W,C] of an image.
  Result<Shape> shape_of(Ref ref);

  const ImageInput& image() const { return image_; }
  const Source& source() const { return source_; }
  Evaluator& constants() { return constants_; }

  // ---- for the rules -----------------------------------------------------------------------------------------
  bool is_constant(Ref ref) const { return !source_.is_dynamic(ref); }
  // Input `i` of a node that is being translated, already translated itself.
  Result<Feature> input(const NodeRecord& node, std::size_t i);
  // The same in the graph: as it lies there, with its axes in an order, as TensorFlow has them, or as an image [N,C,H,W].
  Result<Value> value(const NodeRecord& node, std::size_t i);
  Result<Value> laid(const NodeRecord& node, std::size_t i, const Axes& order);
  Result<Value> plain(const NodeRecord& node, std::size_t i);
  Result<Value> planar(const NodeRecord& node, std::size_t i);
  // Any value, translated on the way.
  Result<Value> value(Ref ref);
  Result<Value> plain(Ref ref);
  Result<Value> planar(Ref ref);
  // A constant input: as numbers, or as a large tensor.
  Result<Tensor> constant(const NodeRecord& node, std::size_t i);
  Result<std::vector<std::int64_t>> integers(const NodeRecord& node, std::size_t i);
  Result<Tensor> weights(const NodeRecord& node, std::size_t i);
  // An axis as an attribute or a constant gives it: which one of `rank`.
  Result<std::size_t> axis(const NodeRecord& node, std::int64_t number, std::size_t rank) const;
  // Appends an operation named as the node; the feature of its first output, and of the others as further outputs.
  Result<Feature> append(const NodeRecord& node, Op op, std::vector<Value> inputs, const Axes& order = kPlanar);
  Value append_constant(Tensor tensor, const std::string& name) { return graph_.emit_constant(std::move(tensor), name); }
  Graph& graph() { return graph_; }
  void set_image(ImageInput image) { image_ = image; }
  const ImageDefaults& defaults() const { return defaults_; }
  // Whether the graph computes with the image before the first convolution.
  bool has_arithmetic_on_image() const;

 private:
  bool is_preprocessing(NodeIndex index) const;
  Result<bool> push_needed(NodeIndex index, std::vector<NodeIndex>& stack);
  Status translate(NodeIndex index);
  Feature* find(Ref ref);
  bool reads_image(const NodeRecord& node);
  Result<Value> laid(Ref ref, const Axes& order);

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
std::span<const NamedLayer> shape_layers();

// The axes of a value of this rank as they are.
Axes plain_order(std::size_t rank);

// The placeholder as the input of the graph, as it is.
Result<Feature> kept_image(const NodeRecord& node, Network& network);

// The image after resizing, with the arithmetic done on it before; `node` is the last operation of the preprocessing.
Result<Feature> resized_image(const NodeRecord& node, Network& network);

// Repetition of pixels spelled with Reshape, Pack, Tile and ones (the feature pyramids of the API): the value that is
// repeated, if the node may end such a chain of several nodes.
std::optional<Ref> repeated_value(const Source& source, const NodeRecord& node);
// Nothing if `from` is arranged in another way by the chain.
Result<std::optional<Feature>> repeat_pixels(const NodeRecord& node, Ref from, Network& network);

// `data` combined with a constant by the node's operation (Add, Mul, ...); `constant_input` tells the side of the constant.
Result<Feature> combine_with_constant(const NodeRecord& node, Network& network, Feature data, const Tensor& constant,
                                      std::size_t constant_input);
bool is_arithmetic(std::string_view op);

// kUnsupported if the node is not in TensorFlow's default layout.
Status expect_nhwc(const NodeRecord& node);

}  // namespace octet::tensorflow
