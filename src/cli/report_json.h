#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "benchmark/compare.h"
#include "cli/verb.h"
#include "eval/coco_eval.h"
#include "eval/label_errors.h"
#include "eval/metric.h"
#include "steps/check.h"
#include "steps/check_by_metric.h"

namespace octet::cli {

// The JSON of cli.md and the same as a table for people.
Json to_json(const CocoNumbers& numbers, const MatchSettings& settings = {});
Json to_json(const ClassMap& map);
Json to_json(const CocoAccuracy& accuracy, const MatchSettings& settings = {});
Json to_json(const MetricAccuracy& accuracy);
Json to_json(const MetricCheckResult& result);
// The precision at 101 values of recall of each category, at each IoU threshold.
Json curves_json(const CocoMatches& matches, const CocoAccuracy& accuracy, const MatchSettings& settings);
Json to_json(const CheckResult& result);
// Adds "file_bytes" to each model of such, by the files of each.
void add_file_sizes(const std::vector<std::vector<std::filesystem::path>>& files, Json& check);
// Each with the file of its picture and the names of its categories.
Json to_json(const std::vector<LabelError>& errors, const CocoGroundTruth& truth);
std::string to_text(const CocoNumbers& numbers, const MatchSettings& settings = {});
std::string to_text(const MetricCheckResult& result);
std::string to_text(const CheckResult& result);

// What is known of each of the models beside its times. Empty lists: octet ran them, and their loading was not measured.
struct BenchRows {
  std::vector<std::string> engines;
  std::vector<double> load_ms;  // to read it, plan it and run it once
  std::vector<double> peak_rss_mb;
  InferencePrecision precision = InferencePrecision::kF32;  // that all engines were asked for
};
Json to_json(const std::vector<ModelBench>& models, const BenchRows& rows, int threads);
std::string to_text(const std::vector<ModelBench>& models, const BenchRows& rows, int threads);

}  // namespace octet::cli
