#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "model/info_reader.h"

namespace octet {

// One output, the rows [1,1,N,7] of OpenVINO's DetectionOutput: image, class, confidence and corners as fractions of the
// input, overlapping boxes suppressed. What SSDs end in.
struct DetectionOutputHead {
  static constexpr std::string_view kName = "detection_output";
  static constexpr std::array<std::string_view, 0> kRequiredKeys{};
  static constexpr std::array<std::string_view, 0> kKeys{};
  static constexpr bool kMayHaveBackground = true;
  static constexpr bool kHasFractions = true;
  static constexpr bool kIsSuppressed = true;

  Status read(const InfoReader&) { return {}; }
  void write(ModelInfo& info) const { info["model_type"] = "ssd"; }
  std::optional<int> class_count() const { return std::nullopt; }

  bool operator==(const DetectionOutputHead&) const = default;
};

}  // namespace octet
