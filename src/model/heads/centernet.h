#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/info_reader.h"

namespace octet {

// CenterNet (Zhou et al. 2019): a map of centres for each class, and in each cell the size of the object and the offset of its centre,
// both in cells: [1,classes,H,W], [1,2,H,W] (width, height), [1,2,H,W] (x, y). A centre is a cell that none of the eight around it
// exceeds; no overlapping boxes are left.
struct CenterNetHead {
  static constexpr std::string_view kName = "centernet";
  static constexpr std::array<std::string_view, 2> kRequiredKeys{"octet_outputs", "octet_classes"};
  static constexpr std::array<std::string_view, 3> kKeys{"octet_outputs", "octet_classes", "octet_score"};

  enum class Score { kProbability, kLogit };

  std::vector<std::string> outputs;  // names of Results: centres, sizes, offsets
  int classes = 0;
  Score score = Score::kProbability;

  bool may_have_background() const { return false; }
  bool has_fractions() const { return false; }
  bool is_suppressed() const { return true; }
  std::optional<int> class_count() const { return classes; }

  Status read(const InfoReader& info);
  void write(ModelInfo& info) const;

  bool operator==(const CenterNetHead&) const = default;
};

}  // namespace octet
