#include "recognise/cells.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>
#include <utility>

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

// Whether an end of a box lies on the border, at which the graph may have cut it: its middle is then not that of its cell. The last pixel
// is one less than the side where a graph counts so (Paddle's yolo_box).
bool is_cut(double low, double high, double side) { return low == 0 || high == side || (side > 1 && high == side - 1); }

// How far centres are from where they should be, in strides, on average over those that the border leaves; nothing where it leaves few.
std::optional<double> distance(const std::vector<double>& boxes, const std::vector<Cell>& cells, const RestingBoxes& form,
                               ImageSize input) {
  const bool in_pixels = form.unit == DenseHead::Unit::kPixels, are_corners = form.box != Box::kCenter;
  const Point side{in_pixels ? input.width : 1.0, in_pixels ? input.height : 1.0};
  const int x = form.box == Box::kCornersYx ? 1 : 0, y = 1 - x;
  double sum = 0;
  std::size_t counted = 0;
  const auto add = [&](const double* low, double center, double extent, double scale, double place) {
    if (are_corners && is_cut(low[0], low[2], extent)) return;
    sum += std::abs(center * scale - place - form.cell_offset);
    ++counted;
  };
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const Point center = center_of(&boxes[4 * i], form.box);
    add(&boxes[4 * i + static_cast<std::size_t>(x)], center.x, side.x, input.width / side.x / cells[i].stride, cells[i].x);
    add(&boxes[4 * i + static_cast<std::size_t>(y)], center.y, side.y, input.height / side.y / cells[i].stride, cells[i].y);
  }
  if (2 * counted < cells.size()) return std::nullopt;
  return sum / static_cast<double>(counted);
}

std::optional<RestingBoxes> boxes_at(const std::vector<double>& boxes, const std::vector<Cell>& cells, ImageSize input) {
  if (boxes.size() != 4 * cells.size()) return std::nullopt;
  // Corners that meet in the centre would pass for a centre with a size.
  for (const Box box : {Box::kCorners, Box::kCornersYx, Box::kCenter})
    for (const auto unit : {DenseHead::Unit::kPixels, DenseHead::Unit::kFractions})
      for (const double offset : {0.5, 0.0}) {
        const RestingBoxes form{box, unit, offset};
        if (distance(boxes, cells, form, input).value_or(1) < kNear) return form;
      }
  return std::nullopt;
}

}  // namespace

std::optional<RestingBoxes> boxes_at_cells(const std::vector<double>& boxes, const std::vector<int>& strides, int anchors,
                                           ImageSize input) {
  for (const std::vector<int>& order : {strides, std::vector<int>(strides.rbegin(), strides.rend())})
    for (const bool side_by_side : {true, false}) {
      if (side_by_side && anchors == 1) continue;
      const auto form = boxes_at(boxes, cells_in_order(order, anchors, side_by_side, input), input);
      if (form) return form;
    }
  return std::nullopt;
}

namespace {

constexpr double kLargestFraction = 4;   // the corners of large anchors lie outside of the picture
constexpr double kMostCenters = 0.7;     // of the boxes: less than that where they are clipped at the border, a half or less where not
constexpr double kCentersAcross = 2048;  // that are told from each other

// The centres of boxes, were they of a form.
struct Centers {
  bool are_boxes = true;  // all have a size
  std::size_t distinct = 0, x_changes = 0, y_changes = 0;
};

Centers centers_of(const std::vector<double>& boxes, Box box, double extent) {
  Centers centers;
  std::set<std::pair<std::int64_t, std::int64_t>> seen;
  std::pair<std::int64_t, std::int64_t> last;
  for (std::size_t i = 0; i + 3 < boxes.size(); i += 4) {
    const double* numbers = &boxes[i];
    const double width = box == Box::kCenter ? numbers[2] : numbers[2] - numbers[0];
    const double height = box == Box::kCenter ? numbers[3] : numbers[3] - numbers[1];
    if (!(width > 0 && height > 0)) return {false};
    const Point center = center_of(numbers, box);
    const std::pair place{std::llround(center.x / extent * kCentersAcross), std::llround(center.y / extent * kCentersAcross)};
    if (i > 0) {
      centers.x_changes += place.first != last.first ? 1 : 0;
      centers.y_changes += place.second != last.second ? 1 : 0;
    }
    last = place;
    seen.insert(place);
  }
  centers.distinct = seen.size();
  return centers;
}

}  // namespace

std::optional<RestingBoxes> boxes_of_anchors(const std::vector<double>& boxes, ImageSize input) {
  const double limit = 4.0 * std::max(input.width, input.height);
  if (boxes.size() < 8 || std::ranges::any_of(boxes, [&](double number) { return !(std::abs(number) <= limit); })) return std::nullopt;
  const bool in_fractions = std::ranges::max(boxes) <= kLargestFraction;
  const double extent = in_fractions ? 1 : std::max(input.width, input.height);
  std::optional<RestingBoxes> best;
  const std::size_t count = boxes.size() / 4;
  auto fewest = static_cast<std::size_t>(kMostCenters * static_cast<double>(count));
  for (const Box box : {Box::kCenter, Box::kCorners, Box::kCornersYx}) {
    const Centers centers = centers_of(boxes, box, extent);
    // Along a row x changes, and y only where boxes are clipped.
    if (!centers.are_boxes || centers.distinct > fewest || 5 * centers.x_changes <= 6 * centers.y_changes) continue;
    fewest = centers.distinct;
    best = RestingBoxes{box, in_fractions ? DenseHead::Unit::kFractions : DenseHead::Unit::kPixels};
  }
  return best;
}

}  // namespace octet
