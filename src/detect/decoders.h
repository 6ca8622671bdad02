#pragma once

// The decoders, one a kind of head in model/head.h; each has three overloads:
//
//   Status check_outputs(const H& head, std::span<const OutputType> outputs)
//     kMalformed, naming the output, if a model with these outputs cannot end in that head.
//   Status decode(const H& head, const ModelDescription& description, std::span<const NamedOutput> outputs,
//                 double score_threshold, std::vector<Candidate>& candidates)
//     Appends what the outputs propose, with a score strictly above the threshold. The outputs have passed check_outputs(). No
//     coordinate and no score is NaN.
//   ImageSize unit_of(const H& head, ImageSize input)
//     The unit of these coordinates in pixels of the network's input: 1 for pixels, the input itself for fractions of it.
#include "detect/decode_detection_output.h"
#include "detect/decode_yolo.h"
#include "detect/decode_yolov8.h"
