#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "detect/decoders.h"

namespace octet {
namespace {

// One output as channels of cells: channel c of cell i is values[c * cells + i].
struct Channels {
  std::span<const float> values;
  std::size_t cells;

  double at(std::size_t channel, std::size_t cell) const { return values[channel * cells + cell]; }
};

bool is_finite(const Candidate& box) {
  return std::isfinite(box.x0) && std::isfinite(box.y0) && std::isfinite(box.x1) && std::isfinite(box.y1);
}

// Appends the classes of a box that pass; `score` gives that of a class.
template <typename Score>
void add_classes(Candidate box, int classes, double threshold, const Score& score, std::vector<Candidate>& candidates) {
  if (!is_finite(box)) return;
  for (int i = 0; i < classes; ++i) {
    box.class_index = i;
    box.score = score(i);
    if (box.score > threshold && std::isfinite(box.score)) candidates.push_back(box);
  }
}

void decode_boxes(const Channels& output, int classes, double threshold, std::vector<Candidate>& candidates) {
  for (std::size_t cell = 0; cell < output.cells; ++cell) {
    const double x = output.at(0, cell), y = output.at(1, cell), width = output.at(2, cell), height = output.at(3, cell);
    const Candidate box{0, 0, x - width / 2, y - height / 2, x + width / 2, y + height / 2};
    add_classes(
        box, classes, threshold, [&](int i) { return output.at(4 + static_cast<std::size_t>(i), cell); }, candidates);
  }
}

// The mean of the distribution whose logits are the channels from `first` on, in cells.
double expected_distance(const Channels& output, std::size_t first, std::size_t bins, std::size_t cell) {
  double highest = output.at(first, cell), sum = 0, weighted = 0;
  for (std::size_t bin = 1; bin < bins; ++bin) highest = std::max(highest, output.at(first + bin, cell));
  for (std::size_t bin = 0; bin < bins; ++bin) {
    const double power = std::exp(output.at(first + bin, cell) - highest);
    sum += power;
    weighted += power * static_cast<double>(bin);
  }
  return weighted / sum;
}

void decode_distances(const Yolov8Head& head, const Channels& output, ImageSize input, ImageSize grid, double threshold,
                      std::vector<Candidate>& candidates) {
  const auto bins = static_cast<std::size_t>(head.bins);
  const double cell_width = static_cast<double>(input.width) / grid.width, cell_height = static_cast<double>(input.height) / grid.height;
  const auto logistic = [](double x) { return 1 / (1 + std::exp(-x)); };
  for (std::size_t cell = 0; cell < output.cells; ++cell) {
    const auto score = [&](int i) { return logistic(output.at(4 * bins + static_cast<std::size_t>(i), cell)); };
    bool passes = false;
    for (int i = 0; i < head.classes && !passes; ++i) passes = score(i) > threshold;
    if (!passes) continue;
    const std::size_t column = cell % static_cast<std::size_t>(grid.width), row = cell / static_cast<std::size_t>(grid.width);
    const double x = static_cast<double>(column) + 0.5, y = static_cast<double>(row) + 0.5;
    const auto distance = [&](std::size_t side) { return expected_distance(output, side * bins, bins, cell); };
    const Candidate box{0,
                        0,
                        (x - distance(0)) * cell_width,
                        (y - distance(1)) * cell_height,
                        (x + distance(2)) * cell_width,
                        (y + distance(3)) * cell_height};
    add_classes(box, head.classes, threshold, score, candidates);
  }
}

Status check_output(const Yolov8Head& head, const std::string& name, std::span<const OutputType> outputs) {
  OCTET_ASSIGN(const OutputType found, find_output(outputs, name, "octet_outputs"));
  const Shape& shape = found.shape;
  const bool is_raw = head.bins > 0;
  const std::int64_t channels = (is_raw ? 4 * std::int64_t{head.bins} : 4) + head.classes;
  const bool fits = found.element == ElementType::kF32 && shape.size() == (is_raw ? 4 : 3) && shape[0] == 1 && shape[1] == channels &&
                    std::ranges::all_of(shape, [](std::int64_t side) { return side > 0; });
  if (fits) return {};
  return Error{ErrorCode::kMalformed,
               fmt::format("output '{}' is {}{}, but octet_head yolov8 of {} classes needs f32[1,{},{}]", name, name_of(found.element),
                           to_string(shape), head.classes, channels, is_raw ? "height,width" : "cells")};
}

}  // namespace

Status check_outputs(const Yolov8Head& head, std::span<const OutputType> outputs) {
  for (const std::string& name : head.outputs) OCTET_RETURN_IF_ERROR(check_output(head, name, outputs));
  return {};
}

Status decode(const Yolov8Head& head, const ModelDescription& description, std::span<const NamedOutput> outputs, double score_threshold,
              std::vector<Candidate>& candidates) {
  for (const std::string& name : head.outputs) {
    const auto output = std::ranges::find(outputs, name, &NamedOutput::name);
    const Channels channels{output->values, output->values.size() / static_cast<std::size_t>(output->shape[1])};
    if (head.bins == 0) {
      decode_boxes(channels, head.classes, score_threshold, candidates);
    } else {
      const ImageSize grid{static_cast<int>(output->shape[3]), static_cast<int>(output->shape[2])};
      decode_distances(head, channels, description.input, grid, score_threshold, candidates);
    }
  }
  return {};
}

}  // namespace octet
