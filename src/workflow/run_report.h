#pragma once

#include <string>

#include "workflow/run.h"

namespace octet {

// What the report shows beside the results themselves.
struct ReportSources {
  const RunOptions& options;
  const Dataset& dataset;
  const std::vector<Detector>& detectors;
  const std::vector<DetectionRun>& runs;
  const QuantizedIr& quantized;
};

// The page of a finished run. Pictures that cannot be read any more are left out.
Result<std::string> make_report(const RunResult& result, const ReportSources& sources);

}  // namespace octet
