#include "importers/anchor_rows.h"

#include <algorithm>
#include <optional>

namespace octet {
namespace {

// How the maps of a kind (boxes, scores, objectness) that has `columns` for each anchor are made rows.
struct MapColumns {
  std::int64_t anchors = 0, columns = 0;
};

std::optional<MapColumns> columns_in(const std::vector<std::string>& outputs, const std::string& output, std::int64_t columns,
                                     const DenseHead& head) {
  const auto found = std::ranges::find(outputs, output);
  const auto level = static_cast<std::size_t>(found - outputs.begin());
  if (found == outputs.end() || outputs.size() != head.anchor_maps.size()) return std::nullopt;
  return MapColumns{std::ssize(head.anchor_maps[level].anchors), columns};
}

std::optional<MapColumns> columns_of_map(const std::string& output, const DenseHead& head) {
  if (!head.is_of_anchors()) return std::nullopt;
  if (const auto boxes = columns_in(head.boxes, output, head.box_columns(), head)) return boxes;
  if (const auto scores = columns_in(head.scores, output, head.score_columns(), head)) return scores;
  return head.has_objectness ? columns_in(head.objectness, output, 1, head) : std::nullopt;
}

Value list(Graph& graph, const std::vector<std::int64_t>& numbers) {
  return graph.emit_constant(Tensor::of<std::int64_t>({std::ssize(numbers)}, numbers));
}

}  // namespace

Value rows_of_anchors(Graph& graph, Value map, const std::string& output, const DenseHead& head) {
  const auto columns = columns_of_map(output, head);
  const Shape shape = graph.shape(map);
  if (!columns || shape.size() != 4) return map;
  const std::int64_t side_by_side = columns->anchors * columns->columns;
  if (shape[1] != side_by_side && shape[3] != side_by_side) return map;
  if (shape[1] == side_by_side) map = graph.emit(Transpose{}, {map, list(graph, {0, 2, 3, 1})}, output + "/cells");
  return graph.emit(Reshape{}, {map, list(graph, {shape[0], -1, columns->columns})}, output + "/anchors");
}

}  // namespace octet
