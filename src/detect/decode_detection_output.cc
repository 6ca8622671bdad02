#include <algorithm>
#include <cmath>

#include "detect/decoders.h"

namespace octet {
namespace {

constexpr std::size_t kRow = 7;
constexpr float kMaxClass = 1 << 24;  // beyond it a float no longer counts one by one

}  // namespace

Status check_outputs(const DetectionOutputHead&, const ModelDescription&, std::span<const OutputType> outputs) {
  if (outputs.size() != 1)
    return Error{ErrorCode::kMalformed, "octet_head detection_output needs one output, the model has " + std::to_string(outputs.size())};
  const auto& [name, element, shape] = outputs[0];
  if (element == ElementType::kF32 && shape.size() == 4 && shape[0] == 1 && shape[1] == 1 && shape[3] == kRow) return {};
  return Error{ErrorCode::kMalformed, "output '" + name + "' is " + std::string(name_of(element)) + to_string(shape) +
                                          ", not the f32[1,1,N,7] of a DetectionOutput, which octet_head promises"};
}

Status decode(const DetectionOutputHead&, const ModelDescription& description, std::span<const NamedOutput> outputs, double score_threshold,
              std::vector<Candidate>& candidates) {
  const int classes = class_count(description);
  for (auto values = outputs[0].values; !values.empty(); values = values.subspan(kRow)) {
    if (values[0] < 0) break;
    const auto row = values.first<kRow>();
    const bool is_finite = std::ranges::all_of(row, [](float value) { return std::isfinite(value); });
    if (!is_finite || row[1] < 0 || row[1] > kMaxClass || !(row[2] > score_threshold)) continue;
    const int class_index = static_cast<int>(row[1]);
    if (class_index >= classes)
      return Error{ErrorCode::kMalformed, "output '" + outputs[0].name + "' speaks of class " + std::to_string(class_index) +
                                              ", but octet_labels of " + std::to_string(classes) + " classes"};
    candidates.push_back({class_index, row[2], row[3], row[4], row[5], row[6]});
  }
  return {};
}

}  // namespace octet
