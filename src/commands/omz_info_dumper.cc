// omz_info_dumper: what is known of the selected models, as JSON.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "commands/command.h"
#include "commands/model_selection.h"

namespace octet::commands {
namespace {

using Json = nlohmann::ordered_json;

// The path of a file that lies beside the model's description, where it is there.
Json file_of(const ZooModel& model, const char* name) {
  if (model.folder.empty() || !std::filesystem::exists(model.folder / name)) return nullptr;
  return (model.folder / name).string();
}

Json inputs_of(const ZooModel& model) {
  Json inputs = Json::array();
  for (const ZooInput& input : model.inputs) inputs.push_back({{"name", input.name}, {"shape", input.shape}, {"layout", input.layout}});
  return inputs;
}

// What omz_quantizer makes, where the tree states of its models whether they can be quantized: trees of 2024 and later do not.
void add_quantized_precisions(const ZooModel& model, Json& info) {
  if (!model.quantizable) return;
  info["quantization_output_precisions"] = *model.quantizable ? Json::array({"FP16-INT8", "FP32-INT8"}) : Json::array();
}

Json info_of(const ZooModel& model) {
  Json stages = Json::array();
  for (const ZooModel& stage : model.stages) stages.push_back(info_of(stage));
  Json info{{"name", model.name},
            {"composite_model_name", model.composite_name.empty() ? Json() : Json(model.composite_name)},
            {"description", model.description},
            {"framework", model.framework},
            {"license_url", model.license},
            {"accuracy_config", file_of(model, "accuracy-check.yml")},
            {"model_config", file_of(model, "model.yml")},
            {"precisions", model.precisions}};
  add_quantized_precisions(model, info);
  info.update(
      {{"subdirectory", model.subdirectory}, {"task_type", model.task_type}, {"input_info", inputs_of(model)}, {"model_stages", stages}});
  return info;
}

}  // namespace

int run_omz_info_dumper(std::span<const std::string> words) {
  ArgumentParser parser("omz_info_dumper", "");
  ModelSelection selection;
  add_selection_options(parser, selection, "dump info for");
  return run_on_models(parser, words, selection, [](const std::vector<ZooModel>& models) {
    Json infos = Json::array();
    for (const ZooModel& model : models) infos.push_back(info_of(model));
    fmt::print("{}\n", infos.dump(4, ' ', true, Json::error_handler_t::replace));
    return 0;
  });
}

}  // namespace octet::commands
