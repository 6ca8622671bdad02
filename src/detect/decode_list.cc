#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "tensor/columns.h"
#include "detect/decoders.h"

namespace octet {
namespace {

using Column = ListHead::Column;

// The columns of an output of rows: 1 of [N] and [1,N], else the last side.
std::int64_t width_of(const Shape& shape) {
  const bool is_plain = shape.size() < 2 || (shape.size() == 2 && shape[0] == 1);
  return is_plain ? 1 : shape.back();
}

// The numbers of each row, output beside output.
struct Place {
  ColumnValues values;
  std::size_t column = 0;
};

std::vector<Place> places_of(const ListHead& head, std::span<const NamedOutput> outputs) {
  std::vector<Place> places;
  for (const std::string& name : head.outputs) {
    const auto output = std::ranges::find(outputs, name, &NamedOutput::name);
    const std::int64_t width = width_of(output->shape);
    // As rows, whatever columns_of() would take [1,6,6] for.
    const Columns rows{output->values.size() / static_cast<std::size_t>(width), static_cast<std::size_t>(width), 1};
    for (std::int64_t i = 0; i < width; ++i) places.push_back({{output->values, rows}, static_cast<std::size_t>(i)});
  }
  return places;
}

Error has_other_columns(const ListHead& head, std::int64_t columns) {
  return {ErrorCode::kMalformed, fmt::format("the outputs [{}] have {} columns, but octet_columns names {}", fmt::join(head.outputs, ", "),
                                             columns, head.columns.size())};
}

}  // namespace

Status check_outputs(const ListHead& head, const ModelDescription&, std::span<const OutputType> outputs) {
  std::int64_t columns = 0;
  std::optional<std::int64_t> rows;
  for (const std::string& name : head.outputs) {
    OCTET_ASSIGN(const OutputType found, find_output(outputs, name, "octet_outputs"));
    const std::int64_t width = width_of(found.shape), count = element_count(found.shape);
    const bool is_one_batch =
        found.shape.size() < 3 || std::all_of(found.shape.begin(), found.shape.end() - 2, [](auto side) { return side == 1; });
    if (found.element != ElementType::kF32 || found.shape.empty() || width < 1 || count < 1 || !is_one_batch)
      return Error{ErrorCode::kMalformed, fmt::format("output '{}' is {}{}, but octet_head list needs f32 rows of one batch", name,
                                                      name_of(found.element), to_string(found.shape))};
    if (rows.value_or(count / width) != count / width)
      return Error{ErrorCode::kMalformed, fmt::format("output '{}' has {} rows where another has {}", name, count / width, *rows)};
    rows = count / width;
    columns += width;
  }
  if (columns != static_cast<std::int64_t>(head.columns.size()) || columns == 0) return has_other_columns(head, columns);
  return {};
}

Status decode(const ListHead& head, const ModelDescription& description, std::span<const NamedOutput> outputs, double score_threshold,
              std::vector<Candidate>& candidates) {
  const std::vector<Place> places = places_of(head, outputs);
  const auto column_of = [&](Column wanted) { return std::ranges::find(head.columns, wanted) - head.columns.begin(); };
  const auto image = static_cast<std::size_t>(column_of(Column::kImage));
  std::array<std::size_t, 6> at{};
  std::ranges::transform(std::array{Column::kX0, Column::kY0, Column::kX1, Column::kY1, Column::kScore, Column::kClass}, at.begin(),
                         [&](Column wanted) { return static_cast<std::size_t>(column_of(wanted)); });
  for (std::size_t row = 0; row < places[0].values.columns.rows; ++row) {
    const auto value = [&](std::size_t column) { return places[column].values.at(row, places[column].column); };
    if (image < places.size() && value(image) < 0) break;
    const double score = value(at[4]), label = value(at[5]);
    if (!(score > score_threshold) || !std::isfinite(score) || !(label >= 0 && label < class_count(description))) continue;
    const Candidate box{static_cast<int>(label), score, value(at[0]), value(at[1]), value(at[2]), value(at[3])};
    if (std::isfinite(box.x0) && std::isfinite(box.y0) && std::isfinite(box.x1) && std::isfinite(box.y1)) candidates.push_back(box);
  }
  return {};
}

}  // namespace octet
