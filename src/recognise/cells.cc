#include "recognise/cells.h"

#include <cmath>

namespace octet {
namespace {

using Box = DenseHead::Box;

constexpr double kNear = 0.15;  // of a stride, on average; the two offsets are 0.5 apart

struct Cell {
  double x = 0, y = 0, stride = 0;
};

std::vector<Cell> cells_in_order(const std::vector<int>& strides, int anchors, bool anchors_side_by_side, ImageSize input) {
  std::vector<Cell> cells;
  for (const int stride : strides) {
    const int width = (input.width + stride - 1) / stride, height = (input.height + stride - 1) / stride;
    for (int anchor = 0; anchor < (anchors_side_by_side ? 1 : anchors); ++anchor)
      for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
          cells.insert(cells.end(), anchors_side_by_side ? static_cast<std::size_t>(anchors) : 1,
                       {static_cast<double>(x), static_cast<double>(y), static_cast<double>(stride)});
  }
  return cells;
}

struct Point {
  double x, y;
};

Point center_of(const double* numbers, Box box) {
  const double across = (numbers[0] + numbers[2]) / 2, down = (numbers[1] + numbers[3]) / 2;
  if (box == Box::kCorners) return {across, down};
  if (box == Box::kCornersYx) return {down, across};
  return {numbers[0], numbers[1]};
}

// How far centres are from where they should be, in strides, on average.
double distance(const std::vector<double>& boxes, const std::vector<Cell>& cells, const RestingBoxes& form, ImageSize input) {
  const bool in_pixels = form.unit == DenseHead::Unit::kPixels;
  const double width = in_pixels ? 1 : input.width, height = in_pixels ? 1 : input.height;
  double sum = 0;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const Point center = center_of(&boxes[4 * i], form.box);
    sum += std::abs(center.x * width / cells[i].stride - cells[i].x - form.cell_offset) +
           std::abs(center.y * height / cells[i].stride - cells[i].y - form.cell_offset);
  }
  return sum / (2 * static_cast<double>(cells.size()));
}

}  // namespace

std::optional<RestingBoxes> boxes_at_cells(const std::vector<double>& boxes, const std::vector<int>& strides, int anchors,
                                           ImageSize input) {
  for (const bool side_by_side : {true, false}) {
    if (side_by_side && anchors == 1) continue;
    const std::vector<Cell> cells = cells_in_order(strides, anchors, side_by_side, input);
    if (boxes.size() != 4 * cells.size()) return std::nullopt;
    // Corners that meet in the centre would pass for a centre with a size.
    for (const Box box : {Box::kCorners, Box::kCornersYx, Box::kCenter})
      for (const auto unit : {DenseHead::Unit::kPixels, DenseHead::Unit::kFractions})
        for (const double offset : {0.5, 0.0}) {
          const RestingBoxes form{box, unit, offset};
          if (distance(boxes, cells, form, input) < kNear) return form;
        }
  }
  return std::nullopt;
}

}  // namespace octet
