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
  static constexpr std::array<std::string_view, 2> kKeys{"octet_background", "octet_classes"};

  bool has_background = true;  // class 0 is no object
  int classes = 0;             // without the background; 0: not known

  Status read(const InfoReader& info);
  void write(ModelInfo& info) const;
  bool may_have_background() const { return has_background; }
  bool has_fractions() const { return true; }
  bool is_suppressed() const { return true; }
  std::optional<int> class_count() const { return classes > 0 ? std::optional(classes + (has_background ? 1 : 0)) : std::nullopt; }

  bool operator==(const DetectionOutputHead&) const = default;
};

}  // namespace octet
