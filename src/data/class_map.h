#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "boxes/detection.h"

// What a class means to a data set.
namespace octet {

// The classes that a model tells apart, as far as a data set is concerned.
struct ModelClasses {
  std::vector<std::string> labels;  // by class index; may be empty
  std::size_t count = 0;            // of class indices, background included
  bool is_count_known = true;       // false: `count` is an upper bound
  bool has_background = false;      // class 0 is nothing that is found
  bool numbered_as_coco = false;    // the class index is the id of one of COCO's categories
};

// Stands for a class that is in no data set: the background of an SSD.
inline constexpr std::int64_t kNoCategory = 0;

// COCO category id of each class. kInvalidArgument if names do not tell, and the data set has fewer categories than the
// model has classes or a number contradicts a name.
Result<std::vector<std::int64_t>> category_ids(const ModelClasses& classes, std::span<const CocoCategory> categories);

}  // namespace octet
