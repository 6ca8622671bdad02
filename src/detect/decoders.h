#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "detect/candidate.h"
#include "detect/outputs.h"
#include "model/description.h"

// The decoders, one a kind of head in model/head.h, each in a file of its own:
//
//   check_outputs  kMalformed, naming the output, if a model with these outputs cannot end in that head.
//   decode         Appends what the outputs propose with a score strictly above the threshold, in pixels of the network's input or in
//                  fractions of it as the head says. The outputs have passed check_outputs(). No coordinate and no score is NaN.
namespace octet {

// One output, f32 [1,1,N,7]. The first row with a negative image ends the list, rows that are not finite are left out. kMalformed if
// a row speaks of a class that the description does not have.
Status check_outputs(const DetectionOutputHead& head, const ModelDescription& description, std::span<const OutputType> outputs);
Status decode(const DetectionOutputHead& head, const ModelDescription& description, std::span<const NamedOutput> outputs,
              double score_threshold, std::vector<Candidate>& candidates);

// Each output that the head names, f32 [1, anchors * (5 + classes), height, width]: every class of every box whose objectness *
// probability passes, output by output, anchor by anchor, row by row. A side may be infinite.
//
// Per cell, with s the logistic function (Redmon & Farhadi 2018; scale_x_y of Bochkovskiy et al. 2020):
//   center = (s(t_xy) * scale_x_y - (scale_x_y - 1) / 2 + cell) * input / grid,  size = exp(t_wh) * anchor
Status check_outputs(const YoloHead& head, const ModelDescription& description, std::span<const OutputType> outputs);
Status decode(const YoloHead& head, const ModelDescription& description, std::span<const NamedOutput> outputs, double score_threshold,
              std::vector<Candidate>& candidates);

// Candidates as the head says they lie (model/heads/dense.h), level by level, row by row: every class that passes.
Status check_outputs(const DenseHead& head, const ModelDescription& description, std::span<const OutputType> outputs);
Status decode(const DenseHead& head, const ModelDescription& description, std::span<const NamedOutput> outputs, double score_threshold,
              std::vector<Candidate>& candidates);

// Rows as the head says they lie (model/heads/list.h). Those of a class that the head does not have, and with numbers that are not finite,
// are left out.
Status check_outputs(const ListHead& head, const ModelDescription& description, std::span<const OutputType> outputs);
Status decode(const ListHead& head, const ModelDescription& description, std::span<const NamedOutput> outputs, double score_threshold,
              std::vector<Candidate>& candidates);

// The peaks of each class (model/heads/centernet.h), class by class, row by row.
Status check_outputs(const CenterNetHead& head, const ModelDescription& description, std::span<const OutputType> outputs);
Status decode(const CenterNetHead& head, const ModelDescription& description, std::span<const NamedOutput> outputs, double score_threshold,
              std::vector<Candidate>& candidates);

}  // namespace octet
