#include "zoo/models_root.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/files.h"
#include "zoo/read_model.h"

namespace octet {
namespace {
namespace fs = std::filesystem;

constexpr const char* kModelFile = "model.yml";
constexpr const char* kCompositeFile = "composite-model.yml";
constexpr std::size_t kMaxYamlBytes = std::size_t{1} << 20;

struct ConfigFiles {
  std::vector<fs::path> models, composites;  // in the order of their paths
};

Result<ConfigFiles> find_config_files(const fs::path& root) {
  ConfigFiles found;
  std::error_code error;
  fs::recursive_directory_iterator entries(root, fs::directory_options::skip_permission_denied, error);
  for (; !error && entries != fs::recursive_directory_iterator(); entries.increment(error)) {
    if (entries->path().filename() == kModelFile) found.models.push_back(entries->path());
    if (entries->path().filename() == kCompositeFile) found.composites.push_back(entries->path());
  }
  if (error) return Error{ErrorCode::kNotFound, root.string() + ": cannot be listed: " + error.message()};
  std::ranges::sort(found.models);
  std::ranges::sort(found.composites);
  return found;
}

template <typename T>
Result<T> in_config(const fs::path& config, Result<T> result) {
  if (result.ok()) return result;
  return in_context(fmt::format("In config \"{}\"", config.string()), result.error());
}

void place(const fs::path& root, const fs::path& config, ZooModel& model) {
  model.folder = config.parent_path();
  model.subdirectory = model.folder.lexically_relative(root).generic_string();
}

Result<ZooModel> load_model(const fs::path& root, const fs::path& config) {
  OCTET_ASSIGN(const std::string yaml, in_config(config, read_text(config, kMaxYamlBytes)));
  const std::string name = config.parent_path().filename().string();
  OCTET_ASSIGN(ZooModel model, in_config(config, parse_model(yaml, name, ModelForm::kOpenModelZoo)));
  place(root, config, model);
  return model;
}

bool is_inside(const fs::path& path, const fs::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first == folder.end();
}

Status check_composite_folder(const fs::path& folder, const ConfigFiles& files) {
  const auto fault = [&](const std::string& what) {
    return in_context(fmt::format("In directory \"{}\"", folder.string()), {ErrorCode::kMalformed, what});
  };
  for (const fs::path& model : files.models)
    if (is_inside(model, folder) && std::distance(model.begin(), model.end()) > std::distance(folder.begin(), folder.end()) + 2)
      return fault(
          "Directory should not contain any model.yml files in any subdirectories that are not direct children of the composite model "
          "directory");
  if (std::ranges::find(files.models, folder / kModelFile) != files.models.end())
    return fault("Directory should not contain a model.yml file");
  for (const fs::path& model : files.models)
    if (is_inside(model, folder) && !model.parent_path().filename().string().starts_with(folder.filename().string() + "-"))
      return fault("Names of composite model parts should start with composite model name");
  return {};
}

using Stages = std::map<std::string, ZooModel>;

Result<Stages> load_stages(const fs::path& root, const fs::path& folder, const ConfigFiles& files) {
  Stages stages;
  for (const fs::path& config : files.models) {
    if (config.parent_path().parent_path() != folder) continue;
    OCTET_ASSIGN(ZooModel stage, load_model(root, config));
    stage.composite_name = folder.filename().string();
    stages.emplace(stage.name, std::move(stage));
  }
  return stages;
}

// The composite with its stages in the order that it states.
Result<ZooModel> compose(CompositeDescription composite, const Stages& stages) {
  for (const std::string& name : composite.stages_order) {
    const auto stage = stages.find(name);
    if (stage == stages.end()) return Error{ErrorCode::kMalformed, fmt::format("\"stages_order\": there is no stage '{}'", name)};
    composite.model.stages.push_back(stage->second);
  }
  if (composite.model.stages.empty()) return Error{ErrorCode::kMalformed, "\"stages_order\": names no stage"};
  composite.model.precisions = composite.model.stages[0].precisions;
  return std::move(composite.model);
}

Result<ZooModel> load_composite(const fs::path& root, const fs::path& config, const ConfigFiles& files) {
  const fs::path folder = config.parent_path();
  OCTET_RETURN_IF_ERROR(check_composite_folder(folder, files));
  OCTET_ASSIGN(const Stages stages, load_stages(root, folder, files));
  OCTET_ASSIGN(const std::string yaml, in_config(config, read_text(config, kMaxYamlBytes)));
  OCTET_ASSIGN(CompositeDescription composite, in_config(config, parse_composite_model(yaml, folder.filename().string())));
  OCTET_ASSIGN(ZooModel model, in_config(config, compose(std::move(composite), stages)));
  place(root, config, model);
  return model;
}

bool states_quantizable(const ZooModel& model) { return model.quantizable || std::ranges::any_of(model.stages, states_quantizable); }

// Of a tree that states it of some, stages of composites among them. A composite is what its first stage is.
void forbid_quantizing_the_others(std::vector<ZooModel>& models) {
  for (ZooModel& model : models) {
    forbid_quantizing_the_others(model.stages);
    if (!model.quantizable) model.quantizable = model.stages.empty() ? false : model.stages[0].quantizable;
  }
}

bool is_stage(const fs::path& config, const ConfigFiles& files) {
  return std::ranges::binary_search(files.composites, config.parent_path().parent_path() / kCompositeFile);
}

}  // namespace

Result<std::vector<ZooModel>> load_models(const fs::path& root) {
  OCTET_ASSIGN(const ConfigFiles files, find_config_files(root));
  std::vector<ZooModel> models;
  for (const fs::path& config : files.composites) {
    OCTET_ASSIGN(ZooModel model, load_composite(root, config, files));
    models.push_back(std::move(model));
  }
  for (const fs::path& config : files.models) {
    if (is_stage(config, files)) continue;
    OCTET_ASSIGN(ZooModel model, load_model(root, config));
    models.push_back(std::move(model));
  }
  if (std::ranges::any_of(models, states_quantizable)) forbid_quantizing_the_others(models);
  std::ranges::stable_sort(models, {}, &ZooModel::name);
  return models;
}

}  // namespace octet
