#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <unordered_map>
#include <vector>

#include <fmt/format.h>

#include "base/files.h"
#include "base/parse_number.h"
#include "base/quoted_name.h"
#include "data/labels/class_hierarchy.h"
#include "data/labels/csv.h"
#include "data/labels/label_format.h"
#include "data/list_pictures.h"
#include "data/words.h"
#include "image/decode.h"

namespace octet {
namespace fs = std::filesystem;
namespace {

bool contains(std::string_view text, std::string_view word) { return text.find(word) != std::string_view::npos; }

// Files lie in the folder, or in annotations/ as other tools export them.
std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code ignored;
  for (const fs::path& place : {folder, folder / "annotations"})
    for (const auto& entry : fs::directory_iterator(place, ignored))
      if (entry.is_regular_file(ignored)) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

bool is_csv(const fs::path& path) { return path.extension() == ".csv"; }
bool holds_boxes(const fs::path& path) { return is_csv(path) && contains(path.filename().string(), "bbox"); }
bool holds_labels(const fs::path& path) { return is_csv(path) && contains(path.filename().string(), "imagelabels"); }
bool holds_names(const fs::path& path) {
  const std::string name = path.filename().string();
  return is_csv(path) && (contains(name, "class-descriptions") || contains(name, "classes-description"));
}
bool holds_hierarchy(const fs::path& path) { return path.filename().string().ends_with("hierarchy.json"); }

// The one file of its kind; empty where there is none.
template <typename Wanted>
Result<fs::path> the_file(const std::vector<fs::path>& files, Wanted wanted) {
  fs::path found;
  for (const fs::path& file : files) {
    if (!wanted(file)) continue;
    if (!found.empty())
      return Error{ErrorCode::kMalformed, fmt::format("{} and {} are of one kind; leave one of them there", found.string(), file.string())};
    found = file;
  }
  return found;
}

struct Files {
  fs::path boxes, labels, names, hierarchy, pictures;
};

Result<fs::path> picture_folder(const fs::path& folder, std::string_view part) {
  const std::string long_part = part == "val" ? "validation" : std::string(part);
  std::error_code ignored;
  for (const fs::path& place :
       {folder / long_part, folder / part, folder / "images" / long_part, folder / "images" / part, folder / "images"})
    if (fs::is_directory(place, ignored)) return place;
  return Error{ErrorCode::kNotFound, fmt::format("{}: has no folder {}/ or images/ with the pictures", folder.string(), long_part)};
}

Result<Files> find_files(const fs::path& folder, std::string_view part) {
  const std::vector<fs::path> all = files_in(folder);
  const auto of_part = [part](auto kind) {
    return [part, kind](const fs::path& path) { return kind(path) && contains(path.filename().string(), part); };
  };
  Files files;
  OCTET_ASSIGN(files.boxes, the_file(all, of_part(holds_boxes)));
  OCTET_ASSIGN(files.labels, the_file(all, of_part(holds_labels)));
  OCTET_ASSIGN(files.names, the_file(all, holds_names));
  OCTET_ASSIGN(files.hierarchy, the_file(all, holds_hierarchy));
  if (files.boxes.empty())
    return Error{ErrorCode::kNotFound,
                 fmt::format("{}: has no file of boxes of '{}', such as {}-annotations-bbox.csv", folder.string(), part, part)};
  if (files.names.empty()) return Error{ErrorCode::kNotFound, folder.string() + ": has no class-descriptions.csv"};
  OCTET_ASSIGN(files.pictures, picture_folder(folder, part));
  return files;
}

// A box of one class, as a file has it: fractions of the picture.
struct Row {
  std::size_t image = 0;
  std::string label;
  double x0 = 0, y0 = 0, x1 = 0, y1 = 0;
  bool is_group = false;
};

Result<double> read_fraction(const std::string& field, std::string_view name) {
  const auto number = parse_number<double>(field);
  if (!number || !std::isfinite(*number) || *number < 0 || *number > 1)
    return Error{ErrorCode::kMalformed, fmt::format("'{}' is {}, expected 0 to 1", name, in_quotes(field))};
  return *number;
}

// 1 or 0, or -1 where it is not known; or as Python writes truth values, or pandas numbers of a column in which some are missing.
Result<bool> read_flag(const std::string& field, std::string_view name) {
  const auto number = parse_number<double>(field);
  if (number == 1 || field == "True") return true;
  if (number == 0 || number == -1 || field == "False") return false;
  return Error{ErrorCode::kMalformed, fmt::format("'{}' is {}, expected 1, 0 or -1", name, in_quotes(field))};
}

class OpenImages {
 public:
  explicit OpenImages(Files files) : files_(std::move(files)) {}

