#pragma once

#include <span>

#include "boxes/detection.h"

namespace octet {

// The 80 categories of COCO 2014 and 2017 by rising id. Ids go to 90: ten numbers were never given to a category.
std::span<const CocoCategory> coco_categories();

}  // namespace octet
