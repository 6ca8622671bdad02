#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "boxes/detection.h"
#include "eval/coco_eval.h"
#include "eval/result_source.h"

// What is wrong with detections, and what it costs: Bolya et al., "TIDE: A General Toolbox for Identifying Object Detection Errors", 2020.
namespace octet {

// In the order in which a detection that is not right is asked for them; kMiss is of objects.
enum class ErrorKind : std::uint8_t {
  kLocation,    // an object of its class overlaps by an IoU of 0.1 to 0.5
  kClass,       // an object of another class overlaps by 0.5 or more
  kDuplicate,   // an object of its class overlaps by 0.5 or more, and a better detection has taken it
  kBackground,  // no object overlaps by more than 0.1
  kBoth,        // another class, and too little overlap
  kMiss,        // an object that was not found, and that no detection of the first two kinds stands for
};
inline constexpr std::size_t kErrorKindCount = 6;
// As the paper shortens them, by ErrorKind.
inline constexpr std::array<std::string_view, kErrorKindCount> kErrorKindNames = {"Loc", "Cls", "Dupe", "Bkg", "Both", "Miss"};

struct ErrorCost {
  std::int64_t count = 0;
  double ap50 = 0;  // that would be gained if these errors alone were mended, a fraction
};
using ErrorCosts = std::array<ErrorCost, kErrorKindCount>;

// Of the 100 best detections of each image, over the categories that have objects. What lies in a crowd of its class is no error.
//   ids     of the images and categories of `truth` that count
//   error   kMalformed: a result names another image
Result<ErrorCosts> error_costs(const CocoGroundTruth& truth, const CocoIds& ids, const ResultSource& results, int threads = 1);

}  // namespace octet
