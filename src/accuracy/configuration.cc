#include "accuracy/configuration.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "accuracy/subset.h"
#include "base/files.h"
#include "base/letter_case.h"
#include "model/yaml.h"

namespace octet::accuracy {
namespace {

constexpr std::size_t kMaxConfigBytes = std::size_t{4} << 20;
constexpr std::string_view kOldLauncher = "dlsdk";  // what files of 2021 call it
constexpr const char* kDevice = "CPU";              // the only one

std::string framework_name(std::string name) {
  name = lower_case(std::move(name));
  return name == kOldLauncher ? std::string(kLauncher) : name;
}

// The entry of `list` whose `key` is `name`, with the keys of `own` put over its own; `own` alone where there is none.
YAML::Node merged(const YAML::Node& list, const std::string& key, const std::string& name, const YAML::Node& own) {
  YAML::Node result(YAML::NodeType::Map);
  for (const YAML::Node& entry : list) {
    if (!entry.IsMap() || !entry[key] || !entry[key].IsScalar() || entry[key].Scalar() != name) continue;
    for (const auto& pair : entry) result[pair.first] = pair.second;
    break;
  }
  for (const auto& pair : own)
    if (pair.first.IsScalar()) result[pair.first.Scalar()] = pair.second;
  return result;
}

Result<std::string> name_in(const YAML::Node& entry, const std::string& key, std::string_view what) {
  if (entry.IsMap() && entry[key] && entry[key].IsScalar() && !entry[key].Scalar().empty()) return entry[key].Scalar();
  return yaml_error(entry, fmt::format("{} must have a '{}'", what, key));
}

// A list under a key, which must not be empty.
Result<YAML::Node> list_in(const YAML::Node& map, const std::string& key, std::string_view what) {
  const YAML::Node list = map.IsMap() ? map[key] : YAML::Node(YAML::NodeType::Undefined);
  if (list && list.IsSequence() && list.size() > 0) return list;
  return yaml_error(map, fmt::format("{} must have a list '{}'", what, key));
}

class Reader {
 public:
  Reader(const Request& request, const YAML::Node& definitions) : request_(request) {
    if (definitions.IsMap() && definitions["datasets"] && definitions["datasets"].IsSequence()) datasets_ = definitions["datasets"];
    if (definitions.IsMap() && definitions["launchers"] && definitions["launchers"].IsSequence()) launchers_ = definitions["launchers"];
  }

  // Appends the evaluations of one entry of `models`.
  Status read_model(const YAML::Node& model, std::vector<EvaluationConfig>& evaluations, const Warn& warn) const;

 private:
  struct Launcher {
    YAML::Node adapter;
    std::string model;
    std::vector<std::string> tags;
  };

  Result<bool> is_wanted(const YAML::Node& launcher, const std::string& framework) const;
  Result<bool> is_on_wanted_device(const YAML::Node& launcher) const;
  Result<Launcher> read_launcher(const YAML::Node& node) const;
  Result<std::vector<std::filesystem::path>> model_paths(const Launcher& launcher) const;
  Result<EvaluationConfig> read_dataset(const YAML::Node& node, const std::string& name) const;

