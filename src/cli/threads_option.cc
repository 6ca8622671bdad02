#include "base/cpu.h"
#include "cli/verb.h"

namespace octet::cli {

void add_threads_option(CLI::App& app, int& threads) {
  threads = available_threads();
  app.add_option("--threads", threads, "Threads to use")->check(CLI::Range(1, 1024))->capture_default_str();
}

}  // namespace octet::cli
