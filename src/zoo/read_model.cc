#include "zoo/read_model.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/files.h"
#include "base/parse_number.h"
#include "model/model_info.h"
#include "model/yaml.h"
#include "zoo/map_reader.h"
#include "zoo/read_files.h"

namespace octet {
namespace zoo {
namespace {

constexpr std::string_view kFrameworks[] = {"caffe", "caffe2", "darknet", "dldt", "mxnet", "onnx", "paddle", "pytorch", "tf", "tflite"};
constexpr std::string_view kFrameworksByOnnx[] = {"caffe2", "pytorch"};  // that the Open Model Zoo converts to ONNX first
constexpr std::string_view kTaskTypes[] = {"action_recognition",
                                           "background_matting",
                                           "classification",
                                           "colorization",
                                           "detection",
                                           "face_recognition",
                                           "feature_extraction",
                                           "head_pose_estimation",
                                           "human_pose_estimation",
                                           "image_inpainting",
                                           "image_processing",
                                           "image_translation",
                                           "instance_segmentation",
                                           "machine_translation",
                                           "monocular_depth_estimation",
                                           "named_entity_recognition",
                                           "noise_suppression",
                                           "object_attributes",
                                           "optical_character_recognition",
                                           "place_recognition",
                                           "question_answering",
                                           "salient_object_detection",
                                           "semantic_segmentation",
                                           "sound_classification",
                                           "speech_recognition",
                                           "style_transfer",
                                           "text_prediction",
                                           "text_to_speech",
                                           "time_series",
                                           "token_recognition"};
constexpr std::string_view kPrecisions[] = {"FP16", "FP16-INT1", "FP16-INT8", "FP32", "FP32-INT1", "FP32-INT8"};

constexpr std::string_view kModelKeys[] = {
    "accuracy", "aliases",    "conversion_to_onnx_args", "description",  "files",          "framework",   "input_info",
    "license",  "model_info", "model_optimizer_args",    "output_names", "postprocessing", "quantizable", "task_type"};

// Inputs

Status read_input(const MapReader& map, ZooModel& model) {
  OCTET_RETURN_IF_ERROR(map.check("\"input_info\""));
  ZooInput input;
  OCTET_ASSIGN(input.name, map.text("name"));
  OCTET_RETURN_IF_ERROR(map.each("shape", [&](const YAML::Node& node, std::size_t) -> Status {
    const auto size = node.IsScalar() ? parse_number<std::int64_t>(node.Scalar()) : std::nullopt;
    if (!size) return expected(node, "\"shape\"", "a list of integers");
    input.shape.push_back(*size);
    return {};
  }));
  if (map.has("layout")) {
    OCTET_ASSIGN(input.layout, map.text("layout"));
  }
  model.inputs.push_back(std::move(input));
  return {};
}

// Conversion and precisions

Status read_onnx_args(const MapReader& root, ZooModel& model) {
  OCTET_ASSIGN(model.onnx_args, root.texts("conversion_to_onnx_args"));
  if (root.form() == ModelForm::kOctet) return {};
  const bool needed = contains(kFrameworksByOnnx, model.framework);
  if (needed && model.onnx_args.empty())
    return malformed(
        fmt::format("\"conversion_to_onnx_args\" is absent. Framework \"{}\" is supported only by conversion to ONNX.", model.framework));
  if (!needed && !model.onnx_args.empty())
    return malformed(fmt::format("Conversion to ONNX not supported for \"{}\" framework", model.framework));
  return {};
}

// The precisions of an IR are the folders of its files, each with the model's .xml and .bin.
Status read_precisions_of_ir(ZooModel& model) {
  const auto has = [&](const std::string& name) {
    return std::ranges::any_of(model.files, [&](const RemoteFile& file) { return file.name == name; });
  };
  for (const RemoteFile& file : model.files) {
    const std::size_t slash = file.name.find('/');
    if (!file.name.starts_with("FP") || slash == std::string::npos || file.name.find('/', slash + 1) != std::string::npos) continue;
    const std::string precision = file.name.substr(0, slash);
    if (!contains(kPrecisions, precision))
      return malformed(fmt::format("Unknown precision '{}' derived from file name '{}', expected one of {}", precision, file.name,
                                   fmt::join(kPrecisions, ", ")));
    if (std::ranges::find(model.precisions, precision) == model.precisions.end()) model.precisions.push_back(precision);
  }
  std::ranges::sort(model.precisions);
  for (const std::string& precision : model.precisions)
    for (const auto& [extension, kind] : {std::pair(".xml", "XML"), std::pair(".bin", "BIN")})
      if (!has(precision + "/" + model.name + extension)) return malformed(fmt::format("No {} file for precision \"{}\"", kind, precision));
  return {};
}

Status read_conversion(const MapReader& root, ZooModel& model) {
  if (root.has("model_optimizer_args")) {
    OCTET_ASSIGN(model.optimizer_args, root.texts("model_optimizer_args"));
  } else if (root.form() == ModelForm::kOpenModelZoo) {
    if (model.framework != "dldt") return malformed("Model not in IR format, but no conversions defined");
    return read_precisions_of_ir(model);
  }
  model.precisions = {"FP16", "FP32"};
  return {};
}

// A whole model

Status read_words(const MapReader& root, ZooModel& model) {
  OCTET_ASSIGN(model.description, root.stated_text("description"));
  OCTET_ASSIGN(model.license, root.stated_text("license"));
  if (!root.lacks_freely("task_type")) {
    OCTET_ASSIGN(model.task_type, root.one_of("task_type", kTaskTypes));
  }
  return {};
}

Status read_framework(const MapReader& root, ZooModel& model) {
  if (root.lacks_freely("framework")) return {};
  OCTET_ASSIGN(model.framework, root.one_of("framework", kFrameworks));
  return {};
}

// An error that names a key of the map, with its line.
Error with_line_of_key(const Error& error, const YAML::Node& map) {
  for (const auto& pair : map)
    if (pair.first.IsScalar() && error.message.find(" " + pair.first.Scalar() + " ") != std::string::npos)
      return {error.code, error.message + line_of(pair.first)};
  return error;
}

Status read_model_info_of(const MapReader& root, const Warn& warn, ZooModel& model) {
  const YAML::Node map = root.find("model_info");
  OCTET_ASSIGN(model.model_info, model_info_from_yaml(map));
  ModelDescription scratch;
  if (const Status status = apply_model_info(model.model_info, scratch); !status.ok()) return with_line_of_key(status.error(), map);
  if (root.form() == ModelForm::kOctet && warn)
    for (const auto& [key, value] : model.model_info)
      if (!is_model_info_key(key)) warn(fmt::format("{}: nobody reads the key '{}' of 'model_info'", model.name, key));
  return {};
}

Status read_output_names(const MapReader& root, ZooModel& model) {
  if (!root.has("output_names")) return {};
  const MapReader names = root.of(root.find("output_names"));
  OCTET_RETURN_IF_ERROR(names.check("\"output_names\""));
  for (const auto& pair : names.map()) {
    if (!pair.first.IsScalar()) return expected(pair.first, "\"output_names\"", "names of outputs as keys");
    OCTET_ASSIGN(model.output_names[pair.first.Scalar()], names.texts(pair.first.Scalar().c_str()));
  }
  return {};
}

Status read_own_keys(const MapReader& root, ZooModel& model) {
  if (root.form() != ModelForm::kOctet) return {};
  OCTET_ASSIGN(model.aliases, root.texts("aliases"));
  if (root.has("accuracy")) {
    OCTET_ASSIGN(model.accuracy, root.text("accuracy"));
  }
  return read_output_names(root, model);
}

Status refuse_name_keys(const MapReader& root) {
  for (const char* key : {"name", "subdirectory"})
    if (root.has(key)) return malformed(fmt::format("Unsupported key \"{}\"{}", key, line_of(root.find(key))));
  return {};
}

Status check_name(const std::string& name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  };
  if (name.empty() || name == "." || name == ".." || !std::ranges::all_of(name, allowed))
    return malformed("Invalid name, must consist only of letters, digits or ._-");
  return {};
}

Result<ZooModel> read_model(const MapReader& root, const std::string& name, const Warn& warn) {
  ZooModel model;
  model.name = name;
  OCTET_RETURN_IF_ERROR(check_name(name));
  OCTET_RETURN_IF_ERROR(read_files(root, model));
  OCTET_RETURN_IF_ERROR(read_postprocessing(root, model));
  OCTET_RETURN_IF_ERROR(read_framework(root, model));
  OCTET_RETURN_IF_ERROR(root.each("input_info", [&](const YAML::Node& node, std::size_t) { return read_input(root.of(node), model); }));
  OCTET_RETURN_IF_ERROR(read_onnx_args(root, model));
  OCTET_RETURN_IF_ERROR(read_conversion(root, model));
  OCTET_RETURN_IF_ERROR(read_words(root, model));
  OCTET_RETURN_IF_ERROR(read_model_info_of(root, warn, model));
  OCTET_RETURN_IF_ERROR(read_own_keys(root, model));
  if (root.has("quantizable")) model.quantizable = root.find("quantizable").as<bool>(false);
  root.warn_of_other_keys(kModelKeys, name);
  return model;
}

}  // namespace
}  // namespace zoo

