#pragma once

#include <span>
#include <string>

#include "commands/benchmark_app/counters.h"

namespace octet::commands::benchmark_app {

// The plan as an XML file in the form of OpenVINO's execution graphs: its inputs, its steps in their order with kernels and times, and its
// outputs; edges say what each takes from whom. Constants are no layers: a step has packed them for itself. `counters` are those of the
// plan's steps.
std::string execution_graph(const std::string& model, const Plan& plan, std::span<const Counter> counters);

}  // namespace octet::commands::benchmark_app
