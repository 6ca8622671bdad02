// Convolutions: which kernel a node gets, with its weights packed.

#include <optional>

#include "kernels/conv2d/conv2d.h"
#include "kernels/depthwise2d/depthwise2d.h"
#include "runtime/builder.h"
#include "runtime/requantization.h"

namespace octet {
namespace {

// Longest sum that is sure to stay within 32 bits: 65,536 products of at most 255 * 128.
constexpr std::int64_t kLongestIntegerSum = 65536;

template <typename T>
kernels::ImageView<T> channels_of(kernels::ImageView<T> view, std::int64_t first, std::int64_t count) {
  view.data += first;
  view.channels = count;
  return view;
}

// Both convolution nodes in one form.
struct ConvNode {
  Spatial strides, dilations;
  Pads pads;
  std::int64_t groups, group_in, group_out, kernel_h, kernel_w;
  bool grouped;

  std::int64_t filter() const { return group_in * kernel_h * kernel_w; }
  std::int64_t channels_out() const { return groups * group_out; }
  bool depthwise() const { return grouped && group_in == 1 && group_out == 1; }

  kernels::Conv2dShape dense_shape() const {
    return {group_in, group_out, kernel_h, kernel_w, strides[0], strides[1], dilations[0], dilations[1], pads.begin[0], pads.begin[1]};
  }
  kernels::Depthwise2dShape depthwise_shape() const {
    return {groups, kernel_h, kernel_w, strides[0], strides[1], dilations[0], dilations[1], pads.begin[0], pads.begin[1]};
  }
};

ConvNode conv_node(const Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  const Shape& w = graph.shape(node.inputs[1]);
  if (const auto* conv = std::get_if<Convolution>(&node.op))
    return {conv->strides, conv->dilations, conv->pads, 1, w[1], w[0], w[2], w[3], false};
  const auto& conv = std::get<GroupConvolution>(node.op);
  return {conv.strides, conv.dilations, conv.pads, w[0], w[2], w[1], w[3], w[4], true};
}

template <typename T>
std::span<const T> group_of(std::span<const T> values, std::int64_t group, std::int64_t size) {
  return values.empty() ? values : values.subspan(static_cast<std::size_t>(group * size), static_cast<std::size_t>(size));
}

kernels::Requantization group_of(const kernels::Requantization& all, std::int64_t group, std::int64_t size) {
  const auto cut = [&](const auto& values) {
    const auto part = group_of(std::span(values), group, size);
    return std::remove_cvref_t<decltype(values)>(part.begin(), part.end());
  };
  return {cut(all.multiplier), cut(all.offset), all.activation, all.to_u8, cut(all.inv_scale), cut(all.zero_point)};
}

class ConvolutionEmitter {
 public:
  ConvolutionEmitter(PlanBuilder& builder, NodeId id, const NodeDecision& decision)
      : builder_(builder), node_(builder.graph().node(id)), conv_(conv_node(builder.graph(), id)), epilogue_(decision.epilogue) {
    const Shape& out = node_.outputs[0].shape;
    info_ = {node_.name, conv_.depthwise() ? "depthwise convolution" : "convolution", "", false, element_count(out) * conv_.filter()};
  }

  void emit() {
    if (const auto weights = integer_weights_for_u8()) return emit_u8(*weights);
    emit_f32();
  }

 private:
  // Integer arithmetic needs a quantized input and integer weights; a dense sum needs one input scale for all channels.
  std::optional<IntegerWeights> integer_weights_for_u8() const {
    const QuantParamsPtr in = builder_.decisions().quant(node_.inputs[0]);
    if (!in || (in->per_channel() && !conv_.depthwise()) || conv_.filter() > kLongestIntegerSum) return std::nullopt;
    return integer_weights(builder_.graph(), builder_.constants(), node_.inputs[1], conv_.grouped);
  }

  void emit_u8(const IntegerWeights& weights) {
    const SlotId from = builder_.natural(node_.inputs[0]), to = builder_.natural(epilogue_.result);
    const QuantParams& in = *builder_.slot(from).quant;
    std::vector<double> sum_scale;
    for (std::size_t c = 0; c < weights.scale.size(); ++c)
      sum_scale.push_back(static_cast<double>(weights.scale[c]) * static_cast<double>(in.scale_of(conv_.depthwise() ? c : 0)));
    const kernels::Requantization requantization = make_requantization(sum_scale, epilogue_);
    info_.integer = true;
    if (conv_.depthwise()) return add_depthwise_u8(weights, in, requantization, from, to);
    std::vector<std::shared_ptr<const kernels::Conv2dU8>> groups;
    for (std::int64_t g = 0; g < conv_.groups; ++g)
      groups.push_back(kernels::make_conv2d_u8(conv_.dense_shape(),
                                               group_of(weights.weights.values<std::int8_t>(), g, conv_.group_out * conv_.filter()),
                                               in.zero_point[0], group_of(requantization, g, conv_.group_out), builder_.isa()));
    add_step<std::uint8_t>(std::move(groups), from, to, requantization.to_u8);
  }

