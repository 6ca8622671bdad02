#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "image/image.h"

namespace octet {

struct Colour {
  std::uint8_t b = 0, g = 0, r = 0;
  bool operator==(const Colour&) const = default;
};

// Well apart for neighbouring classes, and the same in every run.
Colour class_colour(int class_index);

// Corners in pixels of the image; the part outside is not drawn. No label where the text is empty.
struct LabelledBox {
  float x0 = 0, y0 = 0, x1 = 0, y1 = 0;
  std::string text;
  Colour colour;
};

// Lines and letters grow with the image. Later boxes lie over earlier ones, labels over all of them. No label covers another:
// the first boxes choose their places first, and one that finds no room is left out.
void draw_boxes(Image& image, std::span<const LabelledBox> boxes);

// Two pictures beside each other, each under its caption; the smaller is scaled to the height of the larger.
Image side_by_side(const Image& left, std::string_view left_caption, const Image& right, std::string_view right_caption);

}  // namespace octet
