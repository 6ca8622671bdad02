#pragma once

#include "image/pixel_view.h"

#include "api/api.h"

namespace octet::v1 {

// The pixels where they lie. kInvalidArgument if there are none, too many, or fewer bytes than they need.
PixelView pixels_of(const ImageView& view);
// A copy of them. kInvalidArgument if there are none, too many, or fewer bytes than they need.
octet::Image internal_image(const ImageView& view);

// The same for users. Throws as internal_image().
Image copy_of(const ImageView& view);

}  // namespace octet::v1
