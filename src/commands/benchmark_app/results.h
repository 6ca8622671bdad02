#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "benchmark/measure.h"
#include "commands/benchmark_app/options.h"

namespace octet::commands::benchmark_app {

// What a measurement comes to.
struct Figures {
  std::int64_t count = 0;  // of inferences
  double duration_ms = 0;
  double percentile_ms = 0;  // the median, unless another was asked for
  double average_ms = 0, min_ms = 0, max_ms = 0;
  double throughput = 0;  // images a second
};

// `measured` holds one inference at least, each of `batch` images. A percentile is one of the samples, as benchmark_app has it: of the
// sorted n that at ceil(n * percentile / 100), counted from 1.
Figures figures_of(const Measurement& measured, std::int64_t percentile, std::int64_t batch);

std::string two_decimals(double value);

// As releases up to 2021.4 printed them, plain lines: what is left where scripts drop all lines that begin with '[' or blanks.
void print_plain_figures(const Figures& figures);

// As later releases print them.
void print_figures(const Figures& figures, const Options& options);

// The same with the names of the reports.
std::vector<std::pair<std::string, std::string>> result_pairs(const Figures& figures, const Options& options);

}  // namespace octet::commands::benchmark_app
