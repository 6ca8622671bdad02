// octet selftest: says whether this machine computes right.

#include <memory>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/verb.h"
#include "kernels/peaks/peaks.h"
#include "kernels/selftest.h"

namespace octet::cli {
namespace {

struct Options {
  int cases = 100;
  std::uint32_t seed = 1;
  bool peaks = false;
};

using Results = std::vector<kernels::SelftestResult>;

Json levels_json(const Results& results) {
  Json levels = Json::array();
  for (const Isa& isa : available_isas()) {
    int count = 0, cases = 0, failures = 0;
    for (const auto& result : results)
      if (first_available_isa_with(result.kernel.features) == isa) ++count, cases += result.cases, failures += result.failures;
    levels.push_back({{"isa", isa.name}, {"kernels", count}, {"cases", cases}, {"failures", failures}});
  }
  return levels;
}

// What is wrong, or nothing.
std::string faults(const Results& results) {
  std::string text;
  for (const auto& result : results)
    if (result.failures > 0)
      text += fmt::format("{}{} by {}: {} of {} cases, difference {:g}", text.empty() ? "" : "; ", result.op, result.kernel.name,
                          result.failures, result.cases, result.greatest_difference);
  return text;
}

std::string summary(const Results& results) {
  std::set<std::string_view> ops;
  int cases = 0;
  for (const auto& result : results) ops.insert(result.op), cases += result.cases;
  std::string levels;
  for (const Isa& isa : available_isas()) levels += (levels.empty() ? "" : ", ") + std::string(isa.name);
  return fmt::format("this machine computes right: {} kernels of {} operations at {}, {} cases ({})", results.size(), ops.size(), levels,
                     cases, cpu_name());
}

// What a thread of this machine reaches at most.
void add_peaks(Outcome& outcome) {
  Json& json = outcome.json["peaks"] = Json::array();
  outcome.text += fmt::format("\n\n{:>8}  {:<12} {:<18} {}", "GMAC/s", "isa", "instruction", "operands");
  for (const kernels::Peak& peak : kernels::measure_peaks()) {
    const std::string_view isa = first_available_isa_with(peak.needs).name;
    json.push_back({{"isa", isa}, {"instruction", peak.instruction}, {"operands", peak.operands}, {"gmac_per_s", peak.gmac_per_s}});
    outcome.text += fmt::format("\n{:>8.0f}  {:<12} {:<18} {}", peak.gmac_per_s, isa, peak.instruction, peak.operands);
  }
  const double memory = kernels::measure_memory();
  outcome.json["memory_gb_per_s"] = memory;
  outcome.text += fmt::format("\nmemory is read at {:.1f} GB/s by one thread", memory);
}

Result<Outcome> run(const Options& options, Console& console) {
  const auto results = kernels::run_selftest(options.cases, options.seed, console.bar("selftest"));
  const std::string wrong = faults(results);
  Outcome outcome;
  outcome.json = {{"ok", wrong.empty()}, {"cpu", cpu_name()}, {"isa", active_isa().name}, {"levels", levels_json(results)}};
  if (wrong.empty())
    outcome.text = summary(results);
  else
    outcome.requirements = Error{ErrorCode::kInternal, "this machine or build computes wrong: " + wrong};
  if (options.peaks) add_peaks(outcome);
  return outcome;
}

}  // namespace

Run add_selftest(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("selftest", "Check every kernel of every instruction set of this CPU against its reference");
  verb->footer("Example: octet selftest --cases 1000");
  verb->add_option("--cases", options->cases, "Random cases for each kernel")->check(CLI::Range(1, 1000000))->capture_default_str();
  verb->add_option("--seed", options->seed, "Of the cases")->capture_default_str();
  verb->add_flag("--peaks", options->peaks,
                 "Measure what one thread multiplies at most with each instruction, and how fast it reads memory");
  return [options](Console& console) { return run(*options, console); };
}

}  // namespace octet::cli
