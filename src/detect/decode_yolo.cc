#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "detect/decoders.h"
#include "detect/logistic.h"

namespace octet {
namespace {

// Where the numbers of an output lie: of an anchor x, y, width, height, objectness, classes.
struct Layout {
  ImageSize grid;
  std::size_t anchor_stride = 0, channel_stride = 0, cell_stride = 0;
};

std::optional<Layout> layout_of(const YoloOutput& head, const Shape& shape) {
  const auto anchors = static_cast<std::int64_t>(head.anchors.size()), columns = std::int64_t{5} + head.classes;
  if (shape.size() < 4 || shape[0] != 1 || std::ranges::any_of(shape, [](std::int64_t side) { return side < 1; })) return std::nullopt;
  const auto laid = [](std::int64_t height, std::int64_t width, std::int64_t anchor, std::int64_t channel, std::int64_t cell) {
    return Layout{{static_cast<int>(width), static_cast<int>(height)},
                  static_cast<std::size_t>(anchor),
                  static_cast<std::size_t>(channel),
                  static_cast<std::size_t>(cell)};
  };
  if (shape.size() == 5 && shape[1] == anchors && shape[4] == columns)
    return laid(shape[2], shape[3], shape[2] * shape[3] * columns, 1, columns);
  if (shape.size() != 4) return std::nullopt;
  if (shape[1] == anchors * columns) return laid(shape[2], shape[3], columns * shape[2] * shape[3], shape[2] * shape[3], 1);
  if (shape[3] == anchors * columns) return laid(shape[1], shape[2], columns, 1, anchors * columns);
  return std::nullopt;
}

// One anchor of a head; `values` begins with its first number.
class AnchorDecoder {
 public:
  AnchorDecoder(const YoloOutput& head, YoloOutput::Anchor anchor, ImageSize input, const Layout& layout, std::span<const float> values,
                double score_threshold)
      : head_(head),
        values_(values),
        layout_(layout),
        grid_(layout.grid),
        cells_(static_cast<std::size_t>(grid_.width) * grid_.height),
        threshold_(score_threshold),
        scale_x_y_(head.kind == YoloOutput::Kind::kYolov5 ? 2 : static_cast<double>(head.scale_x_y)),
        cell_width_(static_cast<double>(input.width) / grid_.width),
        cell_height_(static_cast<double>(input.height) / grid_.height) {
    const bool in_cells = head.kind == YoloOutput::Kind::kRegion;
    anchor_width_ = anchor.width * (in_cells ? cell_width_ : 1);
    anchor_height_ = anchor.height * (in_cells ? cell_height_ : 1);
  }

  void decode(std::vector<Candidate>& candidates) {
    // No class can lift a box above the threshold that its objectness does not pass.
    const float lowest = head_.new_coords ? static_cast<float>(threshold_) - 1e-3f : logit_below(threshold_);
    for (std::size_t cell = 0; cell < cells_; ++cell)
      if (raw(4, cell) > lowest) decode_cell(cell, candidates);
  }

 private:
  float raw(std::size_t index, std::size_t cell) const { return values_[index * layout_.channel_stride + cell * layout_.cell_stride]; }
  double value(std::size_t index, std::size_t cell) const { return raw(index, cell); }
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
    const double shift = (scale_x_y_ - 1) / 2;
    const auto column = cell % grid_.width, row = cell / grid_.width;
    const double center_x = (probability(0, cell) * scale_x_y_ - shift + static_cast<double>(column)) * cell_width_;
    const double center_y = (probability(1, cell) * scale_x_y_ - shift + static_cast<double>(row)) * cell_height_;
    const double width = side(value(2, cell)) * anchor_width_, height = side(value(3, cell)) * anchor_height_;
    return {0, 0, center_x - width / 2, center_y - height / 2, center_x + width / 2, center_y + height / 2};
  }

  double side(double number) const {
    if (head_.kind == YoloOutput::Kind::kYolov5 && !head_.new_coords) number = logistic(number);
    return head_.new_coords || head_.kind == YoloOutput::Kind::kYolov5 ? 4 * number * number : std::exp(number);
  }

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
  Layout layout_;
  ImageSize grid_;
  std::size_t cells_;
  double threshold_, scale_x_y_;
  double cell_width_, cell_height_, anchor_width_, anchor_height_;
  std::vector<double> powers_;
};

Status check_output(const YoloOutput& head, std::span<const OutputType> outputs) {
  OCTET_ASSIGN(const OutputType found, find_output(outputs, head.output, "octet_heads"));
  const auto channels = static_cast<std::int64_t>(head.anchors.size()) * (5 + head.classes);
  if (found.element == ElementType::kF32 && layout_of(head, found.shape)) return {};
  return Error{ErrorCode::kMalformed,
               fmt::format("output '{}' is {}{}, but octet_heads says {} anchors of {} classes, which is f32[1,{},height,width]",
                           head.output, name_of(found.element), to_string(found.shape), head.anchors.size(), head.classes, channels)};
}

}  // namespace

Status check_outputs(const YoloHead& head, const ModelDescription&, std::span<const OutputType> outputs) {
  for (const YoloOutput& output : head.outputs) OCTET_RETURN_IF_ERROR(check_output(output, outputs));
  return {};
}

Status decode(const YoloHead& head, const ModelDescription& description, std::span<const NamedOutput> outputs, double score_threshold,
              std::vector<Candidate>& candidates) {
  for (const YoloOutput& output : head.outputs) {
    const auto found = std::ranges::find(outputs, output.output, &NamedOutput::name);
    const Layout layout = *layout_of(output, found->shape);
    for (std::size_t i = 0; i < output.anchors.size(); ++i)
      AnchorDecoder(output, output.anchors[i], description.input, layout, found->values.subspan(i * layout.anchor_stride), score_threshold)
          .decode(candidates);
  }
  return {};
}

}  // namespace octet
