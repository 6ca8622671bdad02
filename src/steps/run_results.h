#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/scratch_vector.h"
#include "data/class_map.h"
#include "detector/detect_images.h"
#include "eval/result_source.h"

namespace octet {

// What a detector found in the images of a data set that it could read. The arguments must outlive it.
class RunResults : public ResultSource {
 public:
  //   classes   whose categories the results name; null: the classes themselves, which serves to compare a model with itself
  //   only      of these categories, rising; none: whatever they are
  RunResults(const Dataset& dataset, const DetectionRun& run, const ClassMap* classes,
             std::optional<std::vector<std::int64_t>> only = std::nullopt);

  std::span<const std::int64_t> image_ids() const override { return image_ids_; }
  void read(std::size_t place, std::vector<CocoResult>& results) const override;

 private:
  const ClassMap* classes_;
  mutable DetectionLists::Reader reader_;
  mutable std::vector<Detection> detections_;  // kept for its memory
  std::optional<std::vector<std::int64_t>> only_;
  ScratchVector<std::size_t> places_;  // of the images in the data set
  ScratchVector<std::int64_t> image_ids_;
};

}  // namespace octet
