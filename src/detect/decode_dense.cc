#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/greatest.h"
#include "tensor/columns.h"
#include "detect/decoders.h"
#include "detect/logistic.h"

namespace octet {
namespace {

using Anchor = DenseHead::Anchor;

// A feature map: cells of `step` pixels, with a candidate each, or one for each of its anchors.
struct Grid {
  std::size_t width = 0, height = 0;
  double step_x = 0, step_y = 0;
  std::vector<Anchor> anchors{Anchor{}};

  std::size_t candidates() const { return width * height * anchors.size(); }
};

// The place of a candidate: x and y in cells.
struct Cell {
  double x = 0, y = 0;
  Anchor anchor;
};

std::vector<Grid> grids_of(const std::vector<int>& strides, ImageSize input) {
  std::vector<Grid> grids;
  for (const int stride : strides)
    grids.push_back({static_cast<std::size_t>((input.width + stride - 1) / stride),
                     static_cast<std::size_t>((input.height + stride - 1) / stride), static_cast<double>(stride),
                     static_cast<double>(stride)});
  return grids;
}

Grid grid_of(const DenseHead::AnchorMap& map, ImageSize input) {
  return {static_cast<std::size_t>(map.columns), static_cast<std::size_t>(map.rows), static_cast<double>(input.width) / map.columns,
          static_cast<double>(input.height) / map.rows, map.anchors};
}

std::vector<Grid> grids_of(const std::vector<DenseHead::AnchorMap>& maps, ImageSize input) {
  std::vector<Grid> grids;
  for (const DenseHead::AnchorMap& map : maps) grids.push_back(grid_of(map, input));
  return grids;
}

std::size_t candidates_of(std::span<const Grid> grids) {
  std::size_t count = 0;
  for (const Grid& grid : grids) count += grid.candidates();
  return count;
}

// The feature map of an output [1,columns,H,W] or [1,H,W,columns].
std::optional<Grid> own_grid(const Shape& shape, std::int64_t columns, ImageSize input) {
  if (shape.size() != 4) return std::nullopt;
  const std::size_t first = shape[1] == columns ? 2 : 1;
  Grid grid{static_cast<std::size_t>(shape[first + 1]), static_cast<std::size_t>(shape[first])};
  grid.step_x = static_cast<double>(input.width) / static_cast<double>(grid.width);
  grid.step_y = static_cast<double>(input.height) / static_cast<double>(grid.height);
  return grid;
}

// Where the numbers of a level are, by output and column.
struct LevelColumns {
  std::string box_output, score_output, objectness_output;
  std::int64_t box_width = 0, score_width = 0, objectness_width = 0;  // columns of that output
  std::size_t box_first = 0, score_first = 0, objectness_first = 0;
};

LevelColumns columns_of_level(const DenseHead& head, std::size_t level) {
  LevelColumns place{head.boxes[level], head.scores[level], head.has_objectness ? head.objectness[level] : std::string()};
  const bool score_beside_box = place.score_output == place.box_output;
  const bool objectness_beside_box = head.has_objectness && place.objectness_output == place.box_output;
  const bool objectness_beside_score = head.has_objectness && place.objectness_output == place.score_output;
  const auto boxes = static_cast<std::size_t>(head.box_columns()), scores = static_cast<std::size_t>(head.score_columns());
  if (score_beside_box && head.scores_first) {
    place.box_first = scores + (objectness_beside_box ? 1 : 0);
    place.objectness_first = scores;
  } else {
    place.objectness_first = objectness_beside_box ? boxes : 0;
    place.score_first = (score_beside_box ? boxes : 0) + (objectness_beside_score ? 1 : 0);
  }
  const auto width = [&](bool has_boxes, bool has_objectness, bool has_scores) {
    return static_cast<std::int64_t>((has_boxes ? boxes : 0) + (has_objectness ? 1 : 0) + (has_scores ? scores : 0));
  };
  place.box_width = width(true, objectness_beside_box, score_beside_box);
  place.score_width = width(score_beside_box, objectness_beside_score, true);
  place.objectness_width = width(objectness_beside_box, true, objectness_beside_score);
  return place;
}

class LevelDecoder {
 public:
  LevelDecoder(const DenseHead& head, const LevelColumns& place, std::span<const NamedOutput> outputs, std::vector<Grid> grids,
               double threshold)
      : head_(head),
        grids_(std::move(grids)),
        threshold_(threshold),
        lowest_logit_(logit_below(threshold)),
        boxes_(values(outputs, place.box_output, place.box_width, place.box_first)),
        scores_(values(outputs, place.score_output, place.score_width, place.score_first)) {
    if (head.has_objectness) objectness_ = values(outputs, place.objectness_output, place.objectness_width, place.objectness_first);
  }

