#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "report/changes.h"

namespace octet::report {

// Where the text of a label stands, in pixels of the picture: the baseline's left end, or its right end.
struct TextPlace {
  double x = 0, y = 0;
  bool ends_here = false;
};

// "dog 0.87"
std::string label_text(const ReportBox& box);

// A place for each label at its own box that covers no other label; none where there is no room. The first boxes choose first.
// `unit` is the height of the letters.
std::vector<std::optional<TextPlace>> place_texts(std::span<const ShownBox> boxes, const ReportPicture& picture, double unit);

}  // namespace octet::report
