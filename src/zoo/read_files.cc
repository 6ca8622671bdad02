#include "zoo/read_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "model/yaml.h"

namespace octet::zoo {
namespace {

constexpr std::size_t kSha384Digits = 96;
constexpr std::string_view kSourceKinds[] = {"file", "google_drive", "http", "npm", "wheel"};
constexpr std::string_view kPostprocessingKinds[] = {"regex_replace", "unpack_archive"};
constexpr std::string_view kFileKeys[] = {"checksum", "member", "name", "original_source", "role", "size", "source", "sources"};

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

}  // namespace

Status read_files(const MapReader& root, ZooModel& model) {
  if (root.lacks_freely("files") && root.has("model_info")) return {};  // says what a file does not that a person has
  OCTET_ASSIGN(const YAML::Node list, root.require("files"));
  OCTET_RETURN_IF_ERROR(root.each("files", [&](const YAML::Node& node, std::size_t) { return read_file(root.of(node), model); }));
  if (root.form() == ModelForm::kOctet && model.source_file.empty())
    return malformed("one file must have \"role: source\"" + line_of(list));
  return {};
}

Status read_postprocessing(const MapReader& root, ZooModel& model) {
  return root.each("postprocessing", [&](const YAML::Node& node, std::size_t number) -> Status {
    OCTET_ASSIGN(Postprocessing step, within(fmt::format("\"postprocessing\" #{}", number), read_step(root.of(node))));
    model.postprocessing.push_back(std::move(step));
    return {};
  });
}

}  // namespace octet::zoo
