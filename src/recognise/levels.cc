#include "recognise/levels.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace octet {
namespace {

// The feature maps that detectors have, the commonest first.
const std::vector<std::vector<int>> kStrides = {{8, 16, 32},
                                                {8, 16, 32, 64},
                                                {4, 8, 16, 32},
                                                {8, 16, 32, 64, 128},
                                                {4, 8, 16},
                                                {4, 8, 16, 32, 64},
                                                {16, 32, 64},
                                                {16, 32},
                                                {8, 16},
                                                {4, 8},
                                                {32},
                                                {16},
                                                {8}};
constexpr std::array kAnchors = {1, 3};

// Where the outputs of a file have their columns: before or behind their cells. kEither: each by itself as it fits, which is open where one
// has as many columns as another has cells, or one cell in a row as it has columns.
enum class Order { kEither, kColumnsFirst, kColumnsLast };
constexpr std::array kOrders = {Order::kEither, Order::kColumnsFirst, Order::kColumnsLast};

// The candidates of one map or of several. `rows` and `columns` are how one map has its candidates in two axes; of several maps: none.
struct Candidates {
  std::int64_t count = 0, rows = 0, columns = 0;

  bool lie_in(std::int64_t a, std::int64_t b) const { return a * b == count && (a == 1 || b == 1 || (a == rows && b == columns)); }
};

Candidates candidates_of(int stride, int anchors, ImageSize input) {
  const std::int64_t width = (input.width + stride - 1) / stride, height = (input.height + stride - 1) / stride;
  if (anchors == 1) return {width * height, height, width};
  return {anchors * width * height, anchors, width * height};
}

// The columns of an output of those candidates, where it can be read so. A map has its cells side by side; the batch may be missing.
std::optional<std::int64_t> columns_for(Shape shape, const Candidates& candidates, Order order) {
  if (shape.size() == 2) shape.insert(shape.begin(), 1);
  const bool is_empty = std::ranges::any_of(shape, [](std::int64_t side) { return side < 1; });
  if (shape.empty() || is_empty || shape[0] != 1 || candidates.count < 1) return std::nullopt;
  const bool may_be_first = order != Order::kColumnsLast, may_be_last = order != Order::kColumnsFirst;
  if (shape.size() == 3) {
    if (may_be_first && shape[2] == candidates.count) return shape[1];
    if (may_be_last && shape[1] == candidates.count) return shape[2];
  }
  if (shape.size() == 4) {
    if (may_be_first && candidates.lie_in(shape[2], shape[3])) return shape[1];
    if (may_be_last && candidates.lie_in(shape[1], shape[2])) return shape[3];
  }
  return std::nullopt;
}

// Puts the outputs that have those candidates into groups by their columns, a level's; those with the same columns by their order. Whether
// there are any.
bool add_level(const std::vector<OutputShape>& outputs, const Candidates& candidates, Order order, std::vector<ColumnGroup>& groups,
               std::size_t& used) {
  std::vector<std::int64_t> seen;
  for (const OutputShape& output : outputs) {
    const auto columns = columns_for(output.shape, candidates, order);
    if (!columns) continue;
    auto group = std::ranges::find(groups, *columns, &ColumnGroup::columns);
    for (auto before = std::ranges::count(seen, *columns); before > 0 && group != groups.end(); --before)
      group = std::ranges::find(std::next(group), groups.end(), *columns, &ColumnGroup::columns);
    if (group == groups.end()) group = groups.insert(groups.end(), {*columns, {}});
    group->outputs.push_back(output.name);
    seen.push_back(*columns);
    ++used;
  }
  return !seen.empty();
}

std::optional<Levels> levels_of(const std::vector<OutputShape>& outputs, const std::vector<Candidates>& maps, Order order) {
  Levels levels;
  std::size_t used = 0;
  for (const Candidates& candidates : maps)
    if (!add_level(outputs, candidates, order, levels.groups, used)) return std::nullopt;
  const bool fit = used == outputs.size() &&
                   std::ranges::all_of(levels.groups, [&](const ColumnGroup& group) { return group.outputs.size() == maps.size(); });
  if (!fit) return std::nullopt;
  levels.are_maps = outputs[0].shape.size() == 4;
  return levels;
}

// Of one candidate of a map with three in each of these cells; nothing for another shape.
std::optional<std::int64_t> columns_of_three(const Shape& shape, const Candidates& cells) {
  const auto third = [](std::int64_t columns) { return columns % 3 == 0 ? std::optional(columns / 3) : std::nullopt; };
  if (shape.empty() || shape[0] != 1) return std::nullopt;
  if (shape.size() == 5 && shape[1] == 3 && shape[2] == cells.rows && shape[3] == cells.columns) return shape[4];
  if (shape.size() == 4 && shape[2] == cells.rows && shape[3] == cells.columns) return third(shape[1]);
  if (shape.size() == 4 && shape[1] == cells.rows && shape[2] == cells.columns) return third(shape[3]);
  return std::nullopt;
}

}  // namespace

