#include "data/layout.h"

#include <array>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <system_error>
#include <vector>

#include <fmt/format.h>

namespace octet {
namespace fs = std::filesystem;
namespace {

constexpr std::array kMeasuredParts = {"val2017", "val2014", "val", "valid", "validation", "default", "test"};
constexpr std::array kTrainingParts = {"train2017", "train2014", "train", "training"};
constexpr const char* kAnnotationsBesidePictures = "_annotations.coco.json";

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

// The first folder in which the pictures of a part may lie by its name; empty if there is none.
fs::path own_folder(const fs::path& dir, const std::string& part) {
  for (const fs::path& folder : {dir / part, dir / "images" / part})
    if (is_folder(folder)) return folder;
  return {};
}

// The file, or the same packed, as data/file_text.h unpacks it; empty if there is none.
fs::path packed_or_not(const fs::path& file) {
  for (const char* packed : {"", ".gz", ".zst"})
    if (const fs::path path = file.string() + packed; is_file(path)) return path;
  return {};
}

fs::path without_packing(const fs::path& file) {
  const fs::path packing = file.extension();
  return packing == ".gz" || packing == ".zst" ? fs::path(file).replace_extension() : file;
}

// The annotations of a part; empty if there are none.
fs::path annotations_of(const fs::path& dir, const std::string& part) {
  const fs::path own = packed_or_not(dir / "annotations" / ("instances_" + part + ".json"));
  return own.empty() ? packed_or_not(dir / part / kAnnotationsBesidePictures) : own;
}

// A part with annotations, whose pictures may also lie in the one folder images/. Its folder is empty if none is there.
std::optional<DataPart> annotated_part(const fs::path& dir, const std::string& part) {
  const fs::path annotations = annotations_of(dir, part);
  if (annotations.empty()) return std::nullopt;
  const fs::path own = own_folder(dir, part), shared = dir / "images";
  return DataPart{own.empty() && is_folder(shared) ? shared : own, annotations};
}

// The first of the parts that has a folder of its own, with its annotations if it has some.
std::optional<DataPart> part_with_folder(const fs::path& dir, std::span<const char* const> names) {
  for (const char* name : names)
    if (const fs::path folder = own_folder(dir, name); !folder.empty()) return DataPart{folder, annotations_of(dir, name)};
  return std::nullopt;
}

// The NAME of annotations/instances_NAME.json where there is one such file, of a part that is not for training.
std::string only_other_part(const fs::path& dir) {
  constexpr std::string_view kPrefix = "instances_";
  std::set<std::string> names;
  std::error_code failed;
  for (fs::directory_iterator at(dir / "annotations", failed), end; !failed && at != end; at.increment(failed)) {
    const fs::path file = without_packing(at->path());
    const std::string stem = file.stem().string();
    if (file.extension() == ".json" && stem.starts_with(kPrefix) && !stem.starts_with("instances_train"))
      names.insert(stem.substr(kPrefix.size()));
  }
  return names.size() == 1 ? *names.begin() : std::string();
}

std::optional<DataPart> measured_part(const fs::path& dir) {
  for (const char* name : kMeasuredParts)
    if (auto part = annotated_part(dir, name)) return part;
  if (const fs::path file = packed_or_not(dir / kAnnotationsBesidePictures); !file.empty()) return DataPart{dir, file};
  const std::string other = only_other_part(dir);
  return other.empty() ? std::nullopt : annotated_part(dir, other);
}

}  // namespace

Result<DataPart> find_measured_part(const fs::path& dir) {
  if (!is_folder(dir)) return Error{ErrorCode::kNotFound, dir.string() + ": no such folder"};
  const auto part = measured_part(dir);
  if (!part)
    return Error{ErrorCode::kNotFound,
                 fmt::format("{}: no annotations; expected annotations/instances_val2017.json and val2017/ (COCO), "
                             "valid/_annotations.coco.json (Roboflow) or annotations/instances_default.json and images/ (CVAT)",
                             dir.string())};
  if (part->image_folder.empty())
    return Error{ErrorCode::kNotFound,
                 fmt::format("{}: no folder of pictures beside it; expected {} or images/", part->annotation_file.string(),
                             without_packing(part->annotation_file).stem().string().substr(std::string_view("instances_").size()) + "/")};
  return *part;
}

Result<DataPart> find_calibration_part(const fs::path& dir) {
  if (auto training = part_with_folder(dir, kTrainingParts)) return *training;
  auto measured = find_measured_part(dir);
  if (measured.ok()) return measured;
  if (auto pictures = part_with_folder(dir, kMeasuredParts)) return *pictures;
  return measured;
}

}  // namespace octet
