#pragma once

#include <span>

#include "benchmark/compare.h"
#include "steps/check.h"

#include "api/api.h"

namespace octet::v1 {

// What was measured, as the interface gives it.
Accuracy accuracy_from(const CheckResult& result, std::size_t model);
Comparison comparison_from(const CheckResult& result);
Latency latency_from(const ModelBench& measured);

}  // namespace octet::v1
