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

  Status read(const InfoReader&) { return {}; }
  void write(ModelInfo& info) const { info["model_type"] = "ssd"; }
  bool may_have_background() const { return true; }
  bool has_fractions() const { return true; }
  bool is_suppressed() const { return true; }
  std::optional<int> class_count() const { return std::nullopt; }

  bool operator==(const DetectionOutputHead&) const = default;
};

}  // namespace octet
