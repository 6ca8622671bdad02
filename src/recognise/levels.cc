#include "recognise/levels.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace octet {
namespace {

// The feature maps that detectors have, the commonest first.
const std::vector<std::vector<int>> kStrides = {
    {8, 16, 32}, {8, 16, 32, 64}, {4, 8, 16, 32}, {8, 16, 32, 64, 128}, {16, 32}, {8, 16}, {32}, {16}, {8}};
constexpr std::array kAnchors = {1, 3};

std::int64_t cells_of(int stride, ImageSize input) {
  return std::int64_t{(input.width + stride - 1) / stride} * ((input.height + stride - 1) / stride);
}

// The columns of an output of that many rows, where it can be read so. A map has its cells side by side.
std::optional<std::int64_t> columns_for(const Shape& shape, std::int64_t rows) {
  const bool is_empty = std::ranges::any_of(shape, [](std::int64_t side) { return side < 1; });
  if (shape.empty() || is_empty || shape[0] != 1 || rows < 1) return std::nullopt;
  if (shape.size() == 3) {
    if (shape[2] == rows) return shape[1];
    if (shape[1] == rows) return shape[2];
  }
  if (shape.size() == 4) {
    if (shape[2] * shape[3] == rows) return shape[1];
    if (shape[1] * shape[2] == rows) return shape[3];
  }
  return std::nullopt;
}

// Puts the outputs that have `rows` candidates into groups by their columns, a level's; those with the same columns by their order. Whether
// there are any.
bool add_level(const std::vector<OutputShape>& outputs, std::int64_t rows, std::vector<ColumnGroup>& groups, std::size_t& used) {
  std::vector<std::int64_t> seen;
  for (const OutputShape& output : outputs) {
    const auto columns = columns_for(output.shape, rows);
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

std::optional<Levels> levels_of(const std::vector<OutputShape>& outputs, const std::vector<std::int64_t>& rows) {
  Levels levels;
  std::size_t used = 0;
  for (const std::int64_t count : rows)
    if (!add_level(outputs, count, levels.groups, used)) return std::nullopt;
  const bool fit = used == outputs.size() &&
                   std::ranges::all_of(levels.groups, [&](const ColumnGroup& group) { return group.outputs.size() == rows.size(); });
  if (!fit) return std::nullopt;
  levels.are_maps = outputs[0].shape.size() == 4;
  return levels;
}

}  // namespace

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

std::optional<Levels> find_levels(const std::vector<OutputShape>& outputs, ImageSize input) {
  for (const std::vector<int>& strides : kStrides)
    for (const int anchors : kAnchors) {
      std::vector<std::int64_t> each;
      std::int64_t all = 0;
      for (const int stride : strides) {
        each.push_back(anchors * cells_of(stride, input));
        all += each.back();
      }
      auto found = levels_of(outputs, {all});
      if (!found && strides.size() > 1) found = levels_of(outputs, each);
      if (!found) continue;
      found->strides = strides;
      found->anchors = anchors;
      return found;
    }
  return std::nullopt;
}

}  // namespace octet
