#pragma once

#include <string>
#include <vector>

#include "model/description.h"

namespace octet {

// Whose models end so. Each family has one way to take pictures.
enum class Family {
  kUnknown,      // or one whose members take pictures in several ways
  kUltralytics,  // YOLOv5 to v12 and 26, and what follows them (YOLOv6, v7, v10)
  kYolox,
  kRealTimeDetr,  // RT-DETR, D-FINE, DEIM
  kNanoDet,       // and NanoDet-Plus, scores and distances side by side
  kPicoDet,       // its raw heads
};

struct FoundHead {
  Head head;
  Family family = Family::kUnknown;
  Suppression suppression{.iou_limit = 0.6f};
  Clip clip = Clip::kBeforeSuppression;
  std::vector<std::string> reasons = {};
};

}  // namespace octet
