#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "accuracy/annotations.h"
#include "accuracy/settings.h"
#include "base/progress.h"
#include "base/result.h"

// accuracy-check.yml and dataset_definitions.yml.
namespace octet::accuracy {

// What the command line says beside the files.
struct Request {
  std::filesystem::path config;
  std::filesystem::path definitions;          // empty: those that the configuration or DEFINITIONS_FILE names, if any
  std::vector<std::filesystem::path> models;  // folders or IRs
  Folders folders;
  std::string framework;              // launchers of this one alone; empty: all
  std::vector<std::string> devices;   // empty: as the launcher says, else CPU
  std::vector<std::string> tags;      // launchers with one of these; empty: all
  std::optional<std::string> subset;  // "300", "50%"
  std::optional<bool> shuffle;
  std::string subset_file;
  bool store_subset = false;
};

// One evaluation: a model of the configuration with one of its launchers and one of its data sets.
struct EvaluationConfig {
  std::string model;
  std::filesystem::path model_path;  // the IR, or the folder that it is alone in; relative to the working folder
  std::string device;                // in capitals
  std::vector<std::string> tags;
  YAML::Node adapter;

  std::string dataset;
  std::set<std::string, std::less<>> own_keys;  // of the data set that the configuration itself has; the others are the definitions'
  YAML::Node reader, conversion, preprocessing, postprocessing, metrics;  // undefined where absent
  std::filesystem::path data_source;
  std::optional<std::string> subset;
  std::uint32_t subset_seed = 0;
  bool shuffle = true;
  std::filesystem::path subset_file;  // empty: none
  bool store_subset = false;

  // Where a key of the data set stands, in front of messages that give its line.
  std::string_view file_of(std::string_view key) const { return own_keys.contains(key) ? "configuration" : "definitions"; }
};

inline constexpr std::string_view kLauncher = "openvino";  // what octet's runtime goes by

// The evaluations that a request asks for, in upstream's order. Data sets are looked up by name in the definitions; keys of the
// configuration's own entry stand before those found there. Models whose launchers are all left out by the request are told to `warn`.
// kUnsupported names what octet lacks: a launcher of another framework, a device, a key; errors name file and line.
Result<std::vector<EvaluationConfig>> read_configuration(const Request& request, const Warn& warn);

// The same of texts, without files: `definitions` may be empty. For the fuzzer, too.
Result<std::vector<EvaluationConfig>> parse_configuration(std::string_view config, std::string_view definitions, const Request& request,
                                                          const Warn& warn);

}  // namespace octet::accuracy
