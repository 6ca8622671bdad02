#pragma once

#include <functional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "base/result.h"
#include "cli/console.h"
#include "report/requirements.h"

namespace octet::cli {

using Json = nlohmann::ordered_json;

// What a verb has to say: JSON for programs, text for people; neither where another process says it. A requirement that is not met leaves
// both standing.
struct Outcome {
  Json json;
  std::string text;
  Status requirements{};
  std::vector<Judgement> judged{};  // each requirement
};

using Run = std::function<Result<Outcome>(Console&)>;

// Adds one verb with its options to the command line; parsing it fills what the returned function works on.
Run add_list(CLI::App& app);
Run add_info(CLI::App& app);
Run add_data(CLI::App& app);
Run add_download(CLI::App& app);
Run add_convert(CLI::App& app);
Run add_quantize(CLI::App& app);
Run add_reproduce(CLI::App& app);
Run add_infer(CLI::App& app);
Run add_detect(CLI::App& app);
Run add_check(CLI::App& app);
Run add_doctor(CLI::App& app);
Run add_bench(CLI::App& app);
Run add_run(CLI::App& app);
Run add_selftest(CLI::App& app);
Run add_merge(CLI::App& app);
Run add_history(CLI::App& app);
Run add_compare(CLI::App& app);
Run add_completion(CLI::App& app);

}  // namespace octet::cli
