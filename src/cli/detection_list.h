#pragma once

#include <string>
#include <vector>

#include "cli/verb.h"
#include "steps/classes.h"

namespace octet::cli {

// What was found, picture by picture: a table for people of what scores at least `score_threshold` in the first pictures, and all
// of it for programs. Boxes are corners in pixels.
std::string list_as_text(const Detector& detector, const Dataset& dataset, const DetectionRun& run, double score_threshold);
Json list_as_json(const Detector& detector, const Dataset& dataset, const DetectionRun& run);

// The classes of a model with their ids in results files.
Json categories_as_json(const Detector& detector, const ClassMap& classes);

}  // namespace octet::cli
