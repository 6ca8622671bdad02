// octet bench: latency of one model, or of two in turn within one run.

#include <memory>

#include <fmt/format.h>

#include "benchmark/profile.h"
#include "cli/options.h"
#include "cli/report_json.h"
#include "cli/resources.h"
#include "engines/octet_engine.h"
#include "report/requirements.h"

namespace octet::cli {
namespace {

struct Options {
  std::vector<std::string> models;
  double seconds = 10;
  int threads = 1, streams = 1;
  std::string require, description;
  bool profile = false;
};

struct Loaded {
  std::shared_ptr<const Plan> plan;
  double peak_rss_mb = 0;
};

// Compiles and runs a model once by itself, which is when its memory peaks.
Result<Loaded> load(const std::string& path, const ConvertOptions& settings) {
  reset_peak_rss();
  OCTET_ASSIGN(const Graph graph, open_network(path, settings));
  OCTET_ASSIGN_AT(auto plan, compile(graph), path);
  OCTET_RETURN_IF_ERROR(compare_latency({engine_model(plan)}, {1, 1, 0, {}}));
  return Loaded{std::move(plan), peak_rss_mb()};
}

constexpr int kProfileRounds = 20;

// Appends the time of each step, so that one sees where it goes, and why something runs neither in integers nor by a kernel.
Status add_profile(const std::vector<std::shared_ptr<const Plan>>& plans, int threads, Outcome& outcome) {
  for (std::size_t i = 0; i < plans.size(); ++i) {
    OCTET_ASSIGN(const auto steps, profile_steps(plans[i], threads, kProfileRounds));
    Json& json = outcome.json["models"][i]["steps"] = Json::array();
    outcome.text += fmt::format("\n\n{:>10} {:>8} {:<8} {:<24} {:<22} {}", "us", "GMAC/s", "type", "operation", "kernel", "node");
    for (const StepTime& each : steps) {
      const double rate = each.median_us > 0 ? 1e-3 * static_cast<double>(each.step.macs) / each.median_us : 0;
      json.push_back({{"node", each.step.node},
                      {"op", each.step.op},
                      {"kernel", each.step.kernel},
                      {"integer", each.step.integer},
                      {"us", each.median_us},
                      {"passed_over", each.step.passed_over}});
      outcome.text += fmt::format("\n{:>10.1f} {:>8.1f} {:<8} {:<24} {:<22} {}", each.median_us, rate,
                                  each.step.integer ? "integer" : "float", each.step.op, each.step.kernel, each.step.node);
      if (!each.step.passed_over.empty()) outcome.text += fmt::format("  ({})", each.step.passed_over);
    }
  }
  return {};
}

Result<Outcome> run(const Options& options, Console& console) {
  OCTET_ASSIGN(const Requirements requirements, parse_requirements(options.require));
  OCTET_ASSIGN(const ConvertOptions settings, model_options(options.description, {}, console.warnings()));
  std::vector<std::shared_ptr<const Plan>> plans;
  std::vector<std::shared_ptr<const EngineModel>> models;
  std::vector<double> peaks;
  for (const std::string& model : options.models) {
    OCTET_ASSIGN(auto loaded, load(model, settings));
    models.push_back(engine_model(loaded.plan));
    plans.push_back(std::move(loaded.plan));
    peaks.push_back(loaded.peak_rss_mb);
  }
  OCTET_ASSIGN(const auto measured, compare_latency(models, {options.threads, options.streams, options.seconds, console.bar("bench")}));
  Outcome outcome{to_json(measured, peaks, options.threads), to_text(measured, options.threads),
                  check_requirements(requirements, {std::nullopt, std::nullopt, speedup(measured)})};
  if (options.profile) OCTET_RETURN_IF_ERROR(add_profile(plans, options.threads, outcome));
  return outcome;
}

}  // namespace

Run add_bench(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("bench", "Measure latency and throughput");
  verb->footer("Example: octet bench fp32.xml int8.xml --threads 2 --seconds 10 --require min-speedup=1.2");
  verb->add_option("model", options->models, "One IR (.xml) or source file, or two to compare")->required()->expected(1, 2);
  add_description(*verb, options->description);
  add_seconds(*verb, options->seconds);
  verb->add_option("--streams", options->streams, "Inferences at a time")->check(CLI::Range(1, 1024))->capture_default_str();
  verb->add_flag("--profile", options->profile, "Add the time of each step");
  verb->add_option("--require", options->require, "min-speedup=RATIO; status 4 if not met");
  add_threads(*verb, options->threads);
  return [options](Console& console) { return run(*options, console); };
}

}  // namespace octet::cli
