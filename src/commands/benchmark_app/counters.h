#pragma once

#include <span>
#include <string>
#include <vector>

#include "runtime/plan.h"

// Performance counters: how long each step of a model took.
namespace octet::commands::benchmark_app {

// One step, in benchmark_app's words. A step is one or several nodes of the graph; those that it takes over have no counter of their own.
struct Counter {
  std::string name;       // of its first node
  std::string type;       // "Convolution", "QuantizeInput"
  std::string execution;  // the kernel and the numbers that it computes with: "vnni_12x32_I8"
  double ms = 0;
};

// The counters of one request: steps with their times, 0 where they were not taken.
std::vector<Counter> counters_of(std::span<const StepInfo> steps, std::span<const double> step_us);

double total_ms(std::span<const Counter> counters);

// The mean of each counter over requests of the same steps.
std::vector<Counter> averaged(std::span<const std::vector<Counter>> requests);

// -pcsort: "sort" and "simple_sort" by falling time, "no_sort" as they run.
std::vector<Counter> sorted_counters(std::vector<Counter> counters, const std::string& order);

// "Performance counts for 0-th infer request" and a line for each step.
void print_counters(std::span<const std::vector<Counter>> requests);
void print_sorted_counters(std::span<const std::vector<Counter>> requests, const std::string& order);

}  // namespace octet::commands::benchmark_app
