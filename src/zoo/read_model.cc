#include "zoo/read_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <span>

#include "base/files.h"
#include "base/parse_number.h"
#include "model/model_info.h"
#include "model/yaml.h"

namespace octet {
namespace {

constexpr std::size_t kSha384Digits = 96;

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
constexpr std::string_view kSourceKinds[] = {"file", "google_drive", "http", "npm", "wheel"};
constexpr std::string_view kPostprocessingKinds[] = {"regex_replace", "unpack_archive"};

constexpr std::string_view kModelKeys[] = {
    "accuracy", "aliases",    "conversion_to_onnx_args", "description",  "files",          "framework",   "input_info",
    "license",  "model_info", "model_optimizer_args",    "output_names", "postprocessing", "quantizable", "task_type"};
constexpr std::string_view kFileKeys[] = {"checksum", "member", "name", "original_source", "role", "size", "source", "sources"};

bool contains(std::span<const std::string_view> words, std::string_view word) { return std::ranges::find(words, word) != words.end(); }

Error malformed(const std::string& what) { return {ErrorCode::kMalformed, what}; }

std::string line_of(const YAML::Node& node) { return node.Mark().is_null() ? "" : fmt::format(" (line {})", node.Mark().line + 1); }

// A value as Python prints it.
std::string shown(const YAML::Node& node) {
  if (node.IsSequence()) return "a list";
  if (node.IsMap()) return "a map";
  if (node.IsNull()) return "None";
  return is_text(node) ? "'" + node.Scalar() + "'" : node.Scalar();
}

Error expected(const YAML::Node& node, const std::string& key, const std::string& what) {
  return malformed(fmt::format("{}: expected {}, got {}{}", key, what, shown(node), line_of(node)));
}

template <typename T>
Result<T> within(const std::string& place, Result<T> result) {
  return result.ok() ? std::move(result) : Result<T>(in_context(place, result.error()));
}

// What is read of one map: its keys with their values, each fault with the key and the line.
class MapReader {
 public:
  MapReader(const YAML::Node& map, ModelForm form, Warn warn) : map_(map), form_(form), warn_(std::move(warn)) {}

  // kMalformed for what is no map.
  Status check(const std::string& what) const {
    return map_.IsMap() ? Status() : malformed(fmt::format("{}: expected a map, got {}{}", what, shown(map_), line_of(map_)));
  }

  // The value, or one that is not defined.
  YAML::Node find(const char* key) const { return map_[key]; }
  bool has(const char* key) const { return find(key).IsDefined(); }

  Result<YAML::Node> require(const char* key) const {
    const YAML::Node value = find(key);
    if (!value.IsDefined()) return malformed(fmt::format("lacks the key \"{}\"{}", key, line_of(map_)));
    return value;
  }

  Result<std::string> text(const char* key) const {
    OCTET_ASSIGN(const YAML::Node value, require(key));
    if (!is_text(value)) return expected(value, quoted(key), "a string");
    return value.Scalar();
  }

  // The same of a key that octet's form may leave out.
  Result<std::string> stated_text(const char* key) const { return lacks_freely(key) ? Result<std::string>("") : text(key); }

  Result<std::string> one_of(const char* key, std::span<const std::string_view> words) const {
    OCTET_ASSIGN(std::string word, text(key));
    if (!contains(words, word)) return expected(find(key), quoted(key), fmt::format("one of {}", fmt::join(words, ", ")));
    return word;
  }

  Result<std::int64_t> count(const char* key, std::int64_t most = std::numeric_limits<std::int64_t>::max()) const {
    OCTET_ASSIGN(const YAML::Node value, require(key));
    const auto number = value.IsScalar() && !is_text(value) ? parse_number<std::int64_t>(value.Scalar()) : std::nullopt;
    if (!number || *number < 0 || *number > most) return expected(value, quoted(key), "a non-negative integer");
    return *number;
  }

  Result<std::string> relative_path(const char* key) const {
    OCTET_ASSIGN(std::string path, text(key));
    if (!path_inside("", path).ok()) return malformed(quoted(key) + ": disallowed absolute path or parent traversal");
    return path;
  }

  // Texts of a list; a missing one has none.
  Result<std::vector<std::string>> texts(const char* key) const {
    std::vector<std::string> found;
    const YAML::Node list = find(key);
    if (!list.IsDefined()) return found;
    if (!list.IsSequence()) return expected(list, quoted(key), "a list");
    for (const YAML::Node& item : list) {
      if (!is_text(item)) return expected(item, fmt::format("\"{}\" #{}", key, found.size()), "a string");
      found.push_back(item.Scalar());
    }
    return found;
  }

  // Calls `read` with each item of a list and its number.
  template <typename Read>
  Status each(const char* key, Read read) const {
    const YAML::Node list = find(key);
    if (!list.IsDefined()) return {};
    if (!list.IsSequence()) return expected(list, quoted(key), "a list");
    std::size_t number = 0;
    for (const YAML::Node& item : list) OCTET_RETURN_IF_ERROR(read(item, number++));
    return {};
  }

