// nanodet: one output [1, points, classes + 4 * (reg_max + 1)]: class scores, then for each side of the box a distribution over distances
// from the point, in strides. Suppression within each class is part of the adapter.

#include <algorithm>
#include <cmath>

#include "accuracy/adapters.h"
#include "accuracy/suppression.h"

namespace octet::accuracy {
namespace {

constexpr std::int64_t kSides = 4;

struct Point {
  double x = 0, y = 0, stride = 1;
};

struct Decoder {
  std::size_t output = 0;
  std::size_t classes = 0, bins = 0;
  float threshold = 0;
  double overlap = 0;
  std::size_t most = 0;
  std::vector<Point> points;
  ImageSize input;

  ImageBoxes operator()(std::span<const Tensor> outputs, const Frame&) const;

 private:
  Box box_at(const Point& point, std::span<const float> distributions) const;
};

// Mean of a distribution given by logits.
double expectation(std::span<const float> logits) {
  const double largest = *std::ranges::max_element(logits);
  double sum = 0, weighted = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    const double weight = std::exp(logits[i] - largest);
    sum += weight;
    weighted += weight * static_cast<double>(i);
  }
  return weighted / sum;
}

Box Decoder::box_at(const Point& point, std::span<const float> distributions) const {
  const auto side = [&](std::size_t i) { return expectation(distributions.subspan(i * bins, bins)) * point.stride; };
  const auto x = [&](double at) { return std::clamp(at, 0.0, double(input.width)); };
  const auto y = [&](double at) { return std::clamp(at, 0.0, double(input.height)); };
  return {x(point.x - side(0)), y(point.y - side(1)), x(point.x + side(2)), y(point.y + side(3))};
}

ImageBoxes Decoder::operator()(std::span<const Tensor> outputs, const Frame&) const {
  const auto values = outputs[output].values<float>();
  const std::size_t row = classes + kSides * bins;
  ImageBoxes found;
  for (std::size_t label = 0; label < classes; ++label) {
    ImageBoxes of_class;
    for (std::size_t i = 0; i < points.size(); ++i) {
      const float score = values[i * row + label];
      if (!(score > threshold)) continue;
      Box box = box_at(points[i], values.subspan(i * row + classes, kSides * bins));
      box.score = score;
      box.label = static_cast<int>(label);
      of_class.boxes.push_back(box);
    }
    for (const std::size_t kept : suppress(of_class.boxes, {.overlap = overlap})) found.boxes.push_back(of_class.boxes[kept]);
  }
  if (found.boxes.size() <= most) return found;
  ImageBoxes best;
  for (const std::size_t i : by_reversed_rising_score(found.boxes)) {
    if (best.boxes.size() == most) break;
    best.boxes.push_back(found.boxes[i]);
  }
  return best;
}

// Rows or columns of points at a stride.
int points_along(int side, double stride) { return static_cast<int>(std::ceil(side / stride)); }

std::int64_t count_points(ImageSize input, std::span<const double> strides) {
  std::int64_t count = 0;
  for (const double stride : strides) count += std::int64_t{points_along(input.width, stride)} * points_along(input.height, stride);
  return count;
}

std::vector<Point> points_of(ImageSize input, std::span<const double> strides, bool is_legacy) {
  std::vector<Point> points;
  const double middle = is_legacy ? 0.5 : 0;
  for (const double stride : strides)
    for (int y = 0; y < points_along(input.height, stride); ++y)
      for (int x = 0; x < points_along(input.width, stride); ++x) points.push_back({(x + middle) * stride, (y + middle) * stride, stride});
  return points;
}

}  // namespace

Result<Adapter> make_nanodet_adapter(Settings& settings, const Network& network, Notes&) {
  constexpr std::int64_t kMost = 100'000;
  Decoder decoder{.points = {}, .input = network.input};
  const std::int64_t classes = settings.integer("num_classes", 80), reg_max = settings.integer("reg_max", 7);
  const std::int64_t most = settings.integer("max_detections", 100);
  for (const auto& [key, value] : {std::pair("num_classes", classes), std::pair("reg_max", reg_max), std::pair("max_detections", most)})
    if (value < 1 || value > kMost) settings.fail(key, "must be 1 to 100000");
  decoder.threshold = static_cast<float>(settings.number("confidence_threshold", 0.05));
  decoder.overlap = settings.number("nms_threshold", 0.6);
  std::vector<double> strides = settings.numbers("strides");
  if (!settings.has("strides")) strides = {8, 16, 32};
  if (!std::ranges::all_of(strides, [](double stride) { return stride >= 1; })) settings.fail("strides", "must be 1 or more");
  const bool is_legacy = settings.flag("is_legacy", false);
  OCTET_RETURN_IF_ERROR(settings.finish());
  decoder.classes = static_cast<std::size_t>(classes);
  decoder.bins = static_cast<std::size_t>(reg_max) + 1;
  decoder.most = static_cast<std::size_t>(most);
  OCTET_ASSIGN(decoder.output, first_output(network));
  const Shape& shape = network.outputs[decoder.output].shape;
  if (shape != Shape{1, count_points(network.input, strides), classes + kSides * (reg_max + 1)})
    return wrong_shape(network.outputs[decoder.output], "[1, points of the strides, num_classes + 4 * (reg_max + 1)]");
  decoder.points = points_of(network.input, strides, is_legacy);
  return Adapter(decoder);
}

}  // namespace octet::accuracy