  void add_depthwise_u8(const IntegerWeights& weights, const QuantParams& in, const kernels::Requantization& requantization, SlotId from,
                        SlotId to) {
    std::vector<std::uint8_t> zero_points;
    for (std::int64_t c = 0; c < conv_.groups; ++c) zero_points.push_back(in.zero_point_of(static_cast<std::size_t>(c)));
    std::vector<std::shared_ptr<const kernels::Depthwise2dU8>> kernel;
    kernel.push_back(kernels::make_depthwise2d_u8(conv_.depthwise_shape(), weights.weights.values<std::int8_t>(), zero_points,
                                                  requantization, builder_.isa()));
    add_step<std::uint8_t>(std::move(kernel), from, to, requantization.to_u8);
  }

  void emit_f32() {
    const SlotId from = builder_.image_f32(node_.inputs[0]);
    const Tensor weights = converted(builder_.constants()[node_.inputs[1]], ElementType::kF32);
    const auto values = weights.values<float>();
    const std::span<const float> bias = epilogue_.bias;
    FloatResult result(builder_, {Lowering::kConvolution, epilogue_, {}, {}});
    if (conv_.depthwise()) {
      std::vector<std::shared_ptr<const kernels::Depthwise2dF32>> kernel;
      kernel.push_back(kernels::make_depthwise2d_f32(conv_.depthwise_shape(), values, bias, epilogue_.activation, builder_.isa()));
      add_step<float>(std::move(kernel), from, result.slot(), false);
    } else {
      std::vector<std::shared_ptr<const kernels::Conv2dF32>> groups;
      for (std::int64_t g = 0; g < conv_.groups; ++g)
        groups.push_back(kernels::make_conv2d_f32(conv_.dense_shape(), group_of(values, g, conv_.group_out * conv_.filter()),
                                                  group_of(bias, g, conv_.group_out), epilogue_.activation, builder_.isa()));
      add_step<float>(std::move(groups), from, result.slot(), false);
    }
    result.finish(node_.name);
  }

  // One kernel a group, each on its slice of the channels.
  template <typename In, typename Kernel>
  void add_step(std::vector<std::shared_ptr<const Kernel>> groups, SlotId from, SlotId to, bool to_u8) {
    info_.kernel = groups[0]->name();
    const auto each = [groups = std::move(groups), from, to]<typename Out>(const Workspace& ws, Out) {
      const auto count = static_cast<std::int64_t>(groups.size());
      for (std::int64_t n = 0; n < ws.slot(from).batch(); ++n) {
        const auto in = ws.image<const In>(from, n);
        const auto out = ws.image<Out>(to, n);
        for (std::int64_t g = 0; g < count; ++g)
          run_kernel(*groups[static_cast<std::size_t>(g)], channels_of(in, g * (in.channels / count), in.channels / count),
                     channels_of(out, g * (out.channels / count), out.channels / count), ws.pool());
      }
    };
    builder_.add_step(info_, {from}, {to}, [=](const Workspace& ws) {
      if constexpr (std::is_same_v<In, std::uint8_t>) {
        if (to_u8) return each(ws, std::uint8_t{});
      }
      each(ws, float{});
    });
  }

  template <typename Kernel, typename In, typename Out>
  static void run_kernel(const Kernel& kernel, In in, Out out, ThreadPool& pool) {
    if constexpr (std::is_same_v<Kernel, kernels::Conv2dF32>)
      kernel.run(in, out, {}, pool);
    else
      kernel.run(in, out, pool);
  }

  PlanBuilder& builder_;
  const Node& node_;
  const ConvNode conv_;
  const Epilogue& epilogue_;
  StepInfo info_;
};

}  // namespace

Status emit_convolution(PlanBuilder& builder, NodeId id, const NodeDecision& decision) {
  ConvolutionEmitter(builder, id, decision).emit();
  return {};
}

}  // namespace octet
