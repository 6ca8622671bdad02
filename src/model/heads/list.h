#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/info_reader.h"

namespace octet {

// Detections that a network has chosen itself: a row of numbers each, in one output ([1,300,6]: YOLOv10, YOLO26) or side by side in
// several (boxes [1,N,4], scores [1,N], labels [1,N]).
struct ListHead {
  static constexpr std::string_view kName = "list";
  static constexpr std::array<std::string_view, 2> kRequiredKeys{"octet_outputs", "octet_columns"};
  static constexpr std::array<std::string_view, 4> kKeys{"octet_outputs", "octet_columns", "octet_classes", "octet_box_unit"};

  enum class Column { kX0, kY0, kX1, kY1, kScore, kClass, kImage, kUnread };
  enum class Unit { kPixels, kFractions };  // of the input

  std::vector<std::string> outputs;  // names of Results, one row of columns from left to right
  std::vector<Column> columns;       // a row with a negative image ends the list
  int classes = 0;                   // 0: not known
  Unit unit = Unit::kPixels;

  bool may_have_background() const { return false; }
  bool has_fractions() const { return unit == Unit::kFractions; }
  bool is_suppressed() const { return true; }
  std::optional<int> class_count() const { return classes > 0 ? std::optional(classes) : std::nullopt; }

  Status read(const InfoReader& info);
  void write(ModelInfo& info) const;

  bool operator==(const ListHead&) const = default;
};

}  // namespace octet