  Result<LabelledPictures> read(const Warn& warn) {
    OCTET_RETURN_IF_ERROR(list_images());
    if (!files_.hierarchy.empty()) {
      OCTET_ASSIGN(hierarchy_, read_class_hierarchy(files_.hierarchy));
    }
    OCTET_RETURN_IF_ERROR(read_boxes());
    OCTET_RETURN_IF_ERROR(read_names());
    OCTET_RETURN_IF_ERROR(add_boxes());
    if (!files_.labels.empty()) OCTET_RETURN_IF_ERROR(read_labels());
    if (warn) say_what_is_missing(warn);
    return std::move(labelled_);
  }

 private:
  CocoGroundTruth& truth() { return labelled_.truth; }

  Status list_images() {
    labelled_.image_folder = files_.pictures;
    OCTET_ASSIGN(const FolderListing listing, list_pictures(files_.pictures));
    for (const fs::path& name : listing.pictures) {
      OCTET_ASSIGN(const MappedFile file, MappedFile::open(files_.pictures / name));
      OCTET_ASSIGN_AT(const ImageSize size, image_size(file.bytes()), (files_.pictures / name).string());
      const auto id = static_cast<std::int64_t>(truth().images.size()) + 1;
      const auto [other, is_new] = image_of_.emplace(name.stem().string(), truth().images.size());
      if (!is_new)
        return Error{ErrorCode::kMalformed, fmt::format("{}: {} and {} are of one ImageID; leave one of them there",
                                                        files_.pictures.string(), truth().images[other->second].file_name, name.string())};
      truth().images.push_back({id, name.string(), size.width, size.height});
      truth().verifications.push_back({id, {}, {}});
    }
    return {};
  }

  Status read_boxes() {
    constexpr std::array<std::string_view, 7> kColumns = {"ImageID", "LabelName", "XMin", "XMax", "YMin", "YMax", "IsGroupOf"};
    return read_csv(files_.boxes, kColumns, [&](std::span<const std::string> fields) -> Status {
      const auto image = image_of_.find(fields[0]);
      if (image == image_of_.end()) {
        absent_.insert(fields[0]);
        return {};
      }
      Row row{.image = image->second, .label = fields[1]};
      OCTET_ASSIGN(row.is_group, read_flag(fields[6], kColumns[6]));
      OCTET_ASSIGN(row.x0, read_fraction(fields[2], kColumns[2]));
      OCTET_ASSIGN(row.x1, read_fraction(fields[3], kColumns[3]));
      OCTET_ASSIGN(row.y0, read_fraction(fields[4], kColumns[4]));
      OCTET_ASSIGN(row.y1, read_fraction(fields[5], kColumns[5]));
      if (row.x1 < row.x0 || row.y1 < row.y0) return Error{ErrorCode::kMalformed, "the box ends before it begins"};
      boxed_.insert(row.label);
      rows_.push_back(std::move(row));
      return {};
    });
  }

  // Of the classes that have boxes or a place in the hierarchy, in the order of the file: 20,000 others have labels of whole images alone.
  Status read_names() {
    return read_csv_rows(files_.names, [&](std::span<const std::string> fields) -> Status {
      if (fields.size() < 2) return Error{ErrorCode::kMalformed, "has no name beside the class"};
      if (!boxed_.contains(fields[0]) && !hierarchy_.above.contains(fields[0])) return {};
      if (category_of_.contains(fields[0])) return Error{ErrorCode::kMalformed, fmt::format("{} is there before", in_quotes(fields[0]))};
      category_of_[fields[0]] = truth().categories.size();
      truth().categories.push_back({static_cast<std::int64_t>(truth().categories.size()) + 1, fields[1]});
      return {};
    });
  }

