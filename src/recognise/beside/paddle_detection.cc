#include <fmt/format.h>

#include "model/yaml.h"
#include "recognise/beside/readers.h"

namespace octet::beside {
namespace {

constexpr const char* kFiles[] = {"infer_cfg.yml", "inference.yml"};

struct Steps {
  YAML::Node resize = {}, normalize = {};
  Border border = {};
  std::string unknown = {};  // a step that octet has not
  bool keeps_ratio = false;
};

// In the order of the file. PaddleDetection's pictures are RGB; unless it says otherwise it pads with zeros behind the
// normalization.
Steps steps_of(const YAML::Node& list) {
  Steps steps;
  for (const YAML::Node& step : list) {
    const std::string type = text(at(step, "type"));
    if (type == "Resize" || type == "LetterBoxResize") {
      steps.resize.reset(step);
      steps.keeps_ratio = type == "Resize" && flag(at(step, "keep_ratio"), true);
      if (type == "LetterBoxResize") steps.unknown = type;
    } else if (type == "Pad") {
      steps.border = border(at(step, "fill_value"), steps.normalize.IsNull());
    } else if (type == "NormalizeImage") {
      steps.normalize.reset(step);
    } else if (type != "Permute" && type != "PadStride" && type != "PadBatch" && steps.unknown.empty()) {
      steps.unknown = type;
    }
  }
  return steps;
}

Result<Normalization> normalization_of(const YAML::Node& step) {
  const double factor = flag(at(step, "is_scale"), true) ? 1. / 255 : 1;
  const std::string norm = text(at(step, "norm_type"));
  if (step.IsNull()) return Normalization{{0}, {1}, 1};
  if (norm == "none" || at(step, "mean").IsNull()) return Normalization{{0}, {1}, factor};
  return normalization(at(step, "mean"), at(step, "std"), factor);
}

Status read_way(const YAML::Node& list, Beside& found) {
  const Steps steps = steps_of(list);
  if (!steps.unknown.empty()) {
    found.remark = fmt::format("its step {} is none of octet's, so the way of a picture is not taken from there", steps.unknown);
    return {};
  }
  OCTET_ASSIGN(const Normalization numbers, normalization_of(steps.normalize));
  set_normalization(numbers, true, found.keys);
  if (steps.resize.IsNull()) return {};
  found.keys["octet_resize"] = "stretch";
  if (steps.keeps_ratio) set_letterbox(steps.border, numbers, found.keys);
  if (const auto sides = two_sides(at(steps.resize, "target_size"))) set_size(sides->first, sides->second, found.keys);
  return {};
}

}  // namespace

Found read_paddle_detection(Place& place) {
  for (const char* name : kFiles) {
    const std::filesystem::path file = place.folder / name;
    const YAML::Node root = load_if_there(file, place);
    const YAML::Node steps = at(root, "Preprocess");
    if (!steps.IsSequence() || at(root, "arch").IsNull()) continue;
    Beside found{.from = fmt::format("{} beside it (PaddleDetection)", name)};
    if (const YAML::Node names = at(root, "label_list"); !names.IsNull()) {
      OCTET_ASSIGN_AT(const std::vector<std::string> labels, texts_from_yaml(names, "label_list"), file.string());
      if (!labels.empty()) write_labels(labels, found.keys);
    }
    if (const auto status = read_way(steps, found); !status.ok()) return status.error().at(file.string());
    set_threshold(at(root, "draw_threshold"), found.keys);
    return std::optional(std::move(found));
  }
  return std::optional<Beside>();
}

}  // namespace octet::beside
