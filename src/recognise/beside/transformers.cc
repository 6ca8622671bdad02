#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "model/yaml.h"
#include "recognise/beside/readers.h"
#include "recognise/metadata.h"

namespace octet::beside {
namespace {

namespace fs = std::filesystem;

// Where a repository of the hub has it: beside the weights, while files for other runtimes lie in folders of their own.
fs::path folder_of_configuration(const fs::path& folder) {
  std::error_code ignored;
  // The folder itself may be named by nothing, by "." or by "..".
  const std::string name = fs::absolute(folder / "file", ignored).lexically_normal().parent_path().filename().string();
  const bool is_below = (name == "onnx" || name == "openvino") && !fs::is_regular_file(folder / "preprocessor_config.json", ignored);
  return is_below ? folder / ".." : folder;
}

// Whether pixels are normalized where the file does not say: the processors of RT-DETR and its followers leave it out.
bool normalizes(const YAML::Node& root) {
  const bool is_real_time = (text(at(root, "image_processor_type")) + text(at(root, "feature_extractor_type"))).starts_with("RTDetr");
  return flag(at(root, "do_normalize"), !is_real_time);
}

Status read_size(const YAML::Node& root, Beside& found) {
  if (!flag(at(root, "do_resize"), true)) return {};
  found.keys["octet_resize"] = "stretch";
  const YAML::Node size = at(root, "size");
  const YAML::Node height = at(size, "height"), width = at(size, "width");
  const auto of_height = two_sides(height), of_width = two_sides(width);
  if (of_height && of_width) {
    set_size(of_height->first, of_width->first, found.keys);
    return {};
  }
  if (!size.IsNull())
    found.remark =
        "it keeps the ratio of a picture, whose shorter side becomes as long as it says; octet, whose inputs have one size, stretches";
  return {};
}

Status read_way(const YAML::Node& root, Beside& found) {
  if (flag(at(root, "do_center_crop"), false)) {
    found.remark = "it cuts pictures, which octet does not: the way of a picture is not taken from there";
    return {};
  }
  OCTET_RETURN_IF_ERROR(read_size(root, found));
  const bool rescales = flag(at(root, "do_rescale"), true);
  const YAML::Node stated = at(root, "rescale_factor");
  const auto factor = stated.IsNull() ? std::optional(1. / 255) : number_of(stated);
  const bool is_sound = factor && *factor > 0 && std::isfinite(1 / *factor);
  if (rescales && !is_sound) return yaml_error(stated, "rescale_factor is none that pixels could have");
  Normalization numbers{{0}, {1}, rescales ? *factor : 1};
  if (normalizes(root) && !at(root, "image_mean").IsNull()) {
    OCTET_ASSIGN(numbers, normalization(at(root, "image_mean"), at(root, "image_std"), numbers.factor));
  }
  set_normalization(numbers, !flag(at(root, "do_flip_channel_order"), false), found.keys);
  return {};
}

// The names of classes by number; how many there are where they are the placeholders that a configuration without names has.
Status read_labels(const YAML::Node& names, Beside& found) {
  if (!names.IsMap() || names.size() == 0) return {};
  const bool are_placeholders =
      std::all_of(names.begin(), names.end(), [](const auto& pair) { return text(pair.second).starts_with("LABEL_"); });
  if (are_placeholders) {
    found.keys["octet_classes"] = std::to_string(names.size());
    return {};
  }
  found.keys["names"] = in_one_line(names);
  return read_metadata(found.keys).ok() ? Status() : yaml_error(names, "id2label is no map from 0, 1, ... to names");
}

}  // namespace

Found read_transformers(Place& place) {
  const fs::path folder = folder_of_configuration(place.folder);
  const fs::path file = folder / "preprocessor_config.json", names = folder / "config.json";
  const YAML::Node root = load_if_there(file, place);
  const bool is_of_transformers = !at(root, "image_processor_type").IsNull() || !at(root, "feature_extractor_type").IsNull();
  if (!is_of_transformers) return std::optional<Beside>();
  Beside found{.from = "preprocessor_config.json beside it (Transformers)"};
  if (const auto status = read_way(root, found); !status.ok()) return status.error().at(file.string());
  const YAML::Node configuration = load_if_there(names, place);
  if (const auto status = read_labels(at(configuration, "id2label"), found); !status.ok()) return status.error().at(names.string());
  if (found.keys.contains("names") || found.keys.contains("octet_classes"))
    found.from = "preprocessor_config.json and config.json beside it (Transformers)";
  return std::optional(std::move(found));
}

}  // namespace octet::beside
