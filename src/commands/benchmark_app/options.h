#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "commands/argument_parser.h"

namespace octet::commands::benchmark_app {

// The command line. Empty or absent is what was not given.
struct Options {
  std::string model, device = "CPU", hint, api = "async";
  std::optional<std::int64_t> iterations, seconds, requests, threads, percentile;
  std::string streams, batch, shape, data_shape, layout;
  std::vector<std::vector<std::string>> inputs;
  std::optional<bool> inference_only;
  std::optional<double> max_rate;
  std::string input_precision, output_precision, input_output_precision, inference_precision, mean_values, scale_values;
  std::string report_type, report_folder, counters_sort, execution_graph, config_to_write, config_to_read;
  bool json_report = false, load_from_file = false, no_warm_up = false;
  std::optional<bool> counters;
  std::string pinning, extensions, gpu_kernels, cache_folder;
};

// The parser of OpenVINO's benchmark_app (2024.6), and -no_warmup and -max_irate of its later releases. `options` must outlive it.
ArgumentParser parser_for(Options& options);

// 1 to 100. Where it is not, upstream shows the help before the error that check() has.
bool has_known_percentile(const Options& options);

// What no single option can say: kInvalidArgument, in the words of benchmark_app.
Status check(const Options& options);

}  // namespace octet::commands::benchmark_app
