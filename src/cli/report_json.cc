#include "cli/report_json.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/cpu.h"
#include "data/words.h"
#include "kernels/conv2d/conv2d.h"

namespace octet::cli {
namespace {

Json optional_number(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

// The instruction set whose kernels ran: that of integer convolutions for INT8 models, of float ones else.
std::string isa_text(const std::vector<ModelBench>& models) {
  const bool integer = std::any_of(models.begin(), models.end(), [](const ModelBench& model) { return model.integer; });
  return std::string(kernels::isa_of_convolutions(active_isa(), integer).name);
}

std::string engine_of(const BenchRows& rows, std::size_t i) { return i < rows.engines.size() ? rows.engines[i] : "octet"; }

std::string percent(double fraction) { return fraction < 0 ? "-" : fmt::format("{:.2f}", 100 * fraction); }

}  // namespace

Json to_json(const CocoNumbers& numbers) {
  Json json = Json::object();
  const auto values = numbers.values();
  for (std::size_t i = 0; i < values.size(); ++i) json[std::string(kCocoNumberNames[i])] = values[i];
  return json;
}

Json to_json(const ClassMap& map) {
  constexpr const char* kRules[] = {"name", "number", "coco", "order"};
  return {{"by", kRules[static_cast<int>(map.rule)]},
          {"category_ids", map.category_ids},
          {"classes_without_category", map.classes_without_category},
          {"categories_without_class", map.categories_without_class}};
}

Json to_json(const CheckResult& result) {
  Json json;
  json["models"] = Json::array();
  for (const CocoAccuracy& model : result.models) json["models"].push_back(to_json(model.numbers));
  json["drop"] = optional_number(result.drop);
  json["fidelity"] = optional_number(result.fidelity);
  json["images"] = result.images;
  json["classes"] = Json::array();
  for (const ClassMap& map : result.classes) json["classes"].push_back(to_json(map));
  return json;
}

std::string to_text(const CocoNumbers& numbers) {
  std::string text;
  const auto values = numbers.values();
  for (std::size_t i = 0; i < values.size(); ++i) text += fmt::format("{:<10} {:>6}\n", kCocoNumberNames[i], percent(values[i]));
  text.pop_back();
  return text;
}

std::string to_text(const CheckResult& result) {
  std::string text = fmt::format("{:<10} {:>7}", "percent", "first");
  if (result.models.size() > 1) text += fmt::format(" {:>7}", "second");
  for (std::size_t i = 0; i < kCocoNumberNames.size(); ++i) {
    text += fmt::format("\n{:<10}", kCocoNumberNames[i]);
    for (const CocoAccuracy& model : result.models) text += fmt::format(" {:>7}", percent(model.numbers.values()[i]));
  }
  if (result.drop) text += fmt::format("\ndrop of AP {:.2f} points", 100 * *result.drop);
  if (result.uncertainty)
    text += fmt::format(" (95 % interval {:.2f} to {:.2f})", 100 * result.uncertainty->low, 100 * result.uncertainty->high);
  if (result.fidelity) text += fmt::format("\nfidelity   {}", percent(*result.fidelity));
  return text + "\n" + counted(result.images, "image");
}

std::optional<double> speedup(const std::vector<ModelBench>& models) {
  if (models.size() < 2) return std::nullopt;
  return models[0].latency.median_ms / models[1].latency.median_ms;
}

Json to_json(const std::vector<ModelBench>& models, const BenchRows& rows, int threads) {
  Json json{{"cpu", cpu_name()}, {"isa", isa_text(models)}, {"threads", threads}, {"models", Json::array()}};
  for (std::size_t i = 0; i < models.size(); ++i) {
    const LatencySummary& latency = models[i].latency;
    json["models"].push_back({{"engine", engine_of(rows, i)},
                              {"median_ms", latency.median_ms},
                              {"p90_ms", latency.p90_ms},
                              {"p99_ms", latency.p99_ms},
                              {"min_ms", latency.min_ms},
                              {"throughput", models[i].throughput}});
    if (i < rows.load_ms.size()) json["models"].back()["load_ms"] = rows.load_ms[i];
    if (i < rows.peak_rss_mb.size()) json["models"].back()["peak_rss_mb"] = rows.peak_rss_mb[i];
  }
  json["ratio"] = optional_number(speedup(models));
  json["median_ms"] = models[0].latency.median_ms;
  return json;
}

std::string to_text(const std::vector<ModelBench>& models, const BenchRows& rows, int threads) {
  std::string text = fmt::format("{}, {}, {} threads\n{:<8} {:<11} {:>9} {:>9} {:>9} {:>9} {:>10}", cpu_name(), isa_text(models), threads,
                                 "model", "engine", "median ms", "p90 ms", "p99 ms", "min ms", "per second");
  // Each engine has a row for each model.
  std::size_t number = 0;
  for (std::size_t i = 0; i < models.size(); ++i) {
    number = i > 0 && engine_of(rows, i) == engine_of(rows, i - 1) ? number + 1 : 0;
    const LatencySummary& latency = models[i].latency;
    text += fmt::format("\n{:<8} {:<11} {:>9.3f} {:>9.3f} {:>9.3f} {:>9.3f} {:>10.1f}", number == 0 ? "first" : "second",
                        engine_of(rows, i), latency.median_ms, latency.p90_ms, latency.p99_ms, latency.min_ms, models[i].throughput);
  }
  if (const auto ratio = speedup(models)) text += fmt::format("\nthe second row is {:.2f} times as fast as the first", *ratio);
  return text;
}

}  // namespace octet::cli
