#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "report/changes.h"

namespace octet::report {

// Where the label of a box stands, in pixels of the picture: the baseline's left end, or its right end.
struct LabelPlace {
  double x = 0, y = 0;
  bool ends_here = false;
};

// "dog 0.87"
std::string label_text(const ReportBox& box);

// A place for each label within the picture that covers no other label, at its own box; none where there is no room. The
// first boxes choose first. `unit` is the height of the letters.
std::vector<std::optional<LabelPlace>> place_labels(std::span<const ShownBox> boxes, const ReportPicture& picture, double unit);

}  // namespace octet::report
