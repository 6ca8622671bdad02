#pragma once

#include "image/image.h"

#include "api/api.h"

namespace octet::v1 {

// A copy of the pixels. kInvalidArgument if there are none, too many, or fewer bytes than they need.
octet::Image internal_image(const ImageView& view);

// The same for users. Throws as internal_image().
Image copy_of(const ImageView& view);

}  // namespace octet::v1
