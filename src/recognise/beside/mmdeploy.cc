#include <fmt/format.h>

#include <algorithm>

#include "model/yaml.h"
#include "recognise/beside/readers.h"

namespace octet::beside {
namespace {

// Whether deploy.json says that the folder's pipeline is of another file than this.
bool is_of_another(Place& place) {
  const YAML::Node root = load_if_there(place.folder / "deploy.json", place);
  const YAML::Node models = at(root, "models");
  if (!models.IsSequence() || models.size() == 0) return false;
  return std::none_of(models.begin(), models.end(), [&](const YAML::Node& each) { return text(at(each, "net")) == place.model; });
}

YAML::Node task_of(const YAML::Node& tasks, const char* key, const std::string& value) {
  for (const YAML::Node& task : tasks)
    if (text(at(task, key)) == value) return task;
  return {};
}

struct Steps {
  YAML::Node resize = {}, pad = {}, normalize = {};
  Border border{.is_first = true};
  std::string unknown = {};  // a step that octet has not
};

Steps steps_of(const YAML::Node& list) {
  // What neither moves nor changes a pixel.
  constexpr std::string_view kPlain[] = {"LoadImageFromFile", "DefaultFormatBundle", "ImageToTensor",      "Collect",
                                         "PackDetInputs",     "LoadAnnotations",     "YOLOv5PackDetInputs"};
  Steps steps;
  for (const YAML::Node& step : list) {
    const std::string type = text(at(step, "type"));
    if (type == "Resize") {
      steps.resize.reset(step);
    } else if (type == "Pad") {
      const YAML::Node fill = at(step, "pad_val");
      steps.border = border(fill.IsMap() ? at(fill, "img") : fill, steps.normalize.IsNull());
      steps.pad.reset(step);
    } else if (type == "Normalize") {
      steps.normalize.reset(step);
    } else if (std::ranges::find(kPlain, type) == std::end(kPlain) && steps.unknown.empty()) {
      steps.unknown = type;
    }
  }
  return steps;
}

Status read_way(const YAML::Node& list, Beside& found) {
  const Steps steps = steps_of(list);
  if (!steps.unknown.empty() || steps.resize.IsNull()) {
    found.remark = fmt::format("the way of a picture is not taken from there: {}",
                               steps.unknown.empty() ? "it has no step Resize" : "its step " + steps.unknown + " is none of octet's");
    return {};
  }
  Normalization numbers{{0}, {1}, 1};
  if (!steps.normalize.IsNull()) {
    OCTET_ASSIGN(numbers, normalization(at(steps.normalize, "mean"), at(steps.normalize, "std"), 1));
  }
  set_normalization(numbers, flag(at(steps.normalize, "to_rgb"), false), found.keys);
  found.keys["octet_resize"] = "stretch";
  if (flag(at(steps.resize, "keep_ratio"), false)) set_letterbox(steps.border, numbers, found.keys);
  const YAML::Node size = at(steps.pad, "size").IsNull() ? at(steps.resize, "size") : at(steps.pad, "size");
  // Of two sides the order differs between versions.
  if (const auto sides = two_sides(size); sides && sides->first == sides->second) set_size(sides->first, sides->second, found.keys);
  return {};
}

}  // namespace

Found read_mmdeploy(Place& place) {
  const std::filesystem::path file = place.folder / "pipeline.json";
  const YAML::Node root = load_if_there(file, place);
  const YAML::Node tasks = at(at(root, "pipeline"), "tasks");
  if (!tasks.IsSequence()) return std::optional<Beside>();
  const YAML::Node steps = at(task_of(tasks, "module", "Transform"), "transforms");
  if (!steps.IsSequence() || is_of_another(place)) return std::optional<Beside>();
  Beside found{.from = "pipeline.json beside it (MMDeploy)"};
  if (const auto status = read_way(steps, found); !status.ok()) return status.error().at(file.string());
  const YAML::Node parameters = at(task_of(tasks, "module", "mmdet"), "params");
  set_threshold(at(parameters, "score_thr"), found.keys);
  return std::optional(std::move(found));
}

}  // namespace octet::beside
