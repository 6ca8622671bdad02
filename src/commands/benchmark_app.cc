// benchmark_app: latency and throughput of a model, with the options, lines and reports of OpenVINO's tool. docs/benchmark_app.md says
// where it differs.

#include <cstdio>
#include <exception>

#include <fmt/format.h>

#include "commands/benchmark_app/log.h"
#include "commands/benchmark_app/options.h"
#include "commands/benchmark_app/run.h"
#include "commands/command.h"

namespace octet::commands {

int run_benchmark_app(std::span<const std::string> words) {
  using namespace benchmark_app;
  print_step(Step::kArguments);
  info("Parsing input parameters");
  Options options;
  ArgumentParser parser = parser_for(options);
  if (const Status parsed = parser.parse(words); !parsed.ok()) {
    fmt::print(stderr, "{}benchmark_app: error: {}\n", parser.usage(), parsed.error().message);
    return 2;
  }
  if (parser.help_is_asked()) {
    print_line(parser.help() + "\nAvailable target devices:   CPU");
    return 0;
  }
  if (!has_known_percentile(options)) print_line(parser.help());
  try {
    Status done = check(options);
    if (done.ok()) done = run(options, words);
    if (!done.ok()) error(done.error().message);
    return done.ok() ? 0 : 1;
  } catch (const std::exception& thrown) {
    error(thrown.what());
    return 1;
  }
}

}  // namespace octet::commands
