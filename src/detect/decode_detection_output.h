#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "detect/candidate.h"
#include "detect/outputs.h"
#include "model/description.h"

namespace octet {

// kMalformed unless there is one output, f32 [1,1,N,7].
Status check_outputs(const DetectionOutputHead& head, std::span<const OutputType> outputs);

// Appends the rows whose confidence is strictly above `score_threshold`. A row is image, class, confidence and the corners as
// fractions of the input, which the candidates keep; the first row with a negative image ends the list. Rows that are not finite are left
// out. kMalformed if a row speaks of a class that the description does not have.
Status decode(const DetectionOutputHead& head, const ModelDescription& description, std::span<const NamedOutput> outputs,
              double score_threshold, std::vector<Candidate>& candidates);
inline ImageSize unit_of(const DetectionOutputHead&, ImageSize input) { return input; }

}  // namespace octet
