#include "data/dataset.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <optional>
#include <random>
#include <set>
#include <system_error>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "base/files.h"
#include "base/parse_number.h"
#include "base/random.h"
#include "data/coco_json.h"
#include "data/layout.h"
#include "data/list_pictures.h"
#include "data/words.h"
#include "image/formats.h"

namespace octet {
namespace fs = std::filesystem;
namespace {

// The number that a file is named by, alone or after COCO's prefix of 2014.
std::optional<std::int64_t> number_of_name(const fs::path& path) {
  const std::string stem = path.stem().string();
  std::string_view digits = stem;
  if (stem.starts_with("COCO_")) digits.remove_prefix(stem.rfind('_') + 1);
  const auto number = parse_number<std::int64_t>(digits);
  return number && *number >= 0 ? number : std::nullopt;
}

struct NamedPath {
  fs::path path, name;
};

std::vector<std::int64_t> ids_of(const std::vector<NamedPath>& files) {
  std::set<std::int64_t> numbers;
  std::vector<std::int64_t> ids;
  for (const NamedPath& file : files)
    if (const auto number = number_of_name(file.path); number && numbers.insert(*number).second) ids.push_back(*number);
  if (ids.size() == files.size()) return ids;
  ids.resize(files.size());
  std::iota(ids.begin(), ids.end(), std::int64_t{1});
  return ids;
}

void sort_by_id(ImageList& images) {
  std::vector<std::size_t> rows(images.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  const auto id_of = [&images](std::size_t row) { return images.id(row); };
  if (std::ranges::is_sorted(rows, {}, id_of)) return;
  std::ranges::sort(rows, {}, id_of);
  images = rows_of(images, rows);
}

// The ground truth of the images that are left.
void restrict_truth(Dataset& dataset) {
  ScratchVector<std::int64_t> kept;  // rising, as the images are
  for (std::size_t i = 0; i < dataset.images.size(); ++i) kept.push_back(dataset.images.id(i));
  restrict_to_images(dataset.truth, kept);
}

bool covers(std::int64_t count, const Dataset& dataset) { return count <= 0 || static_cast<std::uint64_t>(count) >= dataset.images.size(); }

// --- By annotations ---

// `name` inside `folder`. An absolute name must be that of a file below the folder, as both are written.
Result<fs::path> name_inside(const fs::path& folder, const std::string& name) {
  if (name.empty()) return Error{ErrorCode::kMalformed, "is missing, and nothing else names the picture"};
  if (!fs::path(name).is_absolute()) return fs::path(name);
  std::error_code failed;
  const fs::path relative = fs::path(name).lexically_normal().lexically_relative(fs::absolute(folder, failed).lexically_normal());
  if (failed || relative.empty() || *relative.begin() == "..")
    return Error{
        ErrorCode::kMalformed,
        fmt::format("is the absolute path '{}', which does not lie in {}; names are relative to that folder", name, folder.string())};
  return relative;
}

bool is_plain_name(std::string_view name) { return !name.empty() && name != "." && name != ".." && name.find('/') == name.npos; }

//   prefix   the folder as it stands before a name
Result<ImageEntry> entry_of(const fs::path& folder, const std::string& prefix, const CocoImage& image) {
  if (is_plain_name(image.file_name))  // as nearly all are: there may be millions
    return ImageEntry{image.id, prefix + image.file_name, image.width, image.height, image.file_name};
  OCTET_ASSIGN(const fs::path name, name_inside(folder, image.file_name));
  OCTET_ASSIGN(const fs::path path, path_inside(folder, name.string()));
  return ImageEntry{image.id, path.string(), image.width, image.height, name.lexically_normal().string()};
}

bool is_present(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

bool is_there(const ImageEntry& image) { return is_present(image.path); }

// kNotFound where no picture that is listed is there: names are then relative to another folder, or of other files.
Status expect_some(const Dataset& dataset) {
  const std::string folder = dataset.image_folder.string(), list = dataset.annotation_file.string();
  if (dataset.images.empty()) return Error{ErrorCode::kNotFound, list + ": lists no images"};
  if (std::ranges::any_of(dataset.images, is_there)) return {};
  const fs::path name = dataset.images[0].name;
  const bool is_without_folder = is_present(dataset.image_folder / name.filename());
  return Error{ErrorCode::kNotFound,
               fmt::format("{}: none of the {} images that {} lists is there, such as '{}'; names are relative to this folder{}", folder,
                           dataset.images.size(), list, name.string(),
                           is_without_folder ? ", in which there is a '" + name.filename().string() + "'" : "")};
}

// Calibration needs no annotations, and COCO's training part has a million.
Result<Dataset> open_annotated(const fs::path& image_folder, const fs::path& annotation_file, DataUse use) {
  std::error_code ignored;
  if (!fs::is_directory(image_folder, ignored)) return Error{ErrorCode::kNotFound, image_folder.string() + ": no such folder"};
  Dataset dataset{.image_folder = image_folder, .annotation_file = annotation_file, .images = {}, .truth = {}};
  if (use == DataUse::kCalibrate) {
    OCTET_ASSIGN(dataset.truth.images, read_coco_images(annotation_file));
  } else {
    OCTET_ASSIGN(dataset.truth, read_coco_annotations(annotation_file));
  }
  const std::string prefix = (image_folder / "").string();
  for (std::size_t i = 0; i < dataset.truth.images.size(); ++i) {
    OCTET_ASSIGN_AT(const ImageEntry entry, entry_of(image_folder, prefix, dataset.truth.images[i]),
                    fmt::format("{}: images[{}]: 'file_name'", annotation_file.string(), i));
    dataset.images.push_back(entry);
  }
  sort_by_id(dataset.images);
  OCTET_RETURN_IF_ERROR(expect_some(dataset));
  return dataset;
}

// --- By files ---

Status add_folder(const fs::path& folder, bool is_only_one, Dataset& dataset, std::vector<NamedPath>& found) {
  OCTET_ASSIGN(const FolderListing listing, list_pictures(folder));
  if (listing.pictures.empty())
    return Error{ErrorCode::kNotFound, fmt::format("{}: no picture in it ({})", folder.string(), picture_extensions())};
  for (const auto& [extension, count] : listing.others) dataset.other_files[extension] += count;
  const fs::path prefix = is_only_one ? fs::path() : (folder / "").lexically_normal().parent_path().filename();
  for (const fs::path& picture : listing.pictures) found.push_back({folder / picture, prefix / picture});
  return {};
}

// The whole path without what leads upwards, where the short names of two pictures are the same.
void tell_apart(std::vector<NamedPath>& pictures) {
  std::set<fs::path> names;
  for (const NamedPath& picture : pictures) names.insert(picture.name);
  if (names.size() == pictures.size()) return;
  for (NamedPath& picture : pictures) {
    picture.name.clear();
    for (const fs::path& part : picture.path.lexically_normal().relative_path())
      if (part != "..") picture.name /= part;
  }
}

Result<Dataset> open_pictures(const std::vector<fs::path>& paths) {
  Dataset dataset;
  std::vector<NamedPath> found;
  for (const fs::path& path : paths) {
    std::error_code ignored;
    if (fs::is_directory(path, ignored))
      OCTET_RETURN_IF_ERROR(add_folder(path, paths.size() == 1, dataset, found));
    else if (is_present(path))
      found.push_back({path, path.filename()});
    else
      return Error{ErrorCode::kNotFound, path.string() + ": no such picture or folder"};
  }
  if (found.empty()) return Error{ErrorCode::kInvalidArgument, "no pictures are named (--data DIR or --images PATH...)"};
  tell_apart(found);
  dataset.image_folder = found.front().path.parent_path();
  const std::vector<std::int64_t> ids = ids_of(found);
  for (std::size_t i = 0; i < found.size(); ++i) dataset.images.push_back({ids[i], found[i].path.string(), 0, 0, found[i].name.string()});
  sort_by_id(dataset.images);
  return dataset;
}

// --- Either ---

// Ids of some pictures by the list and of others by another rule could not be told apart, so they are taken for all or for none.
Status take_categories(Dataset& dataset, const fs::path& annotations) {
  OCTET_ASSIGN(CocoGroundTruth truth, read_coco_annotations(annotations));
  std::map<fs::path, std::int64_t> id_of;
  for (const CocoImage& image : truth.images) id_of.emplace(fs::path(image.file_name).lexically_normal(), image.id);
  const auto is_listed = [&](const ImageEntry& image) { return id_of.contains(image.name); };
  if (std::ranges::all_of(dataset.images, is_listed)) {
    change_rows(dataset.images, [&](ImageEntry& image) { image.id = id_of[image.name]; });
    sort_by_id(dataset.images);
  }
  dataset.truth.categories = std::move(truth.categories);
  dataset.annotation_file = annotations;
  return {};
}

Result<Dataset> open_listed(const DataSource& source, DataUse use) {
  if (!source.folder.empty()) {
    OCTET_ASSIGN(const DataPart part, use == DataUse::kDetect ? find_measured_part(source.folder) : find_calibration_part(source.folder));
    OCTET_ASSIGN(Dataset dataset, part.annotation_file.empty() ? open_pictures({part.image_folder})
                                                               : open_annotated(part.image_folder, part.annotation_file, use));
    if (const auto measured = find_measured_part(source.folder); measured.ok() && measured->image_folder != part.image_folder)
      dataset.measured_folder = measured->image_folder;
    return dataset;
  }
  if (source.annotations.empty()) return open_pictures(source.images);
  if (source.images.size() != 1) return Error{ErrorCode::kInvalidArgument, "annotations go with one folder of pictures (--images DIR)"};
  return open_annotated(source.images[0], source.annotations, use);
}

// Leaves out what is listed and not there, and says what is there and not listed.
void keep_present(Dataset& dataset, const Warn& warn) {
  const std::string folder = dataset.image_folder.string(), list = dataset.annotation_file.string();
  const std::size_t listed = dataset.images.size(), missing = erase_rows_if(dataset.images, std::not_fn(is_there));
  if (!warn) return;
  if (missing > 0)
    warn(fmt::format("{}: lists {}, {} of which {} not in {}", list, counted(listed, "image"), missing, missing == 1 ? "is" : "are",
                     folder));
  if (const std::size_t unlisted = unlisted_pictures(dataset).size(); unlisted > 0)
    warn(fmt::format("{}: does not list {} of the pictures in {}, which are left out", list, unlisted, folder));
}

}  // namespace

ImageEntry ImageList::operator[](std::size_t row) const {
  const std::string_view name = names_[row], other = other_paths_[row];
  return {ids_[row], other.empty() ? before_name_ + std::string(name) : std::string(other), sizes_[row].first, sizes_[row].second,
          std::string(name)};
}

void ImageList::push_back(const ImageEntry& image) {
  const std::string_view path = image.path;
  if (empty() && path.ends_with(image.name)) before_name_ = path.substr(0, path.size() - image.name.size());
  const bool is_as_before =
      path.size() == before_name_.size() + image.name.size() && path.starts_with(before_name_) && path.ends_with(image.name);
  ids_.push_back(image.id);
  sizes_.emplace_back(image.width, image.height);
  names_.push_back(image.name);
  other_paths_.push_back(is_as_before ? std::string_view() : path);
}

Result<Dataset> open_dataset(const DataSource& source, DataUse use, const Warn& warn) {
  OCTET_ASSIGN(Dataset dataset, open_listed(source, use));
  dataset.decode.apply_exif = source.apply_exif;
  if (use != DataUse::kDetect && !dataset.annotation_file.empty()) keep_present(dataset, warn);
  if (!source.categories.empty()) OCTET_RETURN_IF_ERROR(take_categories(dataset, source.categories));
  return dataset;
}

std::vector<fs::path> unlisted_pictures(const Dataset& dataset) {
  std::set<fs::path> listed;
  for (const ImageEntry& image : dataset.images) listed.insert(image.name);
  std::vector<fs::path> unlisted;
  if (const auto folder = list_pictures(dataset.image_folder); folder.ok())
    for (const fs::path& name : folder->pictures)
      if (!listed.contains(name)) unlisted.push_back(dataset.image_folder / name);
  return unlisted;
}

Dataset first_images(Dataset dataset, std::int64_t limit) {
  if (covers(limit, dataset)) return dataset;
  std::vector<std::size_t> rows(static_cast<std::size_t>(limit));
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  dataset.images = rows_of(dataset.images, rows);
  restrict_truth(dataset);
  return dataset;
}

Result<Dataset> annotated_images(Dataset dataset) {
  std::unordered_set<std::int64_t> annotated;
  for (const CocoAnnotation& annotation : dataset.truth.annotations) annotated.insert(annotation.image_id);
  erase_rows_if(dataset.images, [&](const ImageEntry& image) { return !annotated.contains(image.id); });
  if (dataset.images.empty()) {
    const fs::path& named = dataset.annotation_file.empty() ? dataset.image_folder : dataset.annotation_file;
    return Error{ErrorCode::kNotFound, named.string() + ": no picture with annotations is there"};
  }
  restrict_truth(dataset);
  return dataset;
}

Dataset random_subset(Dataset dataset, std::int64_t count, std::uint64_t seed) {
  if (covers(count, dataset)) return dataset;
  std::mt19937_64 random(seed);
  std::vector<std::size_t> rows(dataset.images.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) std::swap(rows[i], rows[i + draw_below(random, rows.size() - i)]);
  rows.resize(static_cast<std::size_t>(count));
  dataset.images = rows_of(dataset.images, rows);
  sort_by_id(dataset.images);
  restrict_truth(dataset);
  return dataset;
}

}  // namespace octet
