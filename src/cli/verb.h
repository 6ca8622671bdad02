#pragma once

#include <functional>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "base/result.h"
#include "cli/console.h"

namespace octet::cli {

using Json = nlohmann::ordered_json;

// What a verb has to say: JSON for programs, text for people. A requirement that is not met leaves both standing.
struct Outcome {
  Json json;
  std::string text;
  std::optional<Error> unmet = std::nullopt;
};

using Run = std::function<Result<Outcome>(Console&)>;

// Adds one verb with its options to the command line; parsing it fills what the returned function works on.
Run add_data(CLI::App& app);
Run add_download(CLI::App& app);
Run add_convert(CLI::App& app);
Run add_quantize(CLI::App& app);
Run add_infer(CLI::App& app);
Run add_detect(CLI::App& app);
Run add_check(CLI::App& app);
Run add_bench(CLI::App& app);
Run add_run(CLI::App& app);
Run add_selftest(CLI::App& app);

// --threads, shared by most verbs; the default is every hardware thread.
void add_threads_option(CLI::App& app, int& threads);

}  // namespace octet::cli
