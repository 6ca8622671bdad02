#include "steps/run_results.h"

#include <algorithm>
#include <utility>

#include "boxes/box.h"

namespace octet {

RunResults::RunResults(const Dataset& dataset, const DetectionRun& run, const ClassMap* classes,
                       std::optional<std::vector<std::int64_t>> only)
    : classes_(classes), reader_(run.detections), only_(std::move(only)) {
  for (std::size_t i = 0; i < dataset.images.size(); ++i)
    if (run.done[i]) places_.push_back(i);
  std::ranges::sort(places_, {}, [&](std::size_t i) { return dataset.images.id(i); });
  for (const std::size_t i : places_) image_ids_.push_back(dataset.images.id(i));
}

void RunResults::read(std::size_t place, std::vector<CocoResult>& results) const {
  results.clear();
  reader_.read(places_[place], detections_);
  for (const Detection& found : detections_) {
    const std::int64_t category =
        classes_ ? classes_->category_ids.at(static_cast<std::size_t>(found.class_index)) : std::int64_t{found.class_index};
    if (!only_ || std::ranges::binary_search(*only_, category))
      results.push_back({image_ids_[place], category, ltwh_from_xyxy(found.box_px), found.score});
  }
}

}  // namespace octet
