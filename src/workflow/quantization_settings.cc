#include "workflow/quantization_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/files.h"
#include "base/parse_number.h"
#include "data/layout.h"
#include "data/words.h"
#include "model/yaml.h"

namespace octet {
namespace {
namespace fs = std::filesystem;

using Json = nlohmann::ordered_json;

constexpr std::string_view kPreset = "performance";
constexpr std::int64_t kMaxSamples = 1'000'000;

Json json_of_scalar(const YAML::Node& node) {
  const std::string& text = node.Scalar();
  if (is_text(node)) return text;
  if (const auto integer = parse_number<std::int64_t>(text)) return *integer;
  if (const auto number = parse_number<double>(text)) return *number;
  bool truth = false;
  return YAML::convert<bool>::decode(node, truth) ? Json(truth) : Json(text);
}

// load_yaml() bounds the depth.
Json json_of(const YAML::Node& node) {
  if (node.IsScalar()) return json_of_scalar(node);
  if (node.IsSequence()) {
    Json list = Json::array();
    for (const YAML::Node& item : node) list.push_back(json_of(item));
    return list;
  }
  if (!node.IsMap()) return nullptr;
  Json map = Json::object();
  for (const auto& pair : node)
    if (pair.first.IsScalar()) map[pair.first.Scalar()] = json_of(pair.second);
  return map;
}

Json default_compression() {
  return {{"algorithms", {{{"name", "DefaultQuantization"}, {"params", {{"preset", kPreset}, {"stat_subset_size", 300}}}}}}};
}

// By the tool's names. On CPUs it takes accuracy for mixed.
std::optional<quant::Preset> preset_of(const Json& name) {
  if (name == "performance" || name == "symmetric") return quant::Preset::kPerformance;
  if (name == "mixed" || name == "accuracy" || name == "asymmetric") return quant::Preset::kMixed;
  return std::nullopt;
}

// As words of parse_range_estimator().
std::string words_of_estimator(const Json& estimator) {
  std::string words;
  const auto add = [&words](const std::string& key, const Json& value) {
    words += (words.empty() ? "" : ",") + key + "=" + (value.is_string() ? value.get<std::string>() : value.dump());
  };
  for (const auto& [key, value] : estimator.items()) {
    if (!value.is_object())
      add(key, value);
    else
      for (const auto& [setting, of] : value.items()) add(key + "." + setting, of);
  }
  return words.empty() ? "default" : words;
}

Status read_estimator(const Json& estimator, QuantizationSettings& settings) {
  const auto read = quant::parse_range_estimator(estimator.is_object() ? words_of_estimator(estimator) : "");
  if (!read.ok()) return Error{ErrorCode::kMalformed, "'range_estimator': " + read.error().message};
  settings.estimator = *read;
  return {};
}

// Of the settings of activations the range estimator is followed.
Status read_activations(const Json& activations, QuantizationSettings& settings) {
  for (const auto& [key, value] : activations.items())
    if (key == "range_estimator")
      OCTET_RETURN_IF_ERROR(read_estimator(value, settings));
    else
      settings.unheeded.push_back("activations." + key);
  return {};
}

Status read_algorithm(const Json& algorithm, QuantizationSettings& settings) {
  const std::string name = algorithm.is_object() ? algorithm.value("name", Json("")).dump() : "";
  if (name != "\"DefaultQuantization\"") settings.unheeded.push_back("algorithm " + name);
  if (!algorithm.is_object() || !algorithm.contains("params") || !algorithm["params"].is_object()) return {};
  for (const auto& [key, value] : algorithm["params"].items()) {
    if (key == "stat_subset_size") {
      if (!value.is_number_integer() || value < 1 || value > kMaxSamples)
        return Error{ErrorCode::kMalformed, fmt::format("'stat_subset_size' is {}, expected 1 to {}", value.dump(), kMaxSamples)};
      settings.samples = value.get<std::int64_t>();
    } else if (const auto preset = key == "preset" ? preset_of(value) : std::nullopt) {
      settings.preset = *preset;
    } else if (key == "range_estimator") {
      OCTET_RETURN_IF_ERROR(read_estimator(value, settings));
    } else if (key == "activations" && value.is_object()) {
      OCTET_RETURN_IF_ERROR(read_activations(value, settings));
    } else {
      settings.unheeded.push_back(key == "preset" ? "preset " + value.dump() : key);
    }
  }
  return {};
}

Status read_compression(const Json& compression, QuantizationSettings& settings) {
  if (!compression.is_object() || !compression.contains("algorithms") || !compression["algorithms"].is_array())
    return Error{ErrorCode::kMalformed, "lacks a list 'algorithms' in 'compression'"};
  settings.compression = compression.dump();
  for (const Json& algorithm : compression["algorithms"]) OCTET_RETURN_IF_ERROR(read_algorithm(algorithm, settings));
  return {};
}

// The value of a path of keys; not defined where it ends before.
YAML::Node at(YAML::Node node, std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    if (!node.IsMap() || !node[key].IsDefined()) return YAML::Node(YAML::NodeType::Undefined);
    node.reset(node[key]);
  }
  return node;
}

std::string text_at(const YAML::Node& node, std::initializer_list<const char*> keys) {
  const YAML::Node value = at(node, keys);
  return value.IsDefined() && value.IsScalar() ? value.Scalar() : "";
}

// The first data set of the first model of an accuracy-check.yml.
Result<YAML::Node> first_dataset(const fs::path& accuracy_check) {
  OCTET_ASSIGN(const YAML::Node root, load_yaml_file(accuracy_check));
  const YAML::Node models = at(root, {"models"});
  if (models.IsDefined() && models.IsSequence() && models.size() > 0)
    if (const YAML::Node datasets = at(models[0], {"datasets"}); datasets.IsDefined() && datasets.IsSequence() && datasets.size() > 0)
      return YAML::Node(datasets[0]);
  return Error{ErrorCode::kMalformed, accuracy_check.string() + ": names no data set of a model"};
}

Result<YAML::Node> defined_dataset(const fs::path& definitions, const std::string& name) {
  OCTET_ASSIGN(const YAML::Node root, load_yaml_file(definitions));
  if (const YAML::Node datasets = at(root, {"datasets"}); datasets.IsDefined() && datasets.IsSequence())
    for (const YAML::Node& dataset : datasets)
      if (text_at(dataset, {"name"}) == name) return YAML::Node(dataset);
  return Error{ErrorCode::kMalformed, fmt::format("{}: has no data set '{}'", definitions.string(), name)};
}

Result<DataSource> configured_source(const fs::path& accuracy_check, const fs::path& definitions, const fs::path& data) {
  OCTET_ASSIGN(const YAML::Node local, first_dataset(accuracy_check));
  const std::string name = text_at(local, {"name"});
  OCTET_ASSIGN(const YAML::Node defined, defined_dataset(definitions, name));
  const auto value = [&](std::initializer_list<const char*> keys) {
    const std::string own = text_at(local, keys);
    return own.empty() ? text_at(defined, keys) : own;
  };
  if (const std::string converter = value({"annotation_conversion", "converter"}); converter != "mscoco_detection")
    return Error{ErrorCode::kUnsupported,
                 fmt::format("data set '{}' is read by the converter '{}', octet has mscoco_detection", name, converter)};
  DataSource source;
  OCTET_ASSIGN(const fs::path pictures, path_inside(data, value({"data_source"})));
  OCTET_ASSIGN(source.annotations, path_inside(data, value({"annotation_conversion", "annotation_file"})));
  source.images = {pictures};
  // Where the Open Model Zoo of 2021 looked for it.
  if (const fs::path older = data / source.annotations.filename(); !fs::exists(source.annotations) && fs::exists(older))
    source.annotations = older;
  return source;
}

}  // namespace