  const Request& request_;
  YAML::Node datasets_, launchers_;
};

Result<bool> Reader::is_wanted(const YAML::Node& launcher, const std::string& framework) const {
  if (!request_.framework.empty() && framework_name(request_.framework) != framework) return false;
  if (request_.tags.empty()) return true;
  Settings settings(launcher, "launcher");
  const std::vector<std::string> tags = settings.texts("tags");
  return std::ranges::find_first_of(tags, request_.tags) != tags.end();
}

// A launcher that names no device runs on each that is asked for; one that does, where that is among them.
Result<bool> Reader::is_on_wanted_device(const YAML::Node& launcher) const {
  Settings settings(launcher, "launcher");
  std::vector<std::string> asked;
  for (const std::string& device : request_.devices) asked.push_back(upper_case(device));
  if (settings.has("device")) {
    const std::string named = upper_case(settings.text("device"));
    if (!asked.empty() && std::ranges::find(asked, named) == asked.end()) return false;
    asked = {named};
  }
  for (const std::string& device : asked)
    if (device != kDevice)
      return Error{ErrorCode::kUnsupported, fmt::format("launcher: 'device' is {}, octet runs on {}", device, kDevice)};
  return true;
}

// Only one input is fed: the picture.
Status check_inputs(Settings& settings) {
  const YAML::Node inputs = settings.node("inputs");
  if (!inputs) return {};
  if (!inputs.IsSequence() && !inputs.IsMap()) settings.fail("inputs", "must be a list");
  for (const YAML::Node& input : inputs) {
    Settings entry(inputs.IsSequence() ? input : inputs, "launcher inputs");
    if (const std::string type = entry.text("type", "INPUT"); type != "INPUT")
      entry.fail("type", fmt::format("is {}, which octet lacks (INPUT)", type), ErrorCode::kUnsupported);
    entry.ignore({"name", "shape", "layout", "precision"});  // the IR says them
    OCTET_RETURN_IF_ERROR(entry.finish());
  }
  if (inputs.size() > 1) settings.fail("inputs", "lists more than one, which octet lacks", ErrorCode::kUnsupported);
  return {};
}

Result<Reader::Launcher> Reader::read_launcher(const YAML::Node& node) const {
  Settings settings(node, "launcher");
  Launcher launcher;
  launcher.adapter.reset(settings.node("adapter"));
  if (!launcher.adapter) settings.fail("adapter", "is missing");
  launcher.model = settings.text("model", "");
  launcher.tags = settings.texts("tags");
  OCTET_RETURN_IF_ERROR(check_inputs(settings));
  // Ways to run that change no figure, and the weights, which lie beside the model.
  settings.ignore({"framework", "device", "weights", "batch", "allow_reshape_input", "outputs", "num_requests", "async_mode",
                   "device_config", "reset_memory_state"});
  OCTET_RETURN_IF_ERROR(settings.finish());
  return launcher;
}

Result<std::vector<std::filesystem::path>> Reader::model_paths(const Launcher& launcher) const {
  const std::vector<std::filesystem::path> folders = request_.models.empty() ? std::vector<std::filesystem::path>{""} : request_.models;
  if (launcher.model.empty() && request_.models.empty())
    return Error{ErrorCode::kInvalidArgument, "no model is given: say where it lies, -m FOLDER"};
  if (launcher.model.empty()) return folders;
  std::vector<std::filesystem::path> paths;
  for (const std::filesystem::path& folder : folders) {
    OCTET_ASSIGN(auto path, path_below(folder, launcher.model));
    paths.push_back(std::move(path));
  }
  return paths;
}

Result<EvaluationConfig> Reader::read_dataset(const YAML::Node& node, const std::string& name) const {
  Settings settings(node, "data set " + name);
  EvaluationConfig config;
  config.dataset = name;
  config.reader.reset(settings.node("reader"));
  config.conversion.reset(settings.node("annotation_conversion"));
  if (!config.conversion)
    settings.fail("annotation_conversion",
                  fmt::format("is missing, so there are no annotations{}",
                              datasets_.IsSequence() ? "; the definitions do not know this name" : "; give the definitions with -d"));
  config.preprocessing.reset(settings.node("preprocessing"));
  config.postprocessing.reset(settings.node("postprocessing"));
  config.metrics.reset(settings.node("metrics"));
  OCTET_ASSIGN(config.data_source, path_below(request_.folders.source, settings.text("data_source", ".")));
  const std::string subset = settings.text("subsample_size", "");
  config.subset = request_.subset ? request_.subset : subset.empty() ? std::nullopt : std::optional(subset);
  const std::int64_t seed = settings.integer("subsample_seed", kDefaultSubsetSeed);
  if (seed < 0) settings.fail("subsample_seed", "must be 0 or more");
  config.subset_seed = static_cast<std::uint32_t>(seed);
  config.shuffle = request_.shuffle.value_or(settings.flag("shuffle", true));
  const std::string subset_file = settings.text("subset_file", "");
  if (const std::string& file = request_.subset_file.empty() ? subset_file : request_.subset_file; !file.empty()) {
    OCTET_ASSIGN(config.subset_file, path_below(request_.folders.annotations, file));
  }
  config.store_subset = settings.flag("store_subset", false) || request_.store_subset;
  // Where upstream keeps converted annotations, and what changes no figure.
  settings.ignore({"name", "annotation", "dataset_meta", "batch", "analyze_dataset", "segmentation_masks_source", "additional_data_source",
                   "dataset_meta_file", "shuffle"});
  OCTET_RETURN_IF_ERROR(settings.finish());
  return config;
}

Status Reader::read_model(const YAML::Node& model, std::vector<EvaluationConfig>& evaluations, const Warn& warn) const {
  OCTET_ASSIGN(const std::string name, name_in(model, "name", "each of 'models'"));
  OCTET_ASSIGN(const YAML::Node launchers, list_in(model, "launchers", "model " + name));
  OCTET_ASSIGN(const YAML::Node datasets, list_in(model, "datasets", "model " + name));
  std::size_t wanted = 0;
  for (const YAML::Node& own : launchers) {
    OCTET_ASSIGN(const std::string written, name_in(own, "framework", "each launcher"));
    const YAML::Node node = merged(launchers_, "framework", written, own);
    const std::string framework = framework_name(written);
    OCTET_ASSIGN(const bool is_this_wanted, is_wanted(node, framework));
    if (!is_this_wanted) continue;
    OCTET_ASSIGN_AT(const bool is_this_device, is_on_wanted_device(node), "model " + name);
    if (!is_this_device) continue;
    ++wanted;
    if (framework != kLauncher) {
      Error error = yaml_error(own, fmt::format("model {}: the launcher's framework is '{}', octet has {} ({}); -tf {} leaves others out",
                                                name, written, kLauncher, kOldLauncher, kLauncher));
      error.code = ErrorCode::kUnsupported;
      return error;
    }
    OCTET_ASSIGN_AT(const Launcher launcher, read_launcher(node), "model " + name);
    OCTET_ASSIGN_AT(const auto paths, model_paths(launcher), "model " + name);
    for (const std::filesystem::path& path : paths) {
      for (const YAML::Node& dataset : datasets) {
        OCTET_ASSIGN(const std::string dataset_name, name_in(dataset, "name", "each of 'datasets'"));
        OCTET_ASSIGN_AT(EvaluationConfig config, read_dataset(merged(datasets_, "name", dataset_name, dataset), dataset_name),
                        "model " + name);
        for (const auto& pair : dataset)
          if (pair.first.IsScalar()) config.own_keys.insert(pair.first.Scalar());
        config.model = name;
        config.model_path = path;
        config.device = kDevice;
        config.tags = launcher.tags;
        config.adapter.reset(launcher.adapter);
        evaluations.push_back(std::move(config));
      }
    }
  }
  if (wanted == 0 && warn) warn(fmt::format("Model \"{}\" has no launchers", name));
  return {};
}

Result<std::string> read_definitions(const Request& request, const YAML::Node& config) {
  if (!request.definitions.empty()) return read_text(request.definitions, kMaxConfigBytes);
  const char* const variable = std::getenv("DEFINITIONS_FILE");
  std::string name = variable ? variable : "";
  if (name.empty() && config.IsMap() && config["global_definitions"] && config["global_definitions"].IsScalar())
    name = config["global_definitions"].Scalar();
  if (name.empty()) return std::string();
  return read_text(request.config.parent_path() / name, kMaxConfigBytes);
}

Result<std::vector<EvaluationConfig>> read_evaluations(const YAML::Node& config, const YAML::Node& definitions, const Request& request,
                                                       const Warn& warn) {
  if (config.IsMap() && !config["models"] && config["evaluations"]) {
    Error error = yaml_error(config["evaluations"], "'evaluations', which run programs of their own, are what octet lacks ('models')");
    error.code = ErrorCode::kUnsupported;
    return error;
  }
  OCTET_ASSIGN(const YAML::Node models, list_in(config, "models", "the configuration"));
  const Reader reader(request, definitions);
  std::vector<EvaluationConfig> evaluations;
  for (const YAML::Node& model : models) OCTET_RETURN_IF_ERROR(reader.read_model(model, evaluations, warn));
  return evaluations;
}

}  // namespace

Result<std::vector<EvaluationConfig>> parse_configuration(std::string_view config, std::string_view definitions, const Request& request,
                                                          const Warn& warn) {
  OCTET_ASSIGN(const YAML::Node own, load_yaml(config));
  OCTET_ASSIGN_AT(const YAML::Node global, load_yaml(definitions), "definitions");
  return read_evaluations(own, global, request, warn);
}

Result<std::vector<EvaluationConfig>> read_configuration(const Request& request, const Warn& warn) {
  OCTET_ASSIGN(const std::string text, read_text(request.config, kMaxConfigBytes));
  OCTET_ASSIGN_AT(const YAML::Node config, load_yaml(text), request.config.string());
  OCTET_ASSIGN(const std::string definitions, read_definitions(request, config));
  OCTET_ASSIGN_AT(auto evaluations, parse_configuration(text, definitions, request, warn), request.config.string());
  return evaluations;
}

}  // namespace octet::accuracy
