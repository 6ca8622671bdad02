// What joins, cuts, picks and repeats: elements are moved as they are.
#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

#include <fmt/format.h>

#include "importers/tflite/rules.h"

namespace octet::tflite {
namespace {

constexpr std::array<std::size_t, 1> kFirst{0};

std::vector<std::size_t> all_inputs(const Layer& layer) {
  std::vector<std::size_t> inputs(layer.num_inputs());
  std::iota(inputs.begin(), inputs.end(), 0);
  return inputs;
}

std::int64_t place_of_axis(std::int64_t axis, Layout layout) { return layout == Layout::kPlanar ? kPlaceInPlanes[axis] : axis; }

Value scalar(Layer& layer, std::int64_t value, std::string_view suffix) {
  return layer.graph().emit_constant(Tensor::scalar(value), layer.name() + std::string(suffix));
}

Status concatenation(Layer& layer) {
  OCTET_ASSIGN(const auto options, layer.options<schema::ConcatenationOptionsT>());
  OCTET_ASSIGN(const Shape first, layer.shape(0));
  OCTET_ASSIGN(const std::int64_t axis, layer.axis(options.axis, first.size()));
  const auto inputs = all_inputs(layer);
  for (const std::size_t i : inputs)
    if (!layer.has(i)) return layer.malformed(fmt::format("lacks input {}", i));
  const bool any_planar = std::ranges::any_of(inputs, [&](std::size_t i) { return layer.layout(i) == Layout::kPlanar; });
  const Layout layout = any_planar ? Layout::kPlanar : Layout::kPlain;
  std::vector<Value> values;
  for (const std::size_t i : inputs) {
    OCTET_ASSIGN(const Value value, layer.value(i, layout));
    values.push_back(value);
  }
  OCTET_ASSIGN(const Value result, layer.add(Concat{place_of_axis(axis, layout)}, std::move(values)));
  if (options.fused_activation_function != schema::Activation::NONE) return layer.give(result, layout, options.fused_activation_function);
  return layer.give_moved(result, layout, inputs);
}

// Gives the parts that an operation with an axis and maybe lengths cuts input `input` into.
Status give_parts(Layer& layer, Op op, std::size_t input, std::int64_t wanted_axis,
                  const std::optional<std::vector<std::int64_t>>& lengths) {
  const Layout layout = layer.layout(input);
  OCTET_ASSIGN(const Value data, layer.value(input, layout));
  OCTET_ASSIGN(const std::int64_t axis, layer.axis(wanted_axis, layer.graph().shape(data).size()));
  std::vector<Value> inputs{data, scalar(layer, place_of_axis(axis, layout), "/axis")};
  if (lengths) inputs.push_back(layer.integers(*lengths, "/lengths"));
  auto parts = layer.network().add_all(std::move(op), std::move(inputs), layer.name() + "/parts");
  if (!parts.ok()) return parts.error().at(layer.place());
  if (parts->size() != layer.num_outputs())
    return layer.malformed(fmt::format("has {} outputs for {} parts", layer.num_outputs(), parts->size()));
  const std::array<std::size_t, 1> from{input};
  for (std::size_t i = 0; i < parts->size(); ++i) OCTET_RETURN_IF_ERROR(layer.give_moved((*parts)[i], layout, from, i));
  return {};
}

Result<std::int64_t> single(Layer& layer, std::size_t input, std::string_view what) {
  OCTET_ASSIGN(const auto values, layer.integers(input));
  if (values.size() == 1) return values[0];
  return layer.malformed(fmt::format("has {} numbers as its {}", values.size(), what));
}

// Inputs: axis, data.
Status split(Layer& layer) {
  OCTET_ASSIGN(const auto options, layer.options<schema::SplitOptionsT>());
  OCTET_ASSIGN(const std::int64_t axis, single(layer, 0, "axis"));
  return give_parts(layer, Split{options.num_splits}, 1, axis, std::nullopt);
}

// Inputs: data, lengths, axis.
Status split_by_lengths(Layer& layer) {
  OCTET_ASSIGN(const auto lengths, layer.integers(1));
  OCTET_ASSIGN(const std::int64_t axis, single(layer, 2, "axis"));
  return give_parts(layer, VariadicSplit{}, 0, axis, lengths);
}

// Inputs of a StridedSlice in octet, an entry for each axis.
struct Cuts {
  std::vector<std::int64_t> begin, end, strides;
  StridedSlice op;
};

template <typename T>
std::vector<T> in_planes(const std::vector<T>& of_pixels) {
  std::vector<T> moved;
  for (const std::int64_t axis : kAxisOfPlanes) moved.push_back(of_pixels[static_cast<std::size_t>(axis)]);
  return moved;
}

Status give_cut(Layer& layer, Cuts cuts, Layout layout) {
  OCTET_ASSIGN(const Value data, layer.value(0, layout));
  if (layout == Layout::kPlanar) {
    for (auto* list : {&cuts.begin, &cuts.end, &cuts.strides, &cuts.op.begin_mask, &cuts.op.end_mask}) *list = in_planes(*list);
  }
  OCTET_ASSIGN(const Value result,
               layer.add(std::move(cuts.op), {data, layer.integers(cuts.begin, "/begin"), layer.integers(cuts.end, "/end"),
                                              layer.integers(cuts.strides, "/strides")}));
  return layer.give_moved(result, layout, kFirst);
}

// Inputs: data, begin, size; -1 is all that is left.
Status slice(Layer& layer) {
  Cuts cuts;
  OCTET_ASSIGN(cuts.begin, layer.integers(1));
  OCTET_ASSIGN(cuts.end, layer.integers(2));
  OCTET_ASSIGN(const Shape shape, layer.shape(0));
  if (cuts.begin.size() != shape.size() || cuts.end.size() != shape.size())
    return layer.malformed(fmt::format("has {} places and {} sizes for {}", cuts.begin.size(), cuts.end.size(), to_string(shape)));
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const bool all = cuts.end[i] == -1;
    if (cuts.begin[i] < 0 || cuts.begin[i] > shape[i] || cuts.end[i] < -1 || (!all && cuts.end[i] > shape[i] - cuts.begin[i]))
      return layer.malformed(fmt::format("takes {} from {} on of axis {} of {}", cuts.end[i], cuts.begin[i], i, to_string(shape)));
    cuts.end[i] = all ? shape[i] : cuts.begin[i] + cuts.end[i];
  }
  cuts.strides.assign(shape.size(), 1);
  cuts.op.begin_mask.assign(shape.size(), 0);
  cuts.op.end_mask.assign(shape.size(), 0);
  return give_cut(layer, std::move(cuts), layer.layout(0));
}

std::vector<std::int64_t> bits_of(std::int32_t mask, std::size_t count) {
  std::vector<std::int64_t> bits;
  for (std::size_t i = 0; i < count; ++i) bits.push_back(i < 32 ? (static_cast<std::uint32_t>(mask) >> i) & 1u : 0);
  return bits;
}

Status strided_slice(Layer& layer) {
  OCTET_ASSIGN(const auto options, layer.options<schema::StridedSliceOptionsT>());
  Cuts cuts;
  OCTET_ASSIGN(cuts.begin, layer.integers(1));
  OCTET_ASSIGN(cuts.end, layer.integers(2));
  OCTET_ASSIGN(cuts.strides, layer.integers(3));
  OCTET_ASSIGN(const Shape shape, layer.shape(0));
  const std::size_t count = cuts.begin.size();
  if (cuts.end.size() != count || cuts.strides.size() != count)
    return layer.malformed(fmt::format("has {} places, {} ends and {} strides", count, cuts.end.size(), cuts.strides.size()));
  if (options.offset)
    for (std::size_t i = 0; i < count; ++i)
      if (__builtin_add_overflow(cuts.begin[i], cuts.end[i], &cuts.end[i])) return layer.malformed("ends beyond any axis");
  cuts.op.begin_mask = bits_of(options.begin_mask, count);
  cuts.op.end_mask = bits_of(options.end_mask, count);
  cuts.op.ellipsis_mask = bits_of(options.ellipsis_mask, count);
  cuts.op.new_axis_mask = bits_of(options.new_axis_mask, count);
  cuts.op.shrink_axis_mask = bits_of(options.shrink_axis_mask, count);
  const bool keeps_axes =
      options.ellipsis_mask == 0 && options.new_axis_mask == 0 && options.shrink_axis_mask == 0 && count == shape.size();
  return give_cut(layer, std::move(cuts), keeps_axes ? layer.layout(0) : Layout::kPlain);
}

// Inputs: data, axes to be turned round.
Status reverse(Layer& layer) {
  OCTET_ASSIGN(const Shape shape, layer.shape(0));
  OCTET_ASSIGN(const auto axes, layer.integers(1));
  Cuts cuts;
  cuts.begin.assign(shape.size(), 0);
  cuts.end.assign(shape.size(), 0);
  cuts.strides.assign(shape.size(), 1);
  cuts.op.begin_mask.assign(shape.size(), 1);
  cuts.op.end_mask.assign(shape.size(), 1);
  for (const std::int64_t wanted : axes) {
    OCTET_ASSIGN(const std::int64_t axis, layer.axis(wanted, shape.size()));
    cuts.strides[static_cast<std::size_t>(axis)] = -1;
  }
  return give_cut(layer, std::move(cuts), layer.layout(0));
}

// Tensors of one shape along a new axis.
Status pack(Layer& layer) {
  OCTET_ASSIGN(const auto options, layer.options<schema::PackOptionsT>());
  OCTET_ASSIGN(const Shape shape, layer.shape(0));
  OCTET_ASSIGN(const std::int64_t axis, layer.axis(options.axis, shape.size() + 1));
  const auto inputs = all_inputs(layer);
  std::vector<Value> items;
  for (const std::size_t i : inputs) {
    if (!layer.has(i)) return layer.malformed(fmt::format("lacks input {}", i));
    const std::string suffix = "/item_" + std::to_string(i);
    OCTET_ASSIGN(const Value data, layer.plain(i));
    OCTET_ASSIGN(const Value item, layer.add(Unsqueeze{}, {data, layer.integers({axis}, suffix + "/axis")}, suffix));
    items.push_back(item);
  }
  OCTET_ASSIGN(const Value result, layer.add(Concat{axis}, std::move(items)));
  return layer.give_moved(result, Layout::kPlain, inputs);
}

Status unpack(Layer& layer) {
  OCTET_ASSIGN(const auto options, layer.options<schema::UnpackOptionsT>());
  OCTET_ASSIGN(const Value data, layer.plain(0));
  const Shape shape = layer.graph().shape(data);
  OCTET_ASSIGN(const std::int64_t axis, layer.axis(options.axis, shape.size()));
  if (shape[static_cast<std::size_t>(axis)] != std::ssize(layer.record().outputs))
    return layer.malformed(fmt::format("has {} outputs for {} along axis {}", layer.num_outputs(), to_string(shape), axis));
  auto parts =
      layer.network().add_all(Split{std::ssize(layer.record().outputs)}, {data, scalar(layer, axis, "/axis")}, layer.name() + "/parts");
  if (!parts.ok()) return parts.error().at(layer.place());
  for (std::size_t i = 0; i < parts->size(); ++i) {
    const std::string suffix = "/part_" + std::to_string(i);
    OCTET_ASSIGN(const Value part, layer.add(Squeeze{}, {(*parts)[i], layer.integers({axis}, suffix + "/axis")}, suffix));
    OCTET_RETURN_IF_ERROR(layer.give_moved(part, Layout::kPlain, kFirst, i));
  }
  return {};
}

// Inputs: data, indices.
Status gather(Layer& layer) {
  OCTET_ASSIGN(const auto options, layer.options<schema::GatherOptionsT>());
  OCTET_ASSIGN(const Value data, layer.plain(0));
  OCTET_ASSIGN(const Value indices, layer.plain(1));
  OCTET_ASSIGN(const Value result, layer.add(Gather{options.batch_dims}, {data, indices, scalar(layer, options.axis, "/axis")}));
  return layer.give_moved(result, Layout::kPlain, kFirst);
}

Status gather_nd(Layer& layer) {
  OCTET_ASSIGN(const Value data, layer.plain(0));
  OCTET_ASSIGN(const Value indices, layer.plain(1));
  OCTET_ASSIGN(const Value result, layer.add(GatherNd{0}, {data, indices}));
  return layer.give_moved(result, Layout::kPlain, kFirst);
}

// Inputs: data, repeats of each axis.
Status tile(Layer& layer) {
  const Layout layout = layer.layout(0);
  OCTET_ASSIGN(const Value data, layer.value(0, layout));
  OCTET_ASSIGN(auto repeats, layer.integers(1));
  if (repeats.size() != layer.graph().shape(data).size())
    return layer.malformed(fmt::format("has {} repeats for {}", repeats.size(), to_string(layer.graph().shape(data))));
  if (layout == Layout::kPlanar) repeats = in_planes(repeats);
  OCTET_ASSIGN(const Value result, layer.add(Tile{}, {data, layer.integers(repeats, "/repeats")}));
  return layer.give_moved(result, layout, kFirst);
}

// Inputs: data, target shape.
Status broadcast_to(Layer& layer) {
  OCTET_ASSIGN(const Value data, layer.plain(0));
  OCTET_ASSIGN(const auto shape, layer.integers(1));
  OCTET_ASSIGN(const Value result, layer.add(Broadcast{false}, {data, layer.integers(shape, "/shape")}));
  return layer.give_moved(result, Layout::kPlain, kFirst);
}

constexpr NamedRule kRules[] = {
    {BuiltinOperator::CONCATENATION, 1, concatenation},
    {BuiltinOperator::SPLIT, 2, split},
    {BuiltinOperator::SPLIT_V, 3, split_by_lengths},
    {BuiltinOperator::SLICE, 3, slice},
    {BuiltinOperator::STRIDED_SLICE, 4, strided_slice},
    {BuiltinOperator::REVERSE_V2, 2, reverse},
    {BuiltinOperator::PACK, 1, pack},
    {BuiltinOperator::UNPACK, 1, unpack},
    {BuiltinOperator::GATHER, 2, gather},
    {BuiltinOperator::GATHER_ND, 2, gather_nd},
    {BuiltinOperator::TILE, 2, tile},
    {BuiltinOperator::BROADCAST_TO, 2, broadcast_to},
};

}  // namespace

std::span<const NamedRule> slice_rules() { return kRules; }

}  // namespace octet::tflite
