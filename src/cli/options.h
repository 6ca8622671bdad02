#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "base/result.h"
#include "data/dataset.h"
#include "engines/engine.h"
#include "steps/import_source.h"
#include "workflow/layout.h"

// Options that several verbs have, each with one name, one help text and one check.
namespace octet::cli {

// What an option's number may be. Unlike CLI11's own checks these refuse NaN and name bounds that a person can read.
CLI::Validator number_between(double low, double high);
CLI::Validator whole_number();  // from 0

void add_output(CLI::App& app, std::filesystem::path& folder);
void add_threads(CLI::App& app, int& threads);  // every hardware thread unless given
void add_score_threshold(CLI::App& app, double& threshold);
void add_seconds(CLI::App& app, double& seconds);

// What a person gives beside the file of a model, each of it empty where it is not given.
struct BesideModel {
  std::string description;  // of --model
  std::filesystem::path labels, weights;
};
void add_labels(CLI::App& app, std::filesystem::path& labels);
void add_beside_model(CLI::App& app, BesideModel& beside);       // --model and --weights
void add_cut(CLI::App& app, std::vector<std::string>& outputs);  // --outputs
void add_written(CLI::App& app, WriteOptions& options);          // --precision: what floats are stored as; --onnx
void add_onnx(CLI::App& app, bool& onnx);
// The type of an option that takes one of these words, which have commas between them: help shows them, shells offer them.
std::string one_of(std::string words);
// The type of what may be the name of a known model.
inline constexpr const char* kModelName = "MODEL";
void add_engine(CLI::App& app, std::string& name);  // octet unless given
void add_engines(CLI::App& app, std::string& names);
void add_inference_precision(CLI::App& app, InferencePrecision& precision);
// The engines of a list of names with commas between them; kInvalidArgument for a name that is none or is given twice.
Result<std::vector<const Engine*>> engines_named(const std::string& names);
void add_limit(CLI::App& app, std::int64_t& limit);

// Which pictures a verb works on: --data, or --images with or without --annotations; --exif.
void add_pictures(CLI::App& app, DataSource& source);

// The pictures to detect on: opens them, keeps the first `limit`, and tells `warn` what is odd about them.
Result<Dataset> open_pictures(const DataSource& source, std::int64_t limit, const Warn& warn);

// How files that are no IR of octet are opened.
Result<ConvertOptions> model_options(const BesideModel& beside, const Warn& warn);

}  // namespace octet::cli