Result<QuantizationSettings> read_quantization_settings(const fs::path& path) {
  QuantizationSettings settings;
  if (path.empty()) {
    OCTET_RETURN_IF_ERROR(read_compression(default_compression(), settings));
    settings.preset = quant::Preset::kMixed;  // nobody asked for the tool's own
    settings.unheeded.push_back(fmt::format("preset \"{}\": activations are asymmetric, as with \"mixed\"", kPreset));
    return settings;
  }
  OCTET_ASSIGN(const YAML::Node root, load_yaml_file(path));
  const Json config = json_of(root);
  const Status read = read_compression(config.is_object() ? config.value("compression", Json()) : Json(), settings);
  if (!read.ok()) return read.error().at(path.string());
  return settings;
}

Result<DataSource> accuracy_source(const fs::path& accuracy_check, const fs::path& definitions, const fs::path& data) {
  if (!accuracy_check.empty() && !definitions.empty()) return configured_source(accuracy_check, definitions, data);
  DataSource source;
  if (const auto part = find_measured_part(data); part.ok())
    source.images = {part->image_folder}, source.annotations = part->annotation_file;
  else
    source.folder = data;
  return source;
}

Result<Dataset> open_accuracy_samples(const DataSource& source, std::int64_t count, const Warn& warn) {
  OCTET_ASSIGN(Dataset dataset, open_dataset(source, DataUse::kCalibrateAndMeasure, warn));
  OCTET_ASSIGN(dataset, annotated_images(std::move(dataset)));
  if (warn && static_cast<std::int64_t>(dataset.images.size()) < count)
    warn(fmt::format("{}: has {} where {} are asked for: all are used", dataset.image_folder.string(),
                     counted(dataset.images.size(), "picture"), count));
  return first_images(std::move(dataset), count);
}

}  // namespace octet
