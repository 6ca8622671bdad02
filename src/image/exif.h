#pragma once

#include <cstddef>
#include <span>

#include "image/image.h"

namespace octet {

// How a camera was held, as EXIF 2.32 (4.6.5, tag 0x0112) numbers it: 1 upright, 3 upside down, 6 and 8 on its sides, 2, 4, 5
// and 7 the mirrored ones. 1 as well where `file` is no picture, has no EXIF or a damaged one, and for TIFF, whose orientation
// decode_image() always applies.
int exif_orientation(std::span<const std::byte> file);

// Whether width and height change places when the orientation is applied.
inline bool swaps_sides(int orientation) { return orientation >= 5; }

inline ImageSize upright_size(ImageSize stored, int orientation) {
  return swaps_sides(orientation) ? ImageSize{stored.height, stored.width} : stored;
}

// The picture as it was seen; `orientation` as above, anything else counts as 1.
Image upright(Image image, int orientation);

}  // namespace octet
