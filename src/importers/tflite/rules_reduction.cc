// What combines the elements of some axes: means, sums, softmax, the best of an axis.
#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "importers/tflite/rules.h"

namespace octet::tflite {
namespace {

// The axes to be reduced, without repetition, in ascending order.
Result<std::vector<std::int64_t>> reduced_axes(Layer& layer, std::size_t rank) {
  OCTET_ASSIGN(auto axes, layer.integers(1));
  for (std::int64_t& axis : axes) {
    OCTET_ASSIGN(axis, layer.axis(axis, rank));
  }
  std::ranges::sort(axes);
  axes.erase(std::unique(axes.begin(), axes.end()), axes.end());
  return axes;
}

// Whether the axes that are left of an image are in the same order in planes as in pixels.
bool keeps_order_in_planes(const std::vector<std::int64_t>& reduced) {
  const auto is_reduced = [&](std::int64_t axis) { return std::ranges::binary_search(reduced, axis); };
  return is_reduced(3) || (is_reduced(1) && is_reduced(2));
}

template <ReduceKind Kind>
Status reduce(Layer& layer) {
  OCTET_ASSIGN(const auto options, layer.options<schema::ReducerOptionsT>());
  OCTET_ASSIGN(const Shape shape, layer.shape(0));
  OCTET_ASSIGN(auto axes, reduced_axes(layer, shape.size()));
  const bool in_planes = layer.layout(0) == Layout::kPlanar && (options.keep_dims || keeps_order_in_planes(axes));
  if (in_planes)
    for (std::int64_t& axis : axes) axis = kPlaceInPlanes[axis];
  OCTET_ASSIGN(const Value data, in_planes ? layer.planar(0) : layer.plain(0));
  OCTET_ASSIGN(const Value result, layer.add(Reduce{Kind, options.keep_dims}, {data, layer.integers(axes, "/axes")}));
  return layer.give(result, in_planes && options.keep_dims ? Layout::kPlanar : Layout::kPlain);
}

// The last axis in a layout.
std::int64_t last_axis(Layout layout, std::size_t rank) { return layout == Layout::kPlanar ? 1 : static_cast<std::int64_t>(rank) - 1; }

Status softmax(Layer& layer) {
  OCTET_ASSIGN(const auto options, layer.options<schema::SoftmaxOptionsT>());
  const Layout layout = layer.layout(0);
  OCTET_ASSIGN(Value data, layer.value(0, layout));
  if (options.beta != 1) {
    OCTET_ASSIGN(data, layer.add(Binary{BinaryKind::kMultiply}, {data, layer.number(options.beta, "/beta")}, "/sharpened"));
  }
  OCTET_ASSIGN(const Value result, layer.add(SoftMax{last_axis(layout, layer.graph().shape(data).size())}, {data}));
  return layer.give(result, layout);
}

// x - max - log(sum(exp(x - max))) over the last axis.
Status log_softmax(Layer& layer) {
  const Layout layout = layer.layout(0);
  OCTET_ASSIGN(const Value data, layer.value(0, layout));
  const Value axis = layer.integers({last_axis(layout, layer.graph().shape(data).size())}, "/axis");
  OCTET_ASSIGN(const Value greatest, layer.add(Reduce{ReduceKind::kMax, true}, {data, axis}, "/greatest"));
  OCTET_ASSIGN(const Value shifted, layer.add(Binary{BinaryKind::kSubtract}, {data, greatest}, "/shifted"));
  OCTET_ASSIGN(const Value powers, layer.add(Unary{UnaryKind::kExp}, {shifted}, "/powers"));
  OCTET_ASSIGN(const Value sum, layer.add(Reduce{ReduceKind::kSum, true}, {powers, axis}, "/total"));
  OCTET_ASSIGN(const Value logarithm, layer.add(Unary{UnaryKind::kLog}, {sum}, "/logarithm"));
  OCTET_ASSIGN(const Value result, layer.add(Binary{BinaryKind::kSubtract}, {shifted, logarithm}));
  return layer.give(result, layout);
}

// Each vector along the last axis with length 1.
Status l2_normalization(Layer& layer) {
  OCTET_ASSIGN(const auto options, layer.options<schema::L2NormOptionsT>());
  constexpr float kSmallestLength = 1e-6f;  // of the reference kernel
  const Layout layout = layer.layout(0);
  OCTET_ASSIGN(const Value data, layer.value(0, layout));
  const Value axis = layer.integers({last_axis(layout, layer.graph().shape(data).size())}, "/axis");
  OCTET_ASSIGN(const Value length, layer.add(Reduce{ReduceKind::kL2, true}, {data, axis}, "/length"));
  OCTET_ASSIGN(const Value divisor,
               layer.add(Binary{BinaryKind::kMaximum}, {length, layer.number(kSmallestLength, "/smallest")}, "/divisor"));
  OCTET_ASSIGN(const Value result, layer.add(Binary{BinaryKind::kDivide}, {data, divisor}));
  return layer.give(result, layout, options.fused_activation_function);
}

Result<ElementType> index_type(const Layer& layer, std::size_t output) {
  const StoredType type = layer.output(output).type;
  if (type == StoredType::INT32) return ElementType::kI32;
  if (type == StoredType::INT64) return ElementType::kI64;
  return layer.unsupported("gives indices as " + type_name(type));
}

// Inputs: data, k; the k greatest of the last axis and their places.
Status top_k(Layer& layer) {
  if (layer.num_outputs() != 2) return layer.malformed(fmt::format("has {} outputs, expected 2", layer.num_outputs()));
  OCTET_ASSIGN(const Value data, layer.plain(0));
  OCTET_ASSIGN(const auto k, layer.integers(1));
  if (k.size() != 1) return layer.malformed("has no single k");
  TopK op;
  OCTET_ASSIGN(op.index_type, index_type(layer, 1));
  const Value count = layer.graph().emit_constant(Tensor::scalar<std::int64_t>(k[0]), layer.name() + "/k");
  auto outputs = layer.network().add_all(op, {data, count}, layer.name());
  if (!outputs.ok()) return outputs.error().at(layer.place());
  constexpr std::size_t kFrom[] = {0};
  OCTET_RETURN_IF_ERROR(layer.give_moved((*outputs)[0], Layout::kPlain, kFrom, 0));
  return layer.give((*outputs)[1], Layout::kPlain, schema::Activation::NONE, 1);
}

template <TopK::Mode Mode>
Status place_of_best(Layer& layer) {
  OCTET_ASSIGN(const Value data, layer.plain(0));
  OCTET_ASSIGN(const auto axis, layer.integers(1));
  if (axis.size() != 1) return layer.malformed("has no single axis");
  TopK op;
  OCTET_ASSIGN(op.axis, layer.axis(axis[0], layer.graph().shape(data).size()));
  op.mode = Mode;
  OCTET_ASSIGN(op.index_type, index_type(layer, 0));
  const Value one = layer.graph().emit_constant(Tensor::scalar<std::int64_t>(1), layer.name() + "/k");
  auto outputs = layer.network().add_all(op, {data, one}, layer.name() + "/best");
  if (!outputs.ok()) return outputs.error().at(layer.place());
  OCTET_ASSIGN(const Value result, layer.add(Squeeze{}, {(*outputs)[1], layer.integers({op.axis}, "/axis")}));
  return layer.give(result, Layout::kPlain);
}

Status running_sum(Layer& layer) {
  OCTET_ASSIGN(const auto options, layer.options<schema::CumsumOptionsT>());
  OCTET_ASSIGN(const Value data, layer.plain(0));
  OCTET_ASSIGN(const auto axis, layer.integers(1));
  if (axis.size() != 1) return layer.malformed("has no single axis");
  const Value along = layer.graph().emit_constant(Tensor::scalar<std::int64_t>(axis[0]), layer.name() + "/axis");
  OCTET_ASSIGN(const Value result, layer.add(CumSum{options.exclusive, options.reverse}, {data, along}));
  return layer.give(result, Layout::kPlain);
}

constexpr NamedRule kRules[] = {
    {BuiltinOperator::MEAN, 2, reduce<ReduceKind::kMean>},
    {BuiltinOperator::SUM, 2, reduce<ReduceKind::kSum>},
    {BuiltinOperator::REDUCE_MAX, 2, reduce<ReduceKind::kMax>},
    {BuiltinOperator::REDUCE_MIN, 2, reduce<ReduceKind::kMin>},
    {BuiltinOperator::REDUCE_PROD, 2, reduce<ReduceKind::kProd>},
    {BuiltinOperator::SOFTMAX, 1, softmax},
    {BuiltinOperator::LOG_SOFTMAX, 1, log_softmax},
    {BuiltinOperator::L2_NORMALIZATION, 1, l2_normalization},
    {BuiltinOperator::TOPK_V2, 2, top_k},
    {BuiltinOperator::ARG_MAX, 2, place_of_best<TopK::Mode::kMax>},
    {BuiltinOperator::ARG_MIN, 2, place_of_best<TopK::Mode::kMin>},
    {BuiltinOperator::CUMSUM, 2, running_sum},
};

}  // namespace

std::span<const NamedRule> reduction_rules() { return kRules; }

}  // namespace octet::tflite
