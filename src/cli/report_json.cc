#include "cli/report_json.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/cpu.h"
#include "data/words.h"
#include "eval/average_precision.h"
#include "kernels/conv2d/conv2d.h"

namespace octet::cli {
namespace {

Json optional_number(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

// The instruction set whose kernels ran: that of integer convolutions for INT8 models, of float ones else.
std::string isa_text(const std::vector<ModelBench>& models, InferencePrecision precision) {
  const bool integer = std::any_of(models.begin(), models.end(), [](const ModelBench& model) { return model.integer; });
  const auto reals = precision == InferencePrecision::kBf16 ? kernels::Factors::kBf16 : kernels::Factors::kF32;
  return std::string(kernels::isa_of_convolutions(active_isa(), integer ? kernels::Factors::kU8 : reals).name);
}

std::string engine_of(const BenchRows& rows, std::size_t i) { return i < rows.engines.size() ? rows.engines[i] : "octet"; }

Json to_json(const OperatingPoint& point) {
  return {{"threshold", std::isfinite(point.threshold) ? Json(point.threshold) : Json()},
          {"precision", point.precision()},
          {"recall", point.recall()},
          {"F1", point.f1()}};
}

Json to_json(const ModelDetails& details) {
  Json errors = Json::object();
  for (std::size_t kind = 0; kind < kErrorKindCount; ++kind)
    errors[std::string(kErrorKindNames[kind])] = {{"count", details.errors[kind].count}, {"AP50", details.errors[kind].ap50}};
  return {{"deployed", details.deployed ? to_json(*details.deployed) : Json()},
          {"best_F1", to_json(details.best)},
          {"calibration_error", details.calibration_error},
          {"errors", errors}};
}

Json to_json(const ApDrop& drop) {
  return {{"drop", drop.drop}, {"low", drop.low}, {"high", drop.high}, {"standard_error", drop.standard_error}, {"p", drop.p_value}};
}

Json to_json(const PartDrop& part) {
  Json json = to_json(part.drop);
  json["adjusted_p"] = part.adjusted_p;
  return json;
}

Json to_json(const ApDrops& drops) {
  Json json = to_json(drops.all);
  json["sizes"] = Json::object();
  for (const auto& size : drops.sizes)
    if (size) json["sizes"][size->name] = to_json(*size);
  json["categories"] = Json::array();
  for (const PartDrop& category : drops.categories) {
    json["categories"].push_back({{"id", category.category_id}, {"name", category.name}});
    json["categories"].back().update(to_json(category));
  }
  return json;
}

// A size or category of which the images say for certain that it changed.
std::vector<std::string> certain_changes(const ApDrops& drops) {
  std::vector<std::string> changes;
  const auto add = [&](const PartDrop& part, const char* what) {
    if (part.adjusted_p < 0.05) changes.push_back(fmt::format("{}{} {:.2f}", part.name, what, 100 * part.drop.drop));
  };
  for (const auto& size : drops.sizes)
    if (size) add(*size, " objects");
  for (const PartDrop& category : drops.categories) add(category, "");
  return changes;
}

Json to_json(const std::vector<CategoryAccuracy>& categories) {
  Json json = Json::array();
  for (const CategoryAccuracy& category : categories)
    json.push_back({{"id", category.category_id},
                    {"name", category.name},
                    {"objects", category.objects},
                    {"AP", category.AP},
                    {"AP50", category.AP50}});
  return json;
}

std::string percent(double fraction) { return fraction < 0 ? "-" : fmt::format("{:.2f}", 100 * fraction); }

// A row a figure, a column a model.
std::string details_text(const std::vector<ModelDetails>& details) {
  std::string text;
  const auto row = [&](std::string_view name, auto value) {
    text += fmt::format("\n{:<11}", name);
    for (const ModelDetails& of_model : details) text += fmt::format(" {:>7}", value(of_model));
  };
  if (details.empty()) return text;
  const auto at_deployed = [](auto figure) {
    return [figure](const ModelDetails& one) { return one.deployed ? percent(figure(*one.deployed)) : std::string("-"); };
  };
  row("threshold",
      [](const ModelDetails& one) { return one.deployed ? fmt::format("{:.2f}", one.deployed->threshold) : std::string("-"); });
  row("precision", at_deployed([](const OperatingPoint& point) { return point.precision(); }));
  row("recall", at_deployed([](const OperatingPoint& point) { return point.recall(); }));
  row("F1", at_deployed([](const OperatingPoint& point) { return point.f1(); }));
  row("best F1", [](const ModelDetails& one) { return percent(one.best.f1()); });
  row("at", [](const ModelDetails& one) { return fmt::format("{:.2f}", one.best.threshold); });
  row("calib. err", [](const ModelDetails& one) { return percent(one.calibration_error); });
  for (std::size_t kind = 0; kind < kErrorKindCount; ++kind)
    row(fmt::format("{} errors", kErrorKindNames[kind]), [kind](const ModelDetails& one) { return percent(one.errors[kind].ap50); });
  return text;
}

Json to_json(const std::vector<ClassMap>& classes) {
  Json json = Json::array();
  for (const ClassMap& map : classes) json.push_back(cli::to_json(map));
  return json;
}

std::string heading_of(std::size_t models) {
  return fmt::format("{:<11} {:>7}", "percent", "first") + (models > 1 ? fmt::format(" {:>7}", "second") : "");
}

std::string drop_text(std::optional<double> drop, const std::optional<ApDrops>& drops, std::optional<double> fidelity) {
  std::string text;
  if (drop) text += fmt::format("\ndrop of AP {:.2f} points", 100 * *drop);
  if (drops) {
    const std::vector<std::string> changes = certain_changes(*drops);
    text += fmt::format(" (95 % interval {:.2f} to {:.2f})\nchanged for certain, drop in points: {}", 100 * drops->all.low,
                        100 * drops->all.high, changes.empty() ? "none" : fmt::format("{}", fmt::join(changes, ", ")));
  }
  if (fidelity) text += fmt::format("\nfidelity   {}", percent(*fidelity));
  return text;
}

}  // namespace

Json to_json(const CocoNumbers& numbers, const MatchSettings& settings) {
  Json json = Json::object();
  const auto values = numbers.values();
  const auto names = coco_number_names(settings);
  for (std::size_t i = 0; i < values.size(); ++i) json[names[i]] = values[i];
  return json;
}

Json to_json(const ClassMap& map) {
  constexpr const char* kRules[] = {"name", "number", "coco", "order"};
  return {{"by", kRules[static_cast<int>(map.rule)]},
          {"category_ids", map.category_ids},
          {"classes_without_category", map.classes_without_category},
          {"categories_without_class", map.categories_without_class}};
}

Json to_json(const CocoAccuracy& accuracy, const MatchSettings& settings) {
  Json json = to_json(accuracy.numbers, settings);
  json["categories"] = to_json(accuracy.categories);
  return json;
}

Json to_json(const MetricAccuracy& accuracy) {
  Json json;
  for (const NamedNumber& number : accuracy.numbers) json[std::string(number.name)] = number.value;
  json["categories"] = to_json(accuracy.model.categories);
  return json;
}

Json to_json(const MetricCheckResult& result) {
  Json json{{"models", Json::array()}, {"drop", optional_number(result.drop)}, {"fidelity", optional_number(result.fidelity)}};
  for (const MetricAccuracy& model : result.models) json["models"].push_back(to_json(model));
  if (result.drops) json["drops"] = to_json(*result.drops);
  json["images"] = result.images;
  json["classes"] = to_json(result.classes);
  return json;
}

Json curves_json(const CocoMatches& matches, const CocoAccuracy& accuracy, const MatchSettings& settings) {
  Json json{{"iou", Json::array()}, {"recall", Json::array()}, {"categories", Json::array()}};
  for (int t = 0; t < kIouThresholdCount; ++t) json["iou"].push_back(iou_threshold(t));
  for (int i = 0; i < kRecallPoints; ++i) json["recall"].push_back(recall_point(i));
  for (std::size_t k = 0; k < matches.categories.size(); ++k) {
    const CategoryAccuracy& category = accuracy.categories[k];
    if (category.AP < 0) continue;
    json["categories"].push_back({{"id", category.category_id},
                                  {"name", category.name},
                                  {"precision", precision_curves(matches.categories[k], SizeClass::kAll, settings.most_detections())}});
  }
  return json;
}

Json to_json(const CheckResult& result) {
  Json json;
  json["models"] = Json::array();
  for (std::size_t i = 0; i < result.models.size(); ++i) {
    json["models"].push_back(to_json(result.models[i], result.settings));
    if (i < result.details.size()) json["models"].back().update(to_json(result.details[i]));
  }
  json["drop"] = optional_number(result.drop);
  if (result.drops) json["drops"] = to_json(*result.drops);
  json["fidelity"] = optional_number(result.fidelity);
  if (result.shift)
    json["score_shift"] = {{"pairs", result.shift->pairs}, {"mean", result.shift->mean}, {"mean_absolute", result.shift->mean_absolute}};
  json["images"] = result.images;
  json["classes"] = to_json(result.classes);
  return json;
}

void add_file_sizes(const std::vector<std::vector<std::filesystem::path>>& files, Json& check) {
  for (std::size_t i = 0; i < files.size(); ++i) {
    std::uintmax_t bytes = 0;
    for (const std::filesystem::path& file : files[i]) {
      std::error_code failed;
      if (const std::uintmax_t size = std::filesystem::file_size(file, failed); !failed) bytes += size;
    }
    check["models"][i]["file_bytes"] = bytes;
  }
}

Json to_json(const std::vector<LabelError>& errors, const CocoGroundTruth& truth) {
  const LabelErrorPlaces places(errors, truth);
  std::unordered_map<std::int64_t, std::string> name_of;
  for (const CocoCategory& category : truth.categories) name_of[category.id] = category.name;
  const auto box_json = [](const BoxLtwh& box) { return Json{box.left, box.top, box.width, box.height}; };
  Json json = Json::array();
  for (const LabelError& error : errors) {
    json.push_back({{"kind", kLabelFaultNames[static_cast<std::size_t>(error.fault)]},
                    {"image_id", error.image_id},
                    {"file_name", places.file_name(error)}});
    if (error.annotation_id) {
      const CocoAnnotation annotation = places.annotation(error);
      json.back()["annotated"] = {
          {"id", annotation.id}, {"category", name_of.at(annotation.category_id)}, {"bbox", box_json(annotation.box)}};
    }
    if (error.score)
      json.back()["found"] = {{"category", name_of.at(error.category_id)}, {"bbox", box_json(error.box)}, {"score", *error.score}};
  }
  return json;
}

std::string to_text(const CocoNumbers& numbers, const MatchSettings& settings) {
  std::string text;
  const auto values = numbers.values();
  const auto names = coco_number_names(settings);
  for (std::size_t i = 0; i < values.size(); ++i) text += fmt::format("{:<10} {:>6}\n", names[i], percent(values[i]));
  text.pop_back();
  return text;
}

std::string to_text(const MetricCheckResult& result) {
  std::string text = heading_of(result.models.size());
  for (std::size_t i = 0; i < result.models[0].numbers.size(); ++i) {
    text += fmt::format("\n{:<11}", result.models[0].numbers[i].name);
    for (const MetricAccuracy& model : result.models) text += fmt::format(" {:>7}", percent(model.numbers[i].value));
  }
  return text + drop_text(result.drop, result.drops, result.fidelity) + "\n" + counted(result.images, "image");
}

std::string to_text(const CheckResult& result) {
  std::string text = heading_of(result.models.size());
  const auto names = coco_number_names(result.settings);
  for (std::size_t i = 0; i < names.size(); ++i) {
    text += fmt::format("\n{:<11}", names[i]);
    for (const CocoAccuracy& model : result.models) text += fmt::format(" {:>7}", percent(model.numbers.values()[i]));
  }
  text += details_text(result.details) + drop_text(result.drop, result.drops, result.fidelity);
  if (result.shift)
    text += fmt::format("\nscores of {} of both: {:+.3f} on average, {:.3f} either way", counted(result.shift->pairs, "detection"),
                        result.shift->mean, result.shift->mean_absolute);
  return text + "\n" + counted(result.images, "image");
}

Json to_json(const std::vector<ModelBench>& models, const BenchRows& rows, int threads) {
  Json json{{"cpu", cpu_name()},
            {"isa", isa_text(models, rows.precision)},
            {"infer_precision", to_string(rows.precision)},
            {"threads", threads},
            {"models", Json::array()}};
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
  if (const auto range = speedup_range(models)) {
    json["ratio_range"] = {range->low, range->high};
    json["rounds"] = range->rounds;
  }
  json["median_ms"] = models[0].latency.median_ms;
  return json;
}

std::string to_text(const std::vector<ModelBench>& models, const BenchRows& rows, int threads) {
  std::string text =
      fmt::format("{}, {}, {}, {} threads\n{:<8} {:<11} {:>9} {:>9} {:>9} {:>9} {:>10}", cpu_name(), isa_text(models, rows.precision),
                  to_string(rows.precision), threads, "model", "engine", "median ms", "p90 ms", "p99 ms", "min ms", "per second");
  // Each engine has a row for each model.
  std::size_t number = 0;
  for (std::size_t i = 0; i < models.size(); ++i) {
    number = i > 0 && engine_of(rows, i) == engine_of(rows, i - 1) ? number + 1 : 0;
    const LatencySummary& latency = models[i].latency;
    text += fmt::format("\n{:<8} {:<11} {:>9.3f} {:>9.3f} {:>9.3f} {:>9.3f} {:>10.1f}", number == 0 ? "first" : "second",
                        engine_of(rows, i), latency.median_ms, latency.p90_ms, latency.p99_ms, latency.min_ms, models[i].throughput);
  }
  if (const auto ratio = speedup(models)) text += fmt::format("\nthe second row is {:.2f} times as fast as the first", *ratio);
  if (const auto range = speedup_range(models))
    text += fmt::format(" ({:.2f} to {:.2f} in eight of ten of its {} rounds)", range->low, range->high, range->rounds);
  return text;
}

}  // namespace octet::cli