  void decode(std::vector<Candidate>& candidates) {
    if (!head_.has_objectness && head_.score != DenseHead::Score::kSoftmax) find_best_scores();
    if (!head_.is_on_cells()) {
      for (std::size_t row = 0; row < boxes_.columns.rows; ++row) decode_row(row, {}, {}, candidates);
      return;
    }
    std::size_t row = 0;
    for (const Grid& grid : grids_)
      for (std::size_t y = 0; y < grid.height; ++y)
        for (std::size_t x = 0; x < grid.width; ++x)
          for (const Anchor& anchor : grid.anchors) decode_row(row++, grid, place_of(x, y, anchor), candidates);
  }

 private:
  static ColumnValues values(std::span<const NamedOutput> outputs, const std::string& name, std::int64_t width, std::size_t first) {
    const auto output = std::ranges::find(outputs, name, &NamedOutput::name);
    return {output->values, *columns_of(output->shape, width), first};
  }

  // The greatest score of each row, as hardly any row passes; in the order in which the scores lie, row after row or column after column.
  void find_best_scores() {
    const Columns& layout = scores_.columns;
    const auto classes = static_cast<std::size_t>(head_.classes);
    const std::span<const float> scores = scores_.values.subspan((scores_.first + first_class()) * layout.column_stride);
    best_scores_.assign(layout.rows, -std::numeric_limits<float>::infinity());
    if (layout.column_stride == 1) {
      for (std::size_t row = 0; row < layout.rows; ++row) best_scores_[row] = greatest_of(scores.subspan(row * layout.row_stride, classes));
      return;
    }
    for (std::size_t column = 0; column < classes; ++column) {
      const std::span<const float> of_column = scores.subspan(column * layout.column_stride, layout.rows);
      for (std::size_t row = 0; row < layout.rows; ++row) best_scores_[row] = std::max(best_scores_[row], of_column[row]);
    }
  }

  // Scores above this may pass.
  double lowest_score() const { return head_.score == DenseHead::Score::kLogit ? static_cast<double>(lowest_logit_) : threshold_; }

  Cell place_of(std::size_t x, std::size_t y, const Anchor& anchor) const {
    return {static_cast<double>(x) + head_.cell_offset, static_cast<double>(y) + head_.cell_offset, anchor};
  }

  void decode_row(std::size_t row, const Grid& grid, const Cell& cell, std::vector<Candidate>& candidates) {
    if (!best_scores_.empty() && !(static_cast<double>(best_scores_[row]) > lowest_score())) return;
    double objectness = 1;
    if (head_.has_objectness) {
      objectness = objectness_.at(row, 0);
      if (head_.score != DenseHead::Score::kProbability) objectness = logistic(objectness);
      if (!(objectness > threshold_)) return;  // no class can lift it
    }
    const std::size_t before = candidates.size();
    if (head_.score == DenseHead::Score::kSoftmax)
      add_softmax(row, objectness, candidates);
    else
      add_classes(row, objectness, candidates);
    if (candidates.size() == before) return;
    const Candidate box = head_.is_on_cells() ? box_on_cell(row, grid, cell) : plain_box(row);
    if (!std::isfinite(box.x0) || !std::isfinite(box.y0) || !std::isfinite(box.x1) || !std::isfinite(box.y1)) {
      candidates.resize(before);
      return;
    }
    for (std::size_t i = before; i < candidates.size(); ++i)
      candidates[i] = {candidates[i].class_index, candidates[i].score, box.x0, box.y0, box.x1, box.y1};
  }

  // Columns of scores that stand for classes begin here; a background in front of them has the index 0.
  std::size_t first_class() const { return head_.background == DenseHead::Background::kFirst ? 1 : 0; }

  void add(std::size_t column, double score, std::vector<Candidate>& candidates) const {
    if (score > threshold_ && std::isfinite(score)) candidates.push_back({static_cast<int>(column), score, 0, 0, 0, 0});
  }

  void add_classes(std::size_t row, double objectness, std::vector<Candidate>& candidates) const {
    const bool are_logits = head_.score == DenseHead::Score::kLogit;
    const double lowest = lowest_score();
    const std::size_t end = first_class() + static_cast<std::size_t>(head_.classes);
    for (std::size_t column = first_class(); column < end; ++column)
      if (const double score = scores_.at(row, column); score > lowest)
        add(column, objectness * (are_logits ? logistic(score) : score), candidates);
  }

