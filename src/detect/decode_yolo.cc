#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "detect/decoders.h"

namespace octet {
namespace {

double logistic(double x) { return 1 / (1 + std::exp(-std::clamp(x, -80.0, 80.0))); }

// The smallest input whose logistic function may exceed `probability`, a little lower to be safe from rounding.
float logit_below(double probability) {
  if (probability <= 0) return -std::numeric_limits<float>::infinity();
  if (probability >= 1) return std::numeric_limits<float>::infinity();
  return static_cast<float>(std::log(probability / (1 - probability)) - 1e-3);
}

// One anchor of a head. Channel c of cell i is values[c * cells + i]: x, y, width, height, objectness, classes.
class AnchorDecoder {
 public:
  AnchorDecoder(const YoloOutput& head, YoloOutput::Anchor anchor, ImageSize input, ImageSize grid, std::span<const float> values,
                double score_threshold)
      : head_(head),
        values_(values),
        grid_(grid),
        cells_(static_cast<std::size_t>(grid.width) * grid.height),
        threshold_(score_threshold),
        cell_width_(static_cast<double>(input.width) / grid.width),
        cell_height_(static_cast<double>(input.height) / grid.height) {
    const bool in_cells = head.kind == YoloOutput::Kind::kRegion;
    anchor_width_ = anchor.width * (in_cells ? cell_width_ : 1);
    anchor_height_ = anchor.height * (in_cells ? cell_height_ : 1);
  }

  void decode(std::vector<Candidate>& candidates) {
    const std::span<const float> objectness = channel(4);
    // No class can lift a box above the threshold that its objectness does not pass.
    const float lowest = head_.new_coords ? static_cast<float>(threshold_) - 1e-3f : logit_below(threshold_);
    for (std::size_t cell = 0; cell < cells_; ++cell)
      if (objectness[cell] > lowest) decode_cell(cell, candidates);
  }

 private:
  std::span<const float> channel(std::size_t index) const { return values_.subspan(index * cells_, cells_); }
  double value(std::size_t index, std::size_t cell) const { return values_[index * cells_ + cell]; }
  double probability(std::size_t index, std::size_t cell) const {
    return head_.new_coords ? value(index, cell) : logistic(value(index, cell));
  }

  void decode_cell(std::size_t cell, std::vector<Candidate>& candidates) {
    const double objectness = probability(4, cell);
    if (!(objectness > threshold_)) return;
    const Candidate box = box_of(cell);
    if (!(box.x0 <= box.x1 && box.y0 <= box.y1)) return;  // NaN
    if (head_.kind == YoloOutput::Kind::kRegion && head_.softmax)
      add_softmax_classes(cell, objectness, box, candidates);
    else
      add_logistic_classes(cell, objectness, box, candidates);
  }

  Candidate box_of(std::size_t cell) const {
    const double shift = (static_cast<double>(head_.scale_x_y) - 1) / 2;
    const auto column = cell % grid_.width, row = cell / grid_.width;
    const double center_x = (probability(0, cell) * head_.scale_x_y - shift + static_cast<double>(column)) * cell_width_;
    const double center_y = (probability(1, cell) * head_.scale_x_y - shift + static_cast<double>(row)) * cell_height_;
    const double width = side(value(2, cell)) * anchor_width_, height = side(value(3, cell)) * anchor_height_;
    return {0, 0, center_x - width / 2, center_y - height / 2, center_x + width / 2, center_y + height / 2};
  }

  double side(double raw) const { return head_.new_coords ? 4 * raw * raw : std::exp(raw); }

  void add(Candidate box, int class_index, double score, std::vector<Candidate>& candidates) const {
    if (!(score > threshold_) || !std::isfinite(score)) return;
    box.class_index = class_index;
    box.score = score;
    candidates.push_back(box);
  }

  void add_logistic_classes(std::size_t cell, double objectness, const Candidate& box, std::vector<Candidate>& candidates) const {
    const double needed = threshold_ / objectness;
    const float lowest = head_.new_coords ? -std::numeric_limits<float>::infinity() : logit_below(needed);
    for (int i = 0; i < head_.classes; ++i)
      if (value(5 + i, cell) >= lowest) add(box, i, objectness * probability(5 + i, cell), candidates);
  }

  void add_softmax_classes(std::size_t cell, double objectness, const Candidate& box, std::vector<Candidate>& candidates) {
    double highest = value(5, cell), sum = 0;
    for (int i = 1; i < head_.classes; ++i) highest = std::max(highest, value(5 + i, cell));
    powers_.resize(head_.classes);
    for (int i = 0; i < head_.classes; ++i) sum += powers_[i] = std::exp(value(5 + i, cell) - highest);
    for (int i = 0; i < head_.classes; ++i) add(box, i, objectness * powers_[i] / sum, candidates);
  }

  const YoloOutput& head_;
  std::span<const float> values_;
  ImageSize grid_;
  std::size_t cells_;
  double threshold_;
  double cell_width_, cell_height_, anchor_width_, anchor_height_;
  std::vector<double> powers_;
};

Status check_output(const YoloOutput& head, std::span<const OutputType> outputs) {
  OCTET_ASSIGN(const OutputType found, find_output(outputs, head.output, "octet_heads"));
  const auto channels = static_cast<std::int64_t>(head.anchors.size()) * (5 + head.classes);
  const Shape& shape = found.shape;
  if (found.element == ElementType::kF32 && shape.size() == 4 && shape[0] == 1 && shape[1] == channels && shape[2] >= 1 && shape[3] >= 1)
    return {};
  return Error{ErrorCode::kMalformed,
               fmt::format("output '{}' is {}{}, but octet_heads says {} anchors of {} classes, which is f32[1,{},height,width]",
                           head.output, name_of(found.element), to_string(shape), head.anchors.size(), head.classes, channels)};
}

}  // namespace

Status check_outputs(const YoloHead& head, std::span<const OutputType> outputs) {
  for (const YoloOutput& output : head.outputs) OCTET_RETURN_IF_ERROR(check_output(output, outputs));
  return {};
}

Status decode(const YoloHead& head, const ModelDescription& description, std::span<const NamedOutput> outputs, double score_threshold,
              std::vector<Candidate>& candidates) {
  for (const YoloOutput& output : head.outputs) {
    const auto found = std::ranges::find(outputs, output.output, &NamedOutput::name);
    const ImageSize grid{static_cast<int>(found->shape[3]), static_cast<int>(found->shape[2])};
    const std::size_t block = found->values.size() / output.anchors.size();
    for (std::size_t i = 0; i < output.anchors.size(); ++i)
      AnchorDecoder(output, output.anchors[i], description.input, grid, found->values.subspan(i * block, block), score_threshold)
          .decode(candidates);
  }
  return {};
}

}  // namespace octet