bool are_usual_box_columns(std::int64_t columns) {
  constexpr std::array<std::int64_t, 5> kUsualBins = {1, 8, 11, 16, 17};
  return columns % kBoxColumns == 0 && std::ranges::find(kUsualBins, columns / kBoxColumns) != kUsualBins.end();
}

std::optional<std::int64_t> anchors_a_cell(std::int64_t box_columns, std::int64_t score_columns, std::optional<int> classes) {
  const std::int64_t anchors = box_columns / kBoxColumns;
  if (box_columns % kBoxColumns != 0 || anchors < 2 || score_columns % anchors != 0) return std::nullopt;
  const bool is_of_one_box = classes ? *classes == score_columns : are_usual_box_columns(box_columns);
  return is_of_one_box ? std::nullopt : std::optional(anchors);
}

std::optional<AnchorLevels> find_anchor_levels(const std::vector<OutputShape>& outputs, ImageSize input) {
  for (const std::vector<int>& strides : kStrides) {
    if (strides.size() != outputs.size()) continue;
    AnchorLevels levels;
    levels.strides = strides;
    for (const int stride : strides)
      for (const OutputShape& output : outputs) {
        const auto columns = columns_of_three(output.shape, candidates_of(stride, 1, input));
        const bool is_taken = std::ranges::find(levels.outputs, output.name) != levels.outputs.end();
        if (!columns || is_taken || (!levels.outputs.empty() && columns != levels.columns)) continue;
        levels.columns = *columns;
        levels.outputs.push_back(output.name);
        break;
      }
    if (levels.outputs.size() == strides.size()) return levels;
  }
  return std::nullopt;
}

std::vector<OutputShape> output_shapes(const Graph& graph) {
  std::vector<OutputShape> outputs;
  for (const NodeId id : graph.outputs()) outputs.push_back({graph.node(id).name, graph.shape(graph.node(id).inputs[0])});
  return outputs;
}

std::string list_of(const std::vector<OutputShape>& outputs) {
  std::string list;
  for (const OutputShape& output : outputs) list += fmt::format("{}{} {}", list.empty() ? "" : ", ", output.name, to_string(output.shape));
  return list;
}

namespace {

std::optional<Levels> find_levels_in(const std::vector<OutputShape>& outputs, ImageSize input, Order order) {
  for (const std::vector<int>& strides : kStrides)
    for (const int anchors : kAnchors) {
      std::vector<Candidates> each;
      Candidates all;
      for (const int stride : strides) {
        each.push_back(candidates_of(stride, anchors, input));
        all.count += each.back().count;
      }
      if (strides.size() == 1) all = each[0];
      auto found = levels_of(outputs, {all}, order);
      if (!found && strides.size() > 1) found = levels_of(outputs, each, order);
      if (!found) continue;
      found->strides = strides;
      found->anchors = anchors;
      return found;
    }
  return std::nullopt;
}

}  // namespace

std::optional<Levels> find_levels(const std::vector<OutputShape>& outputs, ImageSize input) {
  for (const Order order : kOrders)
    if (auto found = find_levels_in(outputs, input, order)) return found;
  return std::nullopt;
}

}  // namespace octet