  void add_softmax(std::size_t row, double objectness, std::vector<Candidate>& candidates) {
    powers_.resize(static_cast<std::size_t>(head_.score_columns()));
    double highest = scores_.at(row, 0), sum = 0;
    for (std::size_t i = 1; i < powers_.size(); ++i) highest = std::max(highest, scores_.at(row, i));
    for (std::size_t i = 0; i < powers_.size(); ++i) sum += powers_[i] = std::exp(scores_.at(row, i) - highest);
    const std::size_t end = first_class() + static_cast<std::size_t>(head_.classes);
    for (std::size_t column = first_class(); column < end; ++column) add(column, objectness * powers_[column] / sum, candidates);
  }

  Candidate plain_box(std::size_t row) const {
    const double a = boxes_.at(row, 0), b = boxes_.at(row, 1), c = boxes_.at(row, 2), d = boxes_.at(row, 3);
    switch (head_.box) {
      case DenseHead::Box::kCorners:
        return {0, 0, a, b, c, d};
      case DenseHead::Box::kCornersYx:
        return {0, 0, b, a, d, c};
      default:
        return box_around(a, b, c, d);
    }
  }

  Candidate box_on_cell(std::size_t row, const Grid& grid, const Cell& cell) const {
    if (head_.box == DenseHead::Box::kDistances)
      return {0,
              0,
              (cell.x - distance(row, 0)) * grid.step_x,
              (cell.y - distance(row, 1)) * grid.step_y,
              (cell.x + distance(row, 2)) * grid.step_x,
              (cell.y + distance(row, 3)) * grid.step_y};
    if (head_.box == DenseHead::Box::kPixelDistances) {
      const double x = cell.x * grid.step_x, y = cell.y * grid.step_y;
      return {0, 0, x - boxes_.at(row, 0), y - boxes_.at(row, 1), x + boxes_.at(row, 2), y + boxes_.at(row, 3)};
    }
    if (head_.is_of_anchors()) return box_on_anchor(row, cell.x * grid.step_x, cell.y * grid.step_y, cell.anchor);
    return box_around((cell.x + boxes_.at(row, 0)) * grid.step_x, (cell.y + boxes_.at(row, 1)) * grid.step_y,
                      std::exp(boxes_.at(row, 2)) * grid.step_x, std::exp(boxes_.at(row, 3)) * grid.step_y);
  }

  // x, y: the centre of the anchor in pixels.
  Candidate box_on_anchor(std::size_t row, double x, double y, const Anchor& anchor) const {
    const std::size_t first = head_.box == DenseHead::Box::kAnchorOffsetsYx ? 1 : 0;
    const auto offset = [&](std::size_t pair, std::size_t axis) {
      return boxes_.at(row, 2 * pair + (axis + first) % 2) * static_cast<double>(head_.box_scales[2 * pair + axis]);
    };
    const double width = anchor.width, height = anchor.height;
    return box_around(x + offset(0, 0) * width, y + offset(0, 1) * height, std::exp(offset(1, 0)) * width, std::exp(offset(1, 1)) * height);
  }

  static Candidate box_around(double x, double y, double width, double height) {
    return {0, 0, x - width / 2, y - height / 2, x + width / 2, y + height / 2};
  }

  // Of a side, in strides: the mean of the distribution whose logits are its bins.
  double distance(std::size_t row, std::size_t side) const {
    const auto bins = static_cast<std::size_t>(head_.bins);
    if (bins == 0) return boxes_.at(row, side);
    const std::size_t first = side * bins;
    double highest = boxes_.at(row, first), sum = 0, weighted = 0;
    for (std::size_t bin = 1; bin < bins; ++bin) highest = std::max(highest, boxes_.at(row, first + bin));
    for (std::size_t bin = 0; bin < bins; ++bin) {
      const double power = std::exp(boxes_.at(row, first + bin) - highest);
      sum += power;
      weighted += power * static_cast<double>(bin);
    }
    return weighted / sum;
  }

