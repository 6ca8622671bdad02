#pragma once

#include <vector>

#include "report/report.h"

namespace octet::report {

// What became of one box of the other model.
enum class Fate { kKept, kLost, kNew };

struct ShownBox {
  const ReportBox* box = nullptr;
  Fate fate = Fate::kKept;
};

// The boxes of both models in one picture, and how much they differ.
struct PictureChange {
  const ReportPicture* picture = nullptr;
  std::vector<ShownBox> first, second;        // by falling score
  double amount = 0;                          // 0: the same
  int kept = 0;                               // confident boxes that have a partner
  std::vector<const ReportBox*> lost, added;  // confident boxes without one
};

// Pairs boxes of one label by falling IoU, from 0.5 on. Boxes count from `confident` on, but a partner may score less, so
// that 0.31 and 0.29 are a pair. Boxes below `faint` are left out.
PictureChange compare_boxes(const ReportPicture& picture, double confident, double faint);

// All pictures, those that changed most first; ties keep the order.
std::vector<PictureChange> changed_most_first(const std::vector<ReportPicture>& pictures, double confident, double faint);

}  // namespace octet::report
