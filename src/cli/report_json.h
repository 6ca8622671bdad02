#pragma once

#include <string>
#include <vector>

#include "benchmark/compare.h"
#include "cli/verb.h"
#include "eval/coco_eval.h"
#include "steps/check.h"

namespace octet::cli {

// The JSON of cli.md and the same as a table for people.
Json to_json(const CocoNumbers& numbers);
Json to_json(const ClassMap& map);
Json to_json(const CheckResult& result);
std::string to_text(const CocoNumbers& numbers);
std::string to_text(const CheckResult& result);

// How many times as fast as the first of two models the second is; nothing for one.
std::optional<double> speedup(const std::vector<ModelBench>& models);

// `peak_rss_mb`: one figure a model, or none where they were not taken.
Json to_json(const std::vector<ModelBench>& models, const std::vector<double>& peak_rss_mb, int threads);
std::string to_text(const std::vector<ModelBench>& models, int threads);

}  // namespace octet::cli
