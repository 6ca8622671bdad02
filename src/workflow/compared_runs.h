#pragma once

#include <vector>

#include "report/report.h"
#include "steps/check.h"

namespace octet {

// Two models, FP32 and INT8, that ran the pictures of a data set.
struct ComparedRuns {
  const Dataset& dataset;
  const std::vector<Detector>& detectors;
  const std::vector<DetectionRun>& runs;
  const CheckResult& check;
};

// What a page says of them: accuracy, classes and the pictures that changed most, those left out that cannot be read any more. What scores
// less than `score_threshold` was not asked of the detectors and is not on the page either.
ReportInput compared_on_a_page(const ComparedRuns& runs, double score_threshold);

}  // namespace octet
