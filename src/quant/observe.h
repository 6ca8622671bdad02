#pragma once

#include <vector>

#include "base/result.h"
#include "graph/graph.h"
#include "quant/calibrate.h"
#include "quant/calibration_statistics.h"
#include "quant/picture_curve.h"
#include "quant/placement.h"

// The pass of a calibration over its images, by which values are given their ranges: whole, in a share, in blocks that a store gives out,
// or until more images would change nothing.
namespace octet::quant {

// What a plan must know the ranges and means of.
std::vector<Value> observed_values(const Graph& graph, const QuantizationPlan& plan);

Error no_image_was_used();

// kMalformed where they are of another graph or of other channels, which would be read beyond their ends, or lack what an estimator takes;
// kNotFound where they are of no image.
Status expect_statistics_of(const Graph& graph, const QuantizationPlan& plan, const CalibrationStatistics& statistics, bool estimates);

// Over the images of options.share. Of a share there may be no image that can be used, but not of all of them (kNotFound).
Result<CalibrationStatistics> observe(const Graph& graph, const QuantizationPlan& plan, const CalibrationImages& images,
                                      const CalibrationOptions& options, const CalibrationCheckpoint& checkpoint = {});

// Block by block, each of which options.store knows or is told of. Statistics of blocks add up exactly.
Result<CalibrationStatistics> observe_blocks(const Graph& graph, const QuantizationPlan& plan, const CalibrationImages& images,
                                             const CalibrationOptions& options);

// Of many images some are enough: blocks of so many, each spread over all images, are observed until twice as many move the ranges by less
// than a step of their quantizers. `curve` is told of each look.
inline constexpr std::size_t kImagesOfBlock = 256;
Result<CalibrationStatistics> observe_until_enough(const Graph& graph, const QuantizationPlan& plan, const CalibrationImages& images,
                                                   const CalibrationOptions& options, PictureCurve& curve);

}  // namespace octet::quant
