// yolor and yolox: one output [1, boxes, 5 + classes] of centre, size, objectness and classes, in pixels of the input. YOLOX leaves the
// grid to us: centres in cells behind that of the box, sizes as logarithms, strides 8, 16 and 32.

#include <array>
#include <cmath>

#include "accuracy/adapters.h"

namespace octet::accuracy {
namespace {

constexpr std::int64_t kHead = 5;  // numbers before those of the classes
constexpr std::array<int, 3> kStrides{8, 16, 32};

struct Cell {
  double x = 0, y = 0, stride = 1;
};

std::vector<Cell> yolox_cells(ImageSize input) {
  std::vector<Cell> cells;
  for (const int stride : kStrides)
    for (int y = 0; y < input.height / stride; ++y)
      for (int x = 0; x < input.width / stride; ++x) cells.push_back({double(x), double(y), double(stride)});
  return cells;
}

struct Decoder {
  std::size_t output = 0;
  std::size_t row = 0;  // numbers of a box
  float threshold = 0;
  std::vector<Cell> cells;  // empty: boxes are in pixels already

  ImageBoxes operator()(std::span<const Tensor> outputs, const Frame&) const;
};

ImageBoxes Decoder::operator()(std::span<const Tensor> outputs, const Frame&) const {
  ImageBoxes found;
  const auto values = outputs[output].values<float>();
  for (std::size_t i = 0; (i + 1) * row <= values.size(); ++i) {
    const float* numbers = &values[i * row];
    if (!(numbers[4] > threshold)) continue;
    double x = numbers[0], y = numbers[1], width = numbers[2], height = numbers[3];
    if (!cells.empty()) {
      x = (x + cells[i].x) * cells[i].stride, y = (y + cells[i].y) * cells[i].stride;
      width = std::exp(width) * cells[i].stride, height = std::exp(height) * cells[i].stride;
    }
    for (std::size_t c = kHead; c < row; ++c)
      if (const float score = numbers[c] * numbers[4]; score > threshold)
        found.boxes.push_back({x - width / 2, y - height / 2, x + width / 2, y + height / 2, score, static_cast<int>(c - kHead)});
  }
  return found;
}

Result<Adapter> make(Settings& settings, const Network& network, bool is_yolox) {
  constexpr double kMostThreshold = 1e6;
  Decoder decoder;
  const double threshold = settings.number("threshold", 0.001);
  if (!(threshold >= 0 && threshold < kMostThreshold)) settings.fail("threshold", "must be 0 or more");
  decoder.threshold = static_cast<float>(threshold);
  if (settings.integer("num", kHead) != kHead)
    settings.fail("num", "must be 5, the numbers before those of the classes", ErrorCode::kUnsupported);
  const std::string name = settings.text("output_name", "");
  OCTET_ASSIGN(decoder.output, name.empty() ? first_output(network) : find_output(network, name));
  const NetworkOutput& output = network.outputs[decoder.output];
  if (is_yolox) decoder.cells = yolox_cells(network.input);
  const bool fits = output.shape.size() == 3 && output.shape[0] == 1 && output.shape[2] > kHead &&
                    (!is_yolox || output.shape[1] == static_cast<std::int64_t>(decoder.cells.size()));
  if (!fits) return wrong_shape(output, is_yolox ? "[1, cells of strides 8, 16, 32, 5 + classes]" : "[1, boxes, 5 + classes]");
  decoder.row = static_cast<std::size_t>(output.shape[2]);
  return Adapter(decoder);
}

}  // namespace

Result<Adapter> make_yolor_adapter(Settings& settings, const Network& network, Notes&) { return make(settings, network, false); }
Result<Adapter> make_yolox_adapter(Settings& settings, const Network& network, Notes&) { return make(settings, network, true); }

}  // namespace octet::accuracy
