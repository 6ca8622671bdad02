#pragma once

#include <optional>

#include "report/requirements.h"
#include "steps/check.h"
#include "steps/check_by_metric.h"

namespace octet {

// What requirements are judged by, of the accuracy of one model or two and the speed of the second over the first.
Measured measured_of(const CheckResult& check, std::optional<double> speedup = std::nullopt);
Measured measured_of(const MetricCheckResult& check);

}  // namespace octet
