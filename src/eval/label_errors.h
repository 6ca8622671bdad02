#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "boxes/detection.h"
#include "eval/result_source.h"

// Annotations that are perhaps wrong, by what models found. Whether they are is for a person to see.
namespace octet {

enum class LabelFault : std::uint8_t {
  kMissing,   // a confident detection where nothing is annotated
  kClass,     // an annotation that a confident detection of another class fits, and none of its own
  kPlace,     // an annotation that a confident detection of its class overlaps, and none fits
  kSpurious,  // an annotation that no detection of its class overlaps, whatever it scores
};
inline constexpr std::array<std::string_view, 4> kLabelFaultNames = {"missing", "class", "place", "spurious"};  // by LabelFault

struct LabelError {
  LabelFault fault = LabelFault::kMissing;
  std::int64_t image_id = 0;
  std::optional<std::int64_t> annotation_id{};  // none where one is missing
  std::int64_t category_id = 0;                 // that a detection says; of kSpurious the annotated one
  BoxLtwh box;                                  // the detection's; of kSpurious the annotated one
  std::optional<double> score{};                // the lowest of all models; none of kSpurious
};

// What all models agree on: each has a confident detection of the same class there. By fault; then by falling score, kSpurious by falling
// area, as large objects are not missed easily. Of the 100 best detections of each image. What lies in a crowd of its class is not missing,
// and where categories are annotated in some images alone, nothing is that was not looked for.
//   models   what each found, one at least; read an image at a time
//   confident   the least score of a detection that is taken for more right than an annotation
//   error       kMalformed: a result names an image that `truth` does not list
Result<std::vector<LabelError>> suggest_label_errors(const CocoGroundTruth& truth, std::span<const ResultSource* const> models,
                                                     double confident = 0.5);

// What `truth` says of the places of errors, which must outlive this.
class LabelErrorPlaces {
 public:
  LabelErrorPlaces(std::span<const LabelError> errors, const CocoGroundTruth& truth);

  std::string file_name(const LabelError& error) const { return truth_.images[image_rows_.at(error.image_id)].file_name; }
  CocoAnnotation annotation(const LabelError& error) const { return truth_.annotations[annotation_rows_.at(error.annotation_id.value())]; }

 private:
  const CocoGroundTruth& truth_;
  std::unordered_map<std::int64_t, std::size_t> image_rows_, annotation_rows_;  // by id, of the errors alone
};

}  // namespace octet
