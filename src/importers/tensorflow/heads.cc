#include "importers/tensorflow/heads.h"

#include <algorithm>
#include <string_view>

#include "base/checked_math.h"

namespace octet::tensorflow {
namespace {

bool keeps_elements(std::string_view op) { return op == "Reshape" || op == "Squeeze" || op == "ExpandDims" || op == "Identity"; }

bool is_bias_or_scale(std::string_view op) {
  return op == "BiasAdd" || op == "Add" || op == "AddV2" || op == "Sub" || op == "Mul" || op.starts_with("FusedBatchNorm");
}

// Whether a value is a convolution with nothing but constants applied to it.
bool is_predicted(const Source& source, Ref at) {
  for (std::size_t hops = 0; hops < 16; ++hops) {
    const NodeRecord& node = source.node(at);
    if (node.op == "Conv2D" || node.op == "DepthwiseConv2dNative") return true;
    if ((!is_bias_or_scale(node.op) && node.op != "Identity") || node.inputs.empty()) return false;
    const auto computed = std::ranges::find_if(node.inputs, [&](Ref input) { return source.is_dynamic(input); });
    if (computed == node.inputs.end()) return false;
    at = *computed;
  }
  return false;
}

std::optional<Heads::Map> map_of(const Source& source, Ref rows) {
  bool reshaped = false;
  Ref at = rows;
  for (std::size_t hops = 0; hops < 16 && keeps_elements(source.op(at)) && !source.node(at).inputs.empty(); ++hops) {
    reshaped |= source.op(at) == "Reshape";
    at = source.node(at).inputs[0];
  }
  if (!reshaped || !is_predicted(source, at)) return std::nullopt;
  Heads::Map map;
  map.predicted = at;
  map.rows = rows;
  return map;
}

// The shape of the rows: the convolution's elements through the graph's own Reshape.
Result<Shape> rows_shape(const Heads::Map& map, Network& network) {
  OCTET_ASSIGN(const Shape nhwc, network.shape_of(map.predicted));
  Evaluator evaluator(network.source(), [&](Ref ref) { return network.shape_of(ref); });
  OCTET_RETURN_IF_ERROR(check_constant_shape(nhwc));
  evaluator.bind(map.predicted, Tensor(ElementType::kF32, nhwc));
  OCTET_ASSIGN(const Tensor rows, evaluator.evaluate(map.rows));
  return rows.shape();
}

bool is_concat(std::string_view op) { return op == "ConcatV2" || op == "Concat"; }

Status add_map(Heads::Map map, Network& network, Heads& heads) {
  const NodeRecord& node = network.source().node(map.rows);
  OCTET_ASSIGN(map.feature, network.feature(map.predicted));
  if (map.feature.order != kPlanar) return unsupported(network.source().node(map.predicted), "predicts other than by pixels of an image");
  OCTET_ASSIGN(const Shape rows, rows_shape(map, network));
  const bool batched = rows.size() > 2;
  if (rows.size() < 2 || rows.size() > 4 || (batched && rows[0] != 1) || (rows.size() == 4 && rows[2] != 1))
    return unsupported(node, "gives predictions of shape " + to_string(rows) + ", expected [1,anchors,(1,)values]");
  map.num_rows = rows[batched ? 1 : 0];
  if (!heads.maps.empty() && (rows.back() != heads.width || rows.size() != heads.joined_shape.size()))
    return malformed(node,
                     "gives " + to_string(rows) + " where another head gives " + std::to_string(heads.width) + " values for an anchor");
  heads.width = rows.back();
  heads.num_rows += map.num_rows;
  heads.joined_shape = rows;
  heads.joined_shape[batched ? 1 : 0] = heads.num_rows;
  if (map.num_rows < 1 || heads.width < 1) return malformed(node, "gives no predictions");
  heads.maps.push_back(std::move(map));
  return {};
}

// A concatenation must be along the anchors, or rows would be out of order.
Status expect_joined_along_rows(Ref joined, const Heads& heads, Network& network) {
  const NodeRecord& node = network.source().node(joined);
  if (!is_concat(node.op)) return {};
  OCTET_ASSIGN(const std::int64_t axis, network.constants().integer(node.op == "Concat" ? node.inputs.front() : node.inputs.back()));
  const auto normal = normal_axis(axis, heads.joined_shape.size());
  if (!normal.ok() || *normal != (heads.joined_shape.size() > 2 ? 1u : 0u))
    return unsupported(node, "joins predictions along axis " + std::to_string(axis) + ", expected the anchors");
  return {};
}

}  // namespace

std::optional<Ref> predicted_value(const Source& source, Ref ref) {
  for (std::size_t hops = 0; hops < 64 && source.op(ref) == "Identity" && !source.node(ref).inputs.empty(); ++hops)
    ref = source.node(ref).inputs[0];
  return is_predicted(source, ref) ? std::optional(ref) : std::nullopt;
}

std::optional<std::vector<Heads::Map>> joined_maps(const Source& source, Ref ref) {
  const NodeRecord& node = source.node(ref);
  std::vector<Ref> rows{ref};
  if (is_concat(node.op)) {
    if (node.inputs.size() < 2) return std::nullopt;
    const std::ptrdiff_t first = node.op == "Concat" ? 1 : 0;
    rows.assign(node.inputs.begin() + first, node.inputs.end() - 1 + first);
  }
  std::vector<Heads::Map> maps;
  for (const Ref item : rows) {
    auto map = map_of(source, item);
    if (!map) return std::nullopt;
    maps.push_back(std::move(*map));
  }
  return maps;
}

Result<Heads> translate_heads(Ref joined, Network& network) {
  auto maps = joined_maps(network.source(), joined);
  OCTET_CHECK(maps.has_value(), "no heads");
  Heads heads;
  heads.joined = joined;
  for (Heads::Map& map : *maps) OCTET_RETURN_IF_ERROR(add_map(std::move(map), network, heads));
  OCTET_RETURN_IF_ERROR(expect_joined_along_rows(joined, heads, network));
  return heads;
}

}  // namespace octet::tensorflow
