#include <algorithm>
#include <array>

#include "graph/patterns.h"
#include "graph/strided_slice.h"
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace octet::passes {
namespace {

// The pixels of an image in every step-th row and column from the first on.
struct PixelLattice {
  Value image;
  Spatial first{0, 0}, step{1, 1};
};

// What a StridedSlice of an image with constant limits takes, where that is some of the rows and columns in their order.
std::optional<SlicePlan> plan_of_pixels(const Graph& graph, Value value) {
  const auto* slice = op_of<StridedSlice>(graph, value);
  if (!slice) return std::nullopt;
  const std::vector<Value>& inputs = graph.node(value).inputs;
  std::array<std::vector<std::int64_t>, 3> limits;  // begin, end, strides
  for (std::size_t i = 1; i < inputs.size(); ++i) {
    const Tensor* constant = graph.constant(inputs[i]);
    if (!constant) return std::nullopt;
    limits[i - 1] = to_vector<std::int64_t>(*constant);
  }
  const Shape& data = graph.shape(inputs[0]);
  const auto plan = plan_slice(*slice, data, limits[0], limits[1], limits[2]);
  if (!plan.ok() || data.size() != 4 || plan->shape.size() != 4) return std::nullopt;
  const auto is_whole = [&](std::size_t axis) { return plan->axes[axis].step == 1 && plan->axes[axis].count == data[axis]; };
  const bool in_order = plan->axes[2].step > 0 && plan->axes[3].step > 0;
  return is_whole(0) && is_whole(1) && in_order ? std::optional(*plan) : std::nullopt;
}

// Through slices of slices, as models take rows first and then columns.
PixelLattice lattice_of(const Graph& graph, Value value) {
  PixelLattice lattice{value};
  while (const auto plan = plan_of_pixels(graph, lattice.image)) {
    for (std::size_t axis = 0; axis < 2; ++axis) {
      const SlicePlan::Axis& taken = plan->axes[axis + 2];
      lattice.first[axis] = taken.first + taken.step * lattice.first[axis];
      lattice.step[axis] *= taken.step;
    }
    lattice.image = graph.node(lattice.image).inputs[0];
  }
  return lattice;
}

// What a channel of a block holds: a channel of the image, of the pixel at that place in the block.
struct BlockChannel {
  Spatial place{0, 0};
  std::int64_t channel = 0;
  bool operator==(const BlockChannel&) const = default;
};

// Blocks of pixels made channels, each channel of each pixel once.
struct PixelBlocks {
  Value image;
  Spatial block{1, 1};
  std::vector<BlockChannel> channels;
};

// Slices put side by side: all channels of a pixel, then all of another.
std::optional<PixelBlocks> blocks_of_slices(const Graph& graph, Value value) {
  if (!joins_channels(graph.node(value))) return std::nullopt;
  PixelBlocks found;
  for (const Value part : graph.node(value).inputs) {
    const PixelLattice lattice = lattice_of(graph, part);
    if (found.channels.empty()) found = {lattice.image, lattice.step, {}};
    const bool is_seen = std::ranges::count(found.channels, BlockChannel{lattice.first, 0}) > 0;
    if (lattice.image != found.image || lattice.step != found.block || is_seen) return std::nullopt;
    for (std::int64_t c = 0; c < graph.shape(part)[1]; ++c) found.channels.push_back({lattice.first, c});
  }
  return found;
}

std::optional<PixelBlocks> blocks_of_operation(const Graph& graph, Value value) {
  const auto* op = op_of<SpaceToDepth>(graph, value);
  if (!op) return std::nullopt;
  const Value image = graph.node(value).inputs[0];
  const std::int64_t side = op->block_size, channels = graph.shape(image)[1], places = side * side;
  PixelBlocks found{image, {side, side}, {}};
  for (std::int64_t i = 0; i < channels * places; ++i) {
    const bool blocks_first = op->mode == DepthToSpace::Mode::kBlocksFirst;
    const std::int64_t place = blocks_first ? i / channels : i % places;
    found.channels.push_back({{place / side, place % side}, blocks_first ? i % channels : i / places});
  }
  return found;
}

std::optional<PixelBlocks> space_to_depth(const Graph& graph, Value value, bool may_be_reordered = true);

// Blocks whose channels are taken in another order.
std::optional<PixelBlocks> blocks_reordered(const Graph& graph, Value value) {
  const auto* gather = op_of<Gather>(graph, value);
  if (!gather || gather->batch_dims != 0) return std::nullopt;
  const std::vector<Value>& inputs = graph.node(value).inputs;
  const Tensor *indices = graph.constant(inputs[1]), *axis = graph.constant(inputs[2]);
  if (!indices || !axis || indices->shape().size() != 1 || to_vector<std::int64_t>(*axis).front() != 1) return std::nullopt;
  auto found = space_to_depth(graph, inputs[0], false);
  if (!found || !only_reader(graph, inputs[0])) return std::nullopt;
  const std::vector<BlockChannel> channels = found->channels;
  const auto order = to_vector<std::int64_t>(*indices);
  std::vector<std::int64_t> sorted = order;
  std::ranges::sort(sorted);
  for (std::size_t i = 0; i < sorted.size(); ++i)
    if (sorted[i] != static_cast<std::int64_t>(i)) return std::nullopt;
  if (order.size() != channels.size()) return std::nullopt;
  for (std::size_t i = 0; i < order.size(); ++i) found->channels[i] = channels[static_cast<std::size_t>(order[i])];
  return found;
}

std::optional<PixelBlocks> space_to_depth(const Graph& graph, Value value, bool may_be_reordered) {
  if (graph.shape(value).size() != 4) return std::nullopt;
  auto found = blocks_of_slices(graph, value);
  if (!found) found = blocks_of_operation(graph, value);
  if (!found && may_be_reordered) found = blocks_reordered(graph, value);
  if (!found) return std::nullopt;
  const Shape &from = graph.shape(found->image), &to = graph.shape(value);
  const bool is_whole = from[2] == to[2] * found->block[0] && from[3] == to[3] * found->block[1];
  const std::int64_t pixels = found->block[0] * found->block[1];
  return is_whole && pixels > 1 && std::ssize(found->channels) == pixels * from[1] ? found : std::nullopt;
}

// The weights [O,block*C,kh,kw] of a convolution behind it, for one that reads the image itself: [O,C,kh*block,kw*block].
class ImageWeights {
 public:
  ImageWeights(Graph& graph, const Shape& weights, const PixelBlocks& blocks) : graph_(graph), from_(weights), blocks_(blocks) {}

  // Whether they are a constant, or stored as one in some way (stored_weights.h) that treats all weights of an output channel alike.
  bool can_make(Value value, int most_steps = 4) const {
    if (const Tensor* constant = graph_.constant(value)) return constant->shape() == from_ || is_of_outputs(*constant);
    const std::vector<Value>& inputs = graph_.node(value).inputs;
    return most_steps > 0 && is_elementwise(value) &&
           std::ranges::all_of(inputs, [&](Value input) { return can_make(input, most_steps - 1); });
  }

  Value make(Value value) {
    if (const Tensor* constant = graph_.constant(value))
      return constant->shape() == from_ ? graph_.emit_constant(rearranged(*constant), graph_.node(value).name) : value;
    std::vector<Value> inputs = graph_.node(value).inputs;
    for (Value& input : inputs) input = make(input);
    return graph_.emit(Op(graph_.node(value).op), std::move(inputs), graph_.node(value).name);
  }

 private:
  bool is_of_outputs(const Tensor& constant) const { return constant.size() == 1 || constant.shape() == Shape{from_[0], 1, 1, 1}; }

  bool is_elementwise(Value value) const {
    return op_of<Convert>(graph_, value) || op_of<Binary>(graph_, value) || op_of<FakeQuantize>(graph_, value);
  }

  Tensor rearranged(const Tensor& weights) const {
    const auto [rows, columns] = blocks_.block;
    const std::int64_t channels = from_[1] / (rows * columns), height = from_[2], width = from_[3];
    Tensor image(weights.type(), {from_[0], channels, height * rows, width * columns});
    const std::size_t size = size_of(weights.type());
    const std::byte* next = weights.bytes().data();
    for (std::int64_t o = 0; o < from_[0]; ++o)
      for (const auto& [place, channel] : blocks_.channels)
        for (std::int64_t y = 0; y < height; ++y)
          for (std::int64_t x = 0; x < width; ++x, next += size) {
            const std::int64_t row = (o * channels + channel) * height * rows + y * rows + place[0];
            const std::int64_t at = row * width * columns + x * columns + place[1];
            std::copy_n(next, size, image.mutable_bytes().data() + static_cast<std::size_t>(at) * size);
          }
    return image;
  }

  Graph& graph_;
  Shape from_;
  const PixelBlocks& blocks_;
};

// A block is a stride, and padding around the blocks is as many pixels of each.
Convolution in_pixels(Convolution conv, const Spatial& block) {
  for (std::size_t axis = 0; axis < 2; ++axis) {
    conv.strides[axis] *= block[axis];
    conv.pads.begin[axis] *= block[axis];
    conv.pads.end[axis] *= block[axis];
  }
  return conv;
}

// A quantizer of a whole tensor with constant limits.
bool quantizes_all_alike(const Graph& graph, Value value) {
  const std::vector<Value>& inputs = graph.node(value).inputs;
  return op_of<FakeQuantize>(graph, value) && std::all_of(inputs.begin() + 1, inputs.end(), [&](Value limit) {
           return graph.constant(limit) && graph.constant(limit)->size() == 1;
         });
}

bool fold(Graph& graph, Value value) {
  const Node node = graph.node(value);
  const auto* conv = std::get_if<Convolution>(&node.op);
  if (!conv || conv->dilations != Spatial{1, 1}) return false;
  const Value data = node.inputs[0];
  const bool is_quantized = quantizes_all_alike(graph, data);
  const Value joined = is_quantized ? graph.node(data).inputs[0] : data;
  const auto blocks = space_to_depth(graph, joined);
  if (!blocks || !only_reader(graph, joined) || !only_reader(graph, data)) return false;
  ImageWeights weights(graph, Shape(graph.shape(node.inputs[1])), *blocks);
  if (!weights.can_make(node.inputs[1])) return false;
  Value image = blocks->image;
  if (is_quantized) {
    std::vector<Value> inputs = graph.node(data).inputs;
    inputs[0] = image;
    image = graph.emit(Op(graph.node(data).op), std::move(inputs), graph.node(data).name);
  }
  replace(graph, value, graph.emit(in_pixels(*conv, blocks->block), {image, weights.make(node.inputs[1])}));
  return true;
}

}  // namespace

bool fold_space_to_depth(Graph& graph) {
  return rewrite_each(graph, [&](Value value) { return fold(graph, value); });
}

}  // namespace octet::passes
