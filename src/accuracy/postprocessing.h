#pragma once

#include <functional>
#include <span>
#include <vector>

#include "accuracy/boxes.h"
#include "accuracy/preprocessing.h"
#include "accuracy/settings.h"
#include "base/result.h"

namespace octet::accuracy {

// One step behind the adapter: changes what is annotated and what was found in one image. Safe from several threads on different images.
// An error ends the evaluation.
using Postprocessor = std::function<Status(ImageBoxes& truth, ImageBoxes& found, const Frame& frame)>;

// The steps that `postprocessing` of a data set lists, in order; it may be absent. kUnsupported for one that octet lacks.
Result<std::vector<Postprocessor>> make_postprocessing(const YAML::Node& steps);

Result<Postprocessor> make_filter(Settings& settings);

// For steps with `apply_to`: which of the two they change. The key must be there.
struct Targets {
  bool truth = false, found = false;
};
Targets read_targets(Settings& settings);

}  // namespace octet::accuracy