Error in_context(const std::string& place, const Error& error) {
  std::string chain = place + ":\n    ";
  for (const char c : error.message) chain += c == '\n' ? std::string("\n    ") : std::string(1, c);
  return {error.code, chain};
}

Error on_one_line(const Error& error) {
  std::string line;
  for (std::size_t i = 0; i < error.message.size(); ++i) {
    const bool breaks = error.message[i] == '\n';
    line += breaks ? ' ' : error.message[i];
    if (breaks) i = error.message.find_first_not_of(' ', i + 1) - 1;
  }
  return {error.code, line};
}

Result<ZooModel> parse_model(std::string_view yaml, const std::string& name, ModelForm form, const Warn& warn) {
  OCTET_ASSIGN(const YAML::Node node, load_yaml(yaml));
  const zoo::MapReader root(node, form, warn);
  OCTET_RETURN_IF_ERROR(root.check("a model's description"));
  OCTET_RETURN_IF_ERROR(zoo::refuse_name_keys(root));
  return zoo::within(fmt::format("In model \"{}\"", name), zoo::read_model(root, name, warn));
}

Result<CompositeDescription> parse_composite_model(std::string_view yaml, const std::string& name) {
  OCTET_ASSIGN(const YAML::Node node, load_yaml(yaml));
  const zoo::MapReader root(node, ModelForm::kOpenModelZoo, {});
  OCTET_RETURN_IF_ERROR(root.check("a composite model's description"));
  CompositeDescription composite;
  composite.model.name = composite.model.composite_name = name;
  const auto read = [&]() -> Status {
    OCTET_RETURN_IF_ERROR(zoo::check_name(name));
    OCTET_RETURN_IF_ERROR(zoo::read_words(root, composite.model));
    return zoo::read_framework(root, composite.model);
  };
  if (auto status = read(); !status.ok()) return in_context(fmt::format("In model \"{}\"", name), status.error());
  OCTET_ASSIGN(composite.stages_order, root.texts("stages_order"));
  return composite;
}

Result<ZooModel> read_description_file(const std::filesystem::path& path, const Warn& warn) {
  OCTET_ASSIGN(const std::string yaml, read_text(path, std::size_t{1} << 20));
  auto model = parse_model(yaml, path.stem().string(), ModelForm::kOctet, warn);
  if (!model.ok()) return on_one_line(model.error()).at(path.string());
  model->subdirectory = "public/" + model->name;
  return model;
}

}  // namespace octet