  const DenseHead& head_;
  std::vector<Grid> grids_;
  double threshold_;
  float lowest_logit_;
  ColumnValues boxes_, scores_, objectness_;
  std::vector<float> best_scores_;  // of rows; empty where they are not looked at first
  std::vector<double> powers_;
};

// The feature maps of a level; none where its output tells none and no strides are given.
std::vector<Grid> grids_of_level(const DenseHead& head, std::size_t level, ImageSize input, const Shape& boxes) {
  if (head.is_of_anchors()) {
    const std::vector<Grid> grids = grids_of(head.anchor_maps, input);
    return head.boxes.size() == 1 ? grids : std::vector{grids[level]};
  }
  const std::int64_t width = columns_of_level(head, level).box_width;
  if (head.strides.empty()) {
    const auto own = own_grid(boxes, width, input);
    return own ? std::vector{*own} : std::vector<Grid>();
  }
  const std::vector<Grid> grids = grids_of(head.strides, input);
  return head.boxes.size() == 1 ? grids : std::vector{grids[level]};
}

// The rows of one output of a level, which must have `width` columns.
Result<std::size_t> rows_of(const std::string& name, std::int64_t width, std::string_view key, std::span<const OutputType> outputs) {
  OCTET_ASSIGN(const OutputType found, find_output(outputs, name, key));
  const auto columns = columns_of(found.shape, width);
  if (found.element == ElementType::kF32 && columns) return columns->rows;
  return Error{ErrorCode::kMalformed, fmt::format("output '{}' is {}{}, but octet_head dense needs f32 with {} columns there", name,
                                                  name_of(found.element), to_string(found.shape), width)};
}

Status check_level(const DenseHead& head, std::size_t level, ImageSize input, std::span<const OutputType> outputs) {
  const LevelColumns place = columns_of_level(head, level);
  OCTET_ASSIGN(const std::size_t rows, rows_of(place.box_output, place.box_width, "octet_boxes", outputs));
  OCTET_ASSIGN(const std::size_t score_rows, rows_of(place.score_output, place.score_width, "octet_scores", outputs));
  std::size_t objectness_rows = rows;
  if (head.has_objectness) {
    OCTET_ASSIGN(objectness_rows, rows_of(place.objectness_output, place.objectness_width, "octet_objectness", outputs));
  }
  if (score_rows != rows || objectness_rows != rows)
    return Error{ErrorCode::kMalformed,
                 fmt::format("output '{}' has {} candidates, '{}' {}", place.box_output, rows, place.score_output, score_rows)};
  if (!head.is_on_cells()) return {};
  const auto grids = grids_of_level(head, level, input, find_output(outputs, place.box_output, "octet_boxes")->shape);
  if (candidates_of(grids) == rows && rows > 0) return {};
  if (head.is_of_anchors())
    return Error{ErrorCode::kMalformed, fmt::format("output '{}' has {} candidates, but octet_anchors makes {} there", place.box_output,
                                                    rows, candidates_of(grids))};
  return Error{ErrorCode::kMalformed,
               fmt::format("output '{}' has {} candidates, but octet_strides [{}] of an input of {}x{} make {}", place.box_output, rows,
                           fmt::join(head.strides, ", "), input.width, input.height, candidates_of(grids))};
}

}  // namespace

Status check_outputs(const DenseHead& head, const ModelDescription& description, std::span<const OutputType> outputs) {
  if (head.boxes.empty())
    return Error{ErrorCode::kMalformed, "octet_head dense names no outputs (octet_outputs, or octet_boxes and octet_scores)"};
  if (head.is_of_anchors() && head.boxes.size() > 1 && head.boxes.size() != head.anchor_maps.size())
    return Error{ErrorCode::kMalformed,
                 fmt::format("octet_anchors has {} maps for {} outputs of boxes", head.anchor_maps.size(), head.boxes.size())};
  if (head.is_on_cells() && !head.strides.empty() && head.boxes.size() > 1 && head.boxes.size() != head.strides.size())
    return Error{ErrorCode::kMalformed, fmt::format("octet_strides has {} numbers for {} levels", head.strides.size(), head.boxes.size())};
  for (std::size_t level = 0; level < head.boxes.size(); ++level)
    OCTET_RETURN_IF_ERROR(check_level(head, level, description.input, outputs));
  return {};
}

Status decode(const DenseHead& head, const ModelDescription& description, std::span<const NamedOutput> outputs, double score_threshold,
              std::vector<Candidate>& candidates) {
  for (std::size_t level = 0; level < head.boxes.size(); ++level) {
    const auto boxes = std::ranges::find(outputs, head.boxes[level], &NamedOutput::name);
    auto grids = head.is_on_cells() ? grids_of_level(head, level, description.input, boxes->shape) : std::vector<Grid>();
    LevelDecoder(head, columns_of_level(head, level), outputs, std::move(grids), score_threshold).decode(candidates);
  }
  return {};
}

}  // namespace octet
