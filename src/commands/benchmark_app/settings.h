#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/result.h"
#include "benchmark/streams.h"
#include "commands/benchmark_app/options.h"
#include "runtime/plan.h"

namespace octet::commands::benchmark_app {

// What the options and a file of settings come to, for the one device that there is.
struct Settings {
  std::string hint;  // "THROUGHPUT", "LATENCY", "CUMULATIVE_THROUGHPUT", or empty
  std::optional<int> streams;
  std::optional<int> threads;
  std::optional<int> requests;
  bool counters = false;
  InferencePrecision precision = InferencePrecision::kF32;
  // Whether -nstreams says how many streams there are to be: reports and lines then say it too.
  bool streams_are_given = false;

  // The properties that were set, by OpenVINO's names, for -dump_config.
  nlohmann::ordered_json properties;
};

// Warns of what does nothing here. Errors: kInvalidArgument, in benchmark_app's words where it has some.
Result<Settings> read_settings(const Options& options);

// The streams for a plan, and the requests that are in flight. kInvalidArgument where more streams are asked for than memory can hold.
struct RequestLayout {
  StreamLayout streams;
  int requests = 1;
};
Result<RequestLayout> layout_for(const Settings& settings, const Options& options, const Plan& plan);

}  // namespace octet::commands::benchmark_app