  bool lacks_freely(const char* key) const { return form_ == ModelForm::kOctet && !has(key); }

  void warn_of_other_keys(std::span<const std::string_view> known, const std::string& where) const {
    if (form_ != ModelForm::kOctet || !warn_) return;
    for (const auto& pair : map_)
      if (const std::string key = pair.first.IsScalar() ? pair.first.Scalar() : "?"; !contains(known, key))
        warn_(fmt::format("{}: nobody reads the key '{}'{}", where, key, line_of(pair.first)));
  }

  MapReader of(const YAML::Node& map) const { return {map, form_, warn_}; }
  const YAML::Node& map() const { return map_; }
  ModelForm form() const { return form_; }

 private:
  static std::string quoted(const char* key) { return fmt::format("\"{}\"", key); }

  YAML::Node map_;
  ModelForm form_;
  Warn warn_;
};

// Where a file is published

Result<Source> read_package_member(const MapReader& map, bool npm) {
  OCTET_ASSIGN(const std::string package, map.text("package"));
  OCTET_ASSIGN(const std::string version, map.text("version"));
  OCTET_ASSIGN(const std::string path, map.relative_path("path"));
  if (npm) return Source(NpmSource{package, version, path});
  return Source(WheelSource{package, version, path});
}

Result<Source> read_source(const MapReader& parent, const YAML::Node& node) {
  if (is_text(node)) return Source(UrlSource{node.Scalar()});
  const MapReader map = parent.of(node);
  OCTET_RETURN_IF_ERROR(map.check("a source"));
  OCTET_ASSIGN(const std::string kind, map.text("$type"));
  if (!contains(kSourceKinds, kind)) return malformed(fmt::format("Unknown \"$type\": \"{}\"", kind));
  if (kind == "google_drive") {
    OCTET_ASSIGN(const std::string id, map.text("id"));
    return Source(GoogleDriveSource{id});
  }
  if (kind == "npm" || kind == "wheel") return read_package_member(map, kind == "npm");
  OCTET_ASSIGN(const std::string url, map.text("url"));
  return Source(UrlSource{url});
}

// The source that must be there, then where the file came from, then what octet knows besides.
Result<std::vector<Source>> read_sources(const MapReader& file) {
  std::vector<Source> sources;
  if (!file.lacks_freely("source")) {
    OCTET_ASSIGN(const YAML::Node node, file.require("source"));
    OCTET_ASSIGN(Source source, within("\"source\"", read_source(file, node)));
    sources.push_back(std::move(source));
  }
  // The Open Model Zoo never looks at it, so that a wrong one is no fault of the model's.
  if (const YAML::Node original = file.find("original_source"); original.IsDefined())
    if (auto source = read_source(file, original); source.ok()) sources.push_back(std::move(source).value());
  OCTET_RETURN_IF_ERROR(file.each("sources", [&](const YAML::Node& node, std::size_t number) -> Status {
    OCTET_ASSIGN(Source source, within(fmt::format("\"sources\" #{}", number), read_source(file, node)));
    sources.push_back(std::move(source));
    return {};
  }));
  return sources;
}

// Files

Result<std::string> read_checksum(const MapReader& file) {
  if (file.lacks_freely("checksum")) return std::string();
  OCTET_ASSIGN(YAML::Node value, file.require("checksum"));
  if (value.IsMap()) {
    const MapReader map = file.of(value);
    OCTET_ASSIGN(const std::string kind, map.text("$type"));
    if (kind != "sha384") return malformed(fmt::format("Unknown \"$type\": \"{}\"", kind));
    OCTET_ASSIGN(value, map.require("value"));
  }
  if (!value.IsScalar()) return expected(value, "\"sha384\"", "a string");
  std::string digits = value.Scalar();  // of which all may be decimal
  for (char& c : digits) c = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  if (digits.size() != kSha384Digits || digits.find_first_not_of("0123456789abcdef") != std::string::npos)
    return malformed(fmt::format("\"sha384\": got invalid hash '{}'{}", value.Scalar(), line_of(value)));
  return digits;
}

Result<RemoteFile> read_file_body(const MapReader& map, const std::string& name) {
  RemoteFile file;
  file.name = name;
  if (!map.lacks_freely("size")) {
    OCTET_ASSIGN(file.size_bytes, map.count("size"));
  }
  OCTET_ASSIGN(file.sha384, within("\"checksum\"", read_checksum(map)));
  OCTET_ASSIGN(file.sources, read_sources(map));
  map.warn_of_other_keys(kFileKeys, name);
  return file;
}

// What octet does with a file, or with what lies in it once it is unpacked.
Status read_role(const MapReader& map, const RemoteFile& file, ZooModel& model) {
  if (!map.has("role")) return {};
  static constexpr std::string_view kRoles[] = {"source", "weights"};
  OCTET_ASSIGN(const std::string role, map.one_of("role", kRoles));
  std::string& target = role == "source" ? model.source_file : model.weights_file;
  if (!target.empty()) return malformed(fmt::format("more than one file has \"role: {}\"{}", role, line_of(map.find("role"))));
  target = file.name;
  if (map.has("member")) {
    OCTET_ASSIGN(const std::string member, map.relative_path("member"));
    target = (std::filesystem::path(file.name).parent_path() / member).string();
  }
  return {};
}

Status read_file(const MapReader& map, ZooModel& model) {
  OCTET_RETURN_IF_ERROR(map.check("\"files\""));
  OCTET_ASSIGN(const std::string name, map.relative_path("name"));
  OCTET_ASSIGN(RemoteFile file, within(fmt::format("In file \"{}\"", name), read_file_body(map, name)));
  if (std::ranges::any_of(model.files, [&](const RemoteFile& other) { return other.name == name; }))
    return malformed(fmt::format("Duplicate file name \"{}\"", name));
  if (auto status = read_role(map, file, model); !status.ok()) return in_context(fmt::format("In file \"{}\"", name), status.error());
  model.files.push_back(std::move(file));
  return {};
}

Status read_files(const MapReader& root, ZooModel& model) {
  if (root.lacks_freely("files") && root.has("model_info")) return {};  // says what a file does not that a person has
  OCTET_ASSIGN(const YAML::Node list, root.require("files"));
  OCTET_RETURN_IF_ERROR(root.each("files", [&](const YAML::Node& node, std::size_t) { return read_file(root.of(node), model); }));
  if (root.form() == ModelForm::kOctet && model.source_file.empty())
    return malformed("one file must have \"role: source\"" + line_of(list));
  return {};
}

// Post-processing

Result<Postprocessing> read_unpacking(const MapReader& map) {
  static constexpr std::string_view kFormats[] = {"zip", "tar", "gztar"};
  UnpackArchive step;
  OCTET_ASSIGN(step.file, map.relative_path("file"));
  OCTET_ASSIGN(const std::string format, map.one_of("format", kFormats));
  if (format == "tar") step.format = UnpackArchive::Format::kTar;
  if (format == "gztar") step.format = UnpackArchive::Format::kGzipTar;
  return Postprocessing(step);
}

Result<Postprocessing> read_replacement(const MapReader& map) {
  ReplaceText step;
  OCTET_ASSIGN(step.file, map.relative_path("file"));
  OCTET_ASSIGN(step.pattern, map.text("pattern"));
  OCTET_ASSIGN(step.replacement, map.text("replacement"));
  if (map.has("count")) {
    OCTET_ASSIGN(const std::int64_t count, map.count("count", std::numeric_limits<int>::max()));
    step.count = static_cast<int>(count);
  }
  return Postprocessing(step);
}

Result<Postprocessing> read_step(const MapReader& map) {
  OCTET_RETURN_IF_ERROR(map.check("a step"));
  OCTET_ASSIGN(const std::string kind, map.text("$type"));
  if (!contains(kPostprocessingKinds, kind)) return malformed(fmt::format("Unknown \"$type\": \"{}\"", kind));
  return kind == "unpack_archive" ? read_unpacking(map) : read_replacement(map);
}

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
  OCTET_RETURN_IF_ERROR(root.each("postprocessing", [&](const YAML::Node& node, std::size_t number) -> Status {
    OCTET_ASSIGN(Postprocessing step, within(fmt::format("\"postprocessing\" #{}", number), read_step(root.of(node))));
    model.postprocessing.push_back(std::move(step));
    return {};
  }));
  OCTET_RETURN_IF_ERROR(read_framework(root, model));
  OCTET_RETURN_IF_ERROR(root.each("input_info", [&](const YAML::Node& node, std::size_t) { return read_input(root.of(node), model); }));
  OCTET_RETURN_IF_ERROR(read_onnx_args(root, model));
  OCTET_RETURN_IF_ERROR(read_conversion(root, model));
  OCTET_RETURN_IF_ERROR(read_words(root, model));
  OCTET_RETURN_IF_ERROR(read_model_info_of(root, warn, model));
  OCTET_RETURN_IF_ERROR(read_own_keys(root, model));
  if (root.has("quantizable")) model.quantizable = root.find("quantizable").IsScalar() && root.find("quantizable").Scalar() == "true";
  root.warn_of_other_keys(kModelKeys, name);
  return model;
}

}  // namespace

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
  const MapReader root(node, form, warn);
  OCTET_RETURN_IF_ERROR(root.check("a model's description"));
  OCTET_RETURN_IF_ERROR(refuse_name_keys(root));
  return within(fmt::format("In model \"{}\"", name), read_model(root, name, warn));
}

Result<CompositeDescription> parse_composite_model(std::string_view yaml, const std::string& name) {
  OCTET_ASSIGN(const YAML::Node node, load_yaml(yaml));
  const MapReader root(node, ModelForm::kOpenModelZoo, {});
  OCTET_RETURN_IF_ERROR(root.check("a composite model's description"));
  CompositeDescription composite;
  composite.model.name = composite.model.composite_name = name;
  const auto read = [&]() -> Status {
    OCTET_RETURN_IF_ERROR(check_name(name));
    OCTET_RETURN_IF_ERROR(read_words(root, composite.model));
    return read_framework(root, composite.model);
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
