#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "parts/part.h"
#include "quant/calibration_statistics.h"

// What a share of a calibration found as a part, and back.
namespace octet {

// The bytes of a whole part, in which the statistics of the share are the one record, of kind 'Q'.
std::string part_of_statistics(const PartSetup& setup, const quant::CalibrationStatistics& statistics, double seconds,
                               std::int64_t resumed_images);

// The sum of all parts, which are complete. kMalformed, naming the part, for one of something else.
Result<quant::CalibrationStatistics> statistics_of_parts(const std::vector<Part>& parts);

}  // namespace octet
