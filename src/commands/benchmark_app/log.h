#pragma once

#include <string_view>

#include "base/result.h"

// What benchmark_app prints: lines on standard output, each at once, since people and scripts follow them.
namespace octet::commands::benchmark_app {

// The steps of a run, in their order.
enum class Step {
  kArguments = 1,
  kRuntime,
  kConfiguration,
  kRead,
  kReshape,
  kInputs,
  kLoad,
  kQuery,
  kRequests,
  kMeasure,
  kReport,
};

// "[Step 4/11] Reading model files", with `more` in brackets where it is not empty.
void print_step(Step step, std::string_view more = {});

void print_line(std::string_view line);
void info(std::string_view message);     // "[ INFO ] ..."
void warning(std::string_view message);  // "[ WARNING ] ..."
void error(std::string_view message);    // "[ ERROR ] ...", in one line whatever it holds

}  // namespace octet::commands::benchmark_app
