#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "detect/decoders.h"
#include "detect/logistic.h"

namespace octet {
namespace {

struct Maps {
  std::span<const float> centers, sizes, offsets;
  int width = 0, height = 0;

  std::size_t cells() const { return static_cast<std::size_t>(width) * static_cast<std::size_t>(height); }
  std::size_t index(int x, int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x);
  }

  bool is_peak(std::span<const float> map, int x, int y) const {
    const float value = map[index(x, y)];
    for (int row = std::max(0, y - 1); row <= std::min(height - 1, y + 1); ++row)
      for (int column = std::max(0, x - 1); column <= std::min(width - 1, x + 1); ++column)
        if (map[index(column, row)] > value) return false;
    return true;
  }

  Candidate box_at(int x, int y, ImageSize input) const {
    const std::size_t cell = index(x, y);
    const double step_x = static_cast<double>(input.width) / width, step_y = static_cast<double>(input.height) / height;
    const double center_x = (x + static_cast<double>(offsets[cell])) * step_x,
                 center_y = (y + static_cast<double>(offsets[cells() + cell])) * step_y;
    const double half_width = sizes[cell] * step_x / 2, half_height = sizes[cells() + cell] * step_y / 2;
    return {0, 0, center_x - half_width, center_y - half_height, center_x + half_width, center_y + half_height};
  }
};

}  // namespace

Status check_outputs(const CenterNetHead& head, const ModelDescription&, std::span<const OutputType> outputs) {
  Shape map;
  for (std::size_t i = 0; i < head.outputs.size(); ++i) {
    OCTET_ASSIGN(const OutputType found, find_output(outputs, head.outputs[i], "octet_outputs"));
    const std::int64_t channels = i == 0 ? head.classes : 2;
    const bool fits = found.element == ElementType::kF32 && found.shape.size() == 4 && found.shape[0] == 1 && found.shape[1] == channels &&
                      found.shape[2] > 0 && found.shape[3] > 0;
    if (i == 0) map = found.shape;
    if (!fits || found.shape[2] != map[2] || found.shape[3] != map[3])
      return Error{ErrorCode::kMalformed, fmt::format("output '{}' is {}{}, but octet_head centernet needs f32[1,{},height,width]",
                                                      head.outputs[i], name_of(found.element), to_string(found.shape), channels)};
  }
  if (head.outputs.size() == 3) return {};
  return Error{ErrorCode::kMalformed, "octet_head centernet needs three octet_outputs: centres, sizes, offsets"};
}

Status decode(const CenterNetHead& head, const ModelDescription& description, std::span<const NamedOutput> outputs, double score_threshold,
              std::vector<Candidate>& candidates) {
  const auto output = [&](std::size_t i) { return *std::ranges::find(outputs, head.outputs[i], &NamedOutput::name); };
  const Shape shape = output(0).shape;
  const Maps maps{output(0).values, output(1).values, output(2).values, static_cast<int>(shape[3]), static_cast<int>(shape[2])};
  const bool are_logits = head.score == CenterNetHead::Score::kLogit;
  const double lowest = are_logits ? static_cast<double>(logit_below(score_threshold)) : score_threshold;
  for (int label = 0; label < head.classes; ++label) {
    const auto map = maps.centers.subspan(static_cast<std::size_t>(label) * maps.cells(), maps.cells());
    for (int y = 0; y < maps.height; ++y)
      for (int x = 0; x < maps.width; ++x) {
        const double value = map[maps.index(x, y)], score = are_logits ? logistic(value) : value;
        if (!(value > lowest) || !(score > score_threshold) || !std::isfinite(score) || !maps.is_peak(map, x, y)) continue;
        Candidate box = maps.box_at(x, y, description.input);
        box.class_index = label;
        box.score = score;
        if (std::isfinite(box.x0) && std::isfinite(box.y0) && std::isfinite(box.x1) && std::isfinite(box.y1)) candidates.push_back(box);
      }
  }
  return {};
}

}  // namespace octet