  // An object is one of each class above its own as well.
  Status add_boxes() {
    for (const Row& row : rows_) {
      if (!category_of_.contains(row.label))
        return Error{ErrorCode::kMalformed,
                     fmt::format("{}: lacks the class {}, of which there are boxes", files_.names.string(), in_quotes(row.label))};
      add_box(row, row.label);
      for (const std::string& above : hierarchy_.above[row.label]) add_box(row, above);
    }
    return {};
  }

  void add_box(const Row& row, const std::string& label) {
    const auto category = category_of_.find(label);
    if (category == category_of_.end()) return;
    const CocoImage image = truth().images[row.image];
    const BoxLtwh box{row.x0 * image.width, row.y0 * image.height, (row.x1 - row.x0) * image.width, (row.y1 - row.y0) * image.height};
    const auto id = static_cast<std::int64_t>(truth().annotations.size()) + 1;
    truth().annotations.push_back({id, image.id, truth().categories[category->second].id, box, box.area(), row.is_group});
    ++truth().categories[category->second].annotations;
  }

  // What is in an image is of the classes above as well; of what is not, the classes below are not either. Both were looked for, so that
  // what is found of them without a box is wrong. Labels between 0 and 1 are guesses of a machine.
  Status read_labels() {
    constexpr std::array<std::string_view, 3> kColumns = {"ImageID", "LabelName", "Confidence"};
    return read_csv(files_.labels, kColumns, [&](std::span<const std::string> fields) -> Status {
      const auto image = image_of_.find(fields[0]);
      OCTET_ASSIGN(const double confidence, read_fraction(fields[2], kColumns[2]));
      if (image == image_of_.end() || (confidence != 0 && confidence != 1)) return {};
      add_label(image->second, fields[1]);
      const auto& others = confidence == 1 ? hierarchy_.above : hierarchy_.below;
      if (const auto found = others.find(fields[1]); found != others.end())
        for (const std::string& other : found->second) add_label(image->second, other);
      return {};
    });
  }

  void add_label(std::size_t image, const std::string& label) {
    const auto category = category_of_.find(label);
    if (category == category_of_.end()) return;
    const std::int64_t id = truth().categories[category->second].id;
    std::vector<std::int64_t>& ids = truth().verifications[image].absent;
    if (const auto place = std::ranges::lower_bound(ids, id); place == ids.end() || *place != id) ids.insert(place, id);
  }

  void say_what_is_missing(const Warn& warn) const {
    if (!absent_.empty())
      warn(fmt::format("{}: leaves out {} that {} lacks", files_.boxes.string(), counted(absent_.size(), "picture"),
                       files_.pictures.string()));
    if (files_.labels.empty())
      warn(fmt::format("{}: has no file of image labels beside it, so that only classes with boxes are judged in a picture",
                       files_.boxes.string()));
    if (files_.hierarchy.empty())
      warn(fmt::format("{}: has no hierarchy.json beside it, so that objects are of their own class alone", files_.boxes.string()));
  }

  Files files_;
  ClassHierarchy hierarchy_;
  LabelledPictures labelled_;
  std::unordered_map<std::string, std::size_t> image_of_;  // by its name without extension
  std::map<std::string, std::size_t> category_of_;         // by OpenImages' name of the class
  std::set<std::string> boxed_, absent_;
  std::vector<Row> rows_;
};

}  // namespace

bool is_openimages(const fs::path& folder) {
  const std::vector<fs::path> files = files_in(folder);
  return std::ranges::any_of(files, holds_boxes) && std::ranges::any_of(files, holds_names);
}

Result<LabelledPictures> read_openimages(const fs::path& folder, std::string_view part, const Warn& warn) {
  OCTET_ASSIGN(Files files, find_files(folder, part));
  return OpenImages(std::move(files)).read(warn);
}

}  // namespace octet
