// octet bench: latency of one model, or of two in turn within one run.

#include <memory>

#include <fmt/format.h>

#include "benchmark/profile.h"
#include "benchmark/roofs.h"
#include "cli/options.h"
#include "cli/recording.h"
#include "cli/report_json.h"
#include "cli/resources.h"
#include "engines/load_network.h"
#include "report/requirements.h"

namespace octet::cli {
namespace {

struct Options {
  std::vector<std::filesystem::path> models;
  double seconds = 10;
  int threads = 1, streams = 1;
  BesideModel beside;
  std::string require, engines = "octet";
  InferencePrecision precision = InferencePrecision::kF32;
  bool profile = false;
};

struct Loaded {
  std::shared_ptr<const EngineModel> model;
  double load_ms = 0, peak_rss_mb = 0;
};

// Loads and runs a model once by itself, which is when its memory peaks.
Result<Loaded> load(const std::filesystem::path& path, const ConvertOptions& settings, const Engine& engine, const Options& options) {
  reset_peak_rss();
  const Stopwatch watch;
  OCTET_ASSIGN(const OpenedNetwork network, open_network(path, settings));
  Loaded loaded;
  const NetworkSource source{network.graph, path, network.original ? &*network.original : nullptr};
  OCTET_ASSIGN_AT(loaded.model, load_bare_network(engine, source, options.precision, settings.warn), path.string());
  if (const Status once = run_once(loaded.model, options.threads); !once.ok()) return once.error().at(path.string());
  loaded.load_ms = 1e3 * watch.seconds();
  loaded.peak_rss_mb = peak_rss_mb();
  return loaded;
}

constexpr int kProfileRounds = 20;

// A rate as "12 %" of what the machine could do; empty where there are no products.
std::string share_of_peak(double gmac_per_s, const StepInfo& step, const Roofs& roofs) {
  const double peak = step.integer ? roofs.integer_gmac_per_s : step.bf16 ? roofs.bf16_gmac_per_s : roofs.float_gmac_per_s;
  return gmac_per_s > 0 && peak > 0 ? fmt::format("{:.0f} %", 100 * gmac_per_s / peak) : "";
}

std::string_view type_of(const StepInfo& step) { return step.integer ? "integer" : step.bf16 ? "bf16" : "float"; }

// Appends the time of each step, so that one sees where it goes, and why something runs neither in integers nor by a kernel.
Status add_profile(const std::vector<std::shared_ptr<const EngineModel>>& models, int threads, Outcome& outcome) {
  const Roofs roofs = measure_roofs(threads);
  outcome.json["peak_gmac_per_s"] = {
      {"integer", roofs.integer_gmac_per_s}, {"float", roofs.float_gmac_per_s}, {"bf16", roofs.bf16_gmac_per_s}};
  for (std::size_t i = 0; i < models.size(); ++i) {
    OCTET_ASSIGN(const auto steps, profile_steps(*models[i], threads, kProfileRounds));
    Json& json = outcome.json["models"][i]["steps"] = Json::array();
    outcome.text += fmt::format("\n\n{:>10} {:>8} {:>7} {:>6} {:>9} {:<8} {:<24} {:<22} {}", "us", "GMAC/s", "of peak", "GB/s", "bytes",
                                "type", "operation", "kernel", "node");
    for (const StepTime& each : steps) {
      const auto per_us = [&](std::int64_t count) { return each.median_us > 0 ? 1e-3 * static_cast<double>(count) / each.median_us : 0; };
      const double rate = per_us(each.step.macs);
      json.push_back({{"node", each.step.node},
                      {"op", each.step.op},
                      {"kernel", each.step.kernel},
                      {"integer", each.step.integer},
                      {"bf16", each.step.bf16},
                      {"us", each.median_us},
                      {"macs", each.step.macs},
                      {"bytes", each.step.bytes},
                      {"passed_over", each.step.passed_over}});
      outcome.text += fmt::format("\n{:>10.1f} {:>8.1f} {:>7} {:>6.1f} {:>9} {:<8} {:<24} {:<22} {}", each.median_us, rate,
                                  share_of_peak(rate, each.step, roofs), per_us(each.step.bytes), each.step.bytes, type_of(each.step),
                                  each.step.op, each.step.kernel, each.step.node);
      if (!each.step.passed_over.empty()) outcome.text += fmt::format("  ({})", each.step.passed_over);
    }
  }
  return {};
}

// All models in each engine, engine after engine.
struct Rows {
  std::vector<std::shared_ptr<const EngineModel>> models;
  BenchRows known;
};

Result<Rows> load_rows(const Options& options, const ConvertOptions& settings) {
  OCTET_ASSIGN(const auto engines, engines_named(options.engines));
  Rows rows;
  rows.known.precision = options.precision;
  for (const Engine* engine : engines)
    for (const std::filesystem::path& path : options.models) {
      OCTET_ASSIGN(Loaded loaded, load(path, settings, *engine, options));
      rows.models.push_back(std::move(loaded.model));
      rows.known.engines.emplace_back(engine->name());
      rows.known.load_ms.push_back(loaded.load_ms);
      rows.known.peak_rss_mb.push_back(loaded.peak_rss_mb);
    }
  return rows;
}

Result<Outcome> run(const Options& options, Console& console) {
  OCTET_ASSIGN(const Requirements requirements, parse_requirements(options.require));
  OCTET_ASSIGN(const ConvertOptions settings, model_options(options.beside, console.warnings()));
  OCTET_ASSIGN(const Rows rows, load_rows(options, settings));
  if (options.profile && options.engines != default_engine().name())
    return Error{ErrorCode::kInvalidArgument, "--profile tells the steps of octet's own engine only"};
  OCTET_ASSIGN(const auto measured,
               compare_latency(rows.models, {options.threads, options.streams, options.seconds, console.bar("bench")}));
  const Measured figures{std::nullopt, std::nullopt, speedup(measured)};
  Outcome outcome{to_json(measured, rows.known, options.threads), to_text(measured, rows.known, options.threads),
                  check_requirements(requirements, figures), judge_each(requirements, figures)};
  if (options.profile) OCTET_RETURN_IF_ERROR(add_profile(rows.models, options.threads, outcome));
  return outcome;
}

}  // namespace

Run add_bench(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("bench", "Measure latency and throughput");
  verb->footer("Example: octet bench fp32.xml int8.xml --threads 2 --seconds 10 --require min-speedup=1.2");
  verb->add_option("model", options->models, "One IR (.xml) or source file, or two to compare")->required()->expected(1, 2);
  add_beside_model(*verb, options->beside);
  add_seconds(*verb, options->seconds);
  verb->add_option("--streams", options->streams, "Inferences at a time")->check(CLI::Range(1, 1024))->capture_default_str();
  verb->add_flag("--profile", options->profile, "Add the time of each step");
  verb->add_option("--require", options->require, "min-speedup=RATIO; status 4 if not met");
  add_engines(*verb, options->engines);
  add_inference_precision(*verb, options->precision);
  add_threads(*verb, options->threads);
  return add_recording(*verb, [options](Console& console) { return run(*options, console); });
}

}  // namespace octet::cli
