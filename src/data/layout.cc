#include "data/layout.h"

#include <array>
#include <optional>
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

// The annotations of a part; empty if there are none.
fs::path annotations_of(const fs::path& dir, const std::string& part) {
  for (const fs::path& file : {dir / "annotations" / ("instances_" + part + ".json"), dir / part / kAnnotationsBesidePictures})
    if (is_file(file)) return file;
  return {};
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
  std::vector<std::string> names;
  std::error_code failed;
  for (fs::directory_iterator at(dir / "annotations", failed), end; !failed && at != end; at.increment(failed)) {
    const std::string stem = at->path().stem().string();
    if (at->path().extension() == ".json" && stem.starts_with(kPrefix) && !stem.starts_with("instances_train"))
      names.push_back(stem.substr(kPrefix.size()));
  }
  return names.size() == 1 ? names[0] : std::string();
}

std::optional<DataPart> measured_part(const fs::path& dir) {
  for (const char* name : kMeasuredParts)
    if (auto part = annotated_part(dir, name)) return part;
  if (is_file(dir / kAnnotationsBesidePictures)) return DataPart{dir, dir / kAnnotationsBesidePictures};
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
                             part->annotation_file.stem().string().substr(std::string_view("instances_").size()) + "/")};
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
