#pragma once

#include <span>
#include <string>

#include "base/result.h"
#include "commands/benchmark_app/options.h"

namespace octet::commands::benchmark_app {

// The eleven steps but for the first, which reads the command line: prints, measures and writes reports. `options` have
// passed check(); `words` is the command line as
// it was given, for the reports; what stopped the run is in its report too, if there is one.
Status run(const Options& options, std::span<const std::string> words);

}  // namespace octet::commands::benchmark_app
