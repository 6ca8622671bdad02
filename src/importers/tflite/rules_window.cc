// Pooling, padding and resizing of images, and blocks of pixels as channels.
#include <array>
#include <vector>

#include <fmt/format.h>

#include "importers/tensorflow/windows.h"
#include "importers/tflite/rules.h"
#include "importers/tflite/windows.h"

namespace octet::tflite {
namespace {

constexpr std::array<std::size_t, 1> kFirst{0};

// Both know how large the window is, and leave padded places out.
template <typename Pool>
Result<Pool> pool_of(Layer& layer, Value data, const schema::Pool2DOptionsT& options) {
  Pool pool;
  pool.kernel = {options.filter_height, options.filter_width};
  OCTET_ASSIGN(const Window window, window_of(layer, data, pool.kernel, options));
  pool.strides = window.strides;
  pool.pads = window.pads;
  return pool;
}

template <typename Pool>
Status pool(Layer& layer) {
  OCTET_ASSIGN(const auto options, layer.options<schema::Pool2DOptionsT>());
  OCTET_ASSIGN(const Value data, layer.planar(0));
  OCTET_ASSIGN(const Pool pool, pool_of<Pool>(layer, data, options));
  const bool moves = std::is_same_v<Pool, MaxPool> && options.fused_activation_function == schema::Activation::NONE;
  OCTET_ASSIGN(const Value result, layer.add(pool, {data}));
  if (moves) return layer.give_moved(result, Layout::kPlanar, kFirst);
  return layer.give(result, Layout::kPlanar, options.fused_activation_function);
}

// Rows of a constant [axes,2], what is added before and after each axis, in the order of a layout.
struct Paddings {
  std::vector<std::int64_t> begin, end;
};
Result<Paddings> paddings_of(Layer& layer, Layout layout) {
  OCTET_ASSIGN(const auto rows, layer.integers(1));
  OCTET_ASSIGN(const Shape shape, layer.shape(0));
  if (rows.size() != 2 * shape.size()) return layer.malformed(fmt::format("has {} paddings for {}", rows.size(), to_string(shape)));
  Paddings paddings;
  for (std::size_t place = 0; place < shape.size(); ++place) {
    const std::size_t axis = layout == Layout::kPlanar ? static_cast<std::size_t>(kAxisOfPlanes[place]) : place;
    paddings.begin.push_back(rows[2 * axis]);
    paddings.end.push_back(rows[2 * axis + 1]);
  }
  return paddings;
}

Status give_padded(Layer& layer, Pad::Mode mode, std::optional<Value> filling) {
  const Layout layout = layer.layout(0);
  OCTET_ASSIGN(const Value data, layer.value(0, layout));
  OCTET_ASSIGN(const Paddings paddings, paddings_of(layer, layout));
  std::vector<Value> inputs{data, layer.integers(paddings.begin, "/begin"), layer.integers(paddings.end, "/end")};
  if (filling) inputs.push_back(*filling);
  OCTET_ASSIGN(const Value result, layer.add(Pad{mode}, std::move(inputs)));
  return layer.give_moved(result, layout, kFirst);
}

Status pad(Layer& layer) { return give_padded(layer, Pad::Mode::kConstant, std::nullopt); }

Status pad_with_value(Layer& layer) {
  OCTET_ASSIGN(const Value value, layer.plain(2));
  OCTET_ASSIGN(const Value scalar, layer.add(Reshape{}, {value, layer.integers({}, "/value/shape")}, "/value"));
  return give_padded(layer, Pad::Mode::kConstant, scalar);
}

Status mirror_pad(Layer& layer) {
  OCTET_ASSIGN(const auto options, layer.options<schema::MirrorPadOptionsT>());
  if (options.mode == schema::MirrorPadMode::REFLECT) return give_padded(layer, Pad::Mode::kReflect, std::nullopt);
  if (options.mode == schema::MirrorPadMode::SYMMETRIC) return give_padded(layer, Pad::Mode::kSymmetric, std::nullopt);
  return layer.malformed(fmt::format("has mode {}", static_cast<int>(options.mode)));
}

template <typename Options>
Status resize(Layer& layer, Interpolate::Mode mode) {
  OCTET_ASSIGN(const Options options, layer.options<Options>());
  OCTET_ASSIGN(const Value data, layer.planar(0));
  OCTET_ASSIGN(const auto sides, layer.integers(1));
  if (sides.size() != 2) return layer.malformed(fmt::format("has {} sizes, expected height and width", sides.size()));
  const Shape& from = layer.graph().shape(data);
  if (from[2] < 1 || from[3] < 1) return layer.malformed("resizes an image without pixels");
  const Interpolate op =
      tensorflow::resize_of(mode, options.align_corners, options.half_pixel_centers, {from[2], from[3]}, {sides[0], sides[1]});
  OCTET_ASSIGN(const Value result, layer.add(op, {data, layer.integers(sides, "/size")}));
  if (mode == Interpolate::Mode::kNearest) return layer.give_moved(result, Layout::kPlanar, kFirst);
  return layer.give(result, Layout::kPlanar);
}

Status resize_bilinear(Layer& layer) { return resize<schema::ResizeBilinearOptionsT>(layer, Interpolate::Mode::kLinear); }
Status resize_nearest(Layer& layer) { return resize<schema::ResizeNearestNeighborOptionsT>(layer, Interpolate::Mode::kNearest); }

template <typename Move>
Status give_blocks(Layer& layer, std::int64_t block_size) {
  OCTET_ASSIGN(const Value data, layer.planar(0));
  OCTET_ASSIGN(const Value result, layer.add(Move{DepthToSpace::Mode::kBlocksFirst, block_size}, {data}));
  return layer.give_moved(result, Layout::kPlanar, kFirst);
}

Status space_to_depth(Layer& layer) {
  OCTET_ASSIGN(const auto options, layer.options<schema::SpaceToDepthOptionsT>());
  return give_blocks<SpaceToDepth>(layer, options.block_size);
}

Status depth_to_space(Layer& layer) {
  OCTET_ASSIGN(const auto options, layer.options<schema::DepthToSpaceOptionsT>());
  return give_blocks<DepthToSpace>(layer, options.block_size);
}

constexpr NamedRule kRules[] = {
    {BuiltinOperator::MAX_POOL_2D, 1, pool<MaxPool>},
    {BuiltinOperator::AVERAGE_POOL_2D, 1, pool<AvgPool>},
    {BuiltinOperator::PAD, 2, pad},
    {BuiltinOperator::PADV2, 3, pad_with_value},
    {BuiltinOperator::MIRROR_PAD, 2, mirror_pad},
    {BuiltinOperator::RESIZE_BILINEAR, 2, resize_bilinear},
    {BuiltinOperator::RESIZE_NEAREST_NEIGHBOR, 2, resize_nearest},
    {BuiltinOperator::SPACE_TO_DEPTH, 1, space_to_depth},
    {BuiltinOperator::DEPTH_TO_SPACE, 1, depth_to_space},
};

}  // namespace

std::span<const NamedRule> window_rules() { return kRules; }

}  // namespace octet::tflite
