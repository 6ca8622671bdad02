#include "data/dataset.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <random>
#include <set>
#include <system_error>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "base/files.h"
#include "base/random.h"
#include "data/coco_json.h"
#include "image/formats.h"

namespace octet {
namespace fs = std::filesystem;
namespace {

Status require_folder(const fs::path& dir, std::string_view expected) {
  std::error_code ignored;
  if (fs::is_directory(dir, ignored)) return {};
  return Error{ErrorCode::kNotFound, fmt::format("{}: no such folder; expected {}", dir.string(), expected)};
}

Result<std::vector<fs::path>> image_files(const fs::path& dir) {
  std::error_code failed;
  std::vector<fs::path> files;
  for (fs::directory_iterator at(dir, failed), end; !failed && at != end; at.increment(failed))
    if (is_picture_name(at->path())) files.push_back(at->path());
  if (failed) return Error{ErrorCode::kNotFound, fmt::format("{}: cannot be listed: {}", dir.string(), failed.message())};
  std::sort(files.begin(), files.end());
  return files;
}

// The number that a file is named by, or -1.
std::int64_t number_of_name(const fs::path& path) {
  const std::string stem = path.stem().string();
  std::int64_t number = -1;
  const auto [end, error] = std::from_chars(stem.data(), stem.data() + stem.size(), number);
  return error == std::errc() && end == stem.data() + stem.size() && number >= 0 ? number : -1;
}

std::vector<std::int64_t> ids_of(const std::vector<fs::path>& files) {
  std::vector<std::int64_t> ids;
  for (const fs::path& file : files) ids.push_back(number_of_name(file));
  const std::set<std::int64_t> distinct(ids.begin(), ids.end());
  if (distinct.size() != ids.size() || distinct.contains(-1)) std::iota(ids.begin(), ids.end(), std::int64_t{1});
  return ids;
}

void sort_by_id(std::vector<ImageEntry>& images) {
  std::sort(images.begin(), images.end(), [](const ImageEntry& a, const ImageEntry& b) { return a.id < b.id; });
}

// Drops every annotation, and every image of the ground truth, that is not of a listed image.
void restrict_truth(Dataset& dataset) {
  std::unordered_set<std::int64_t> kept;
  for (const ImageEntry& image : dataset.images) kept.insert(image.id);
  std::erase_if(dataset.truth.images, [&](const CocoImage& image) { return !kept.contains(image.id); });
  std::erase_if(dataset.truth.annotations, [&](const CocoAnnotation& annotation) { return !kept.contains(annotation.image_id); });
}

bool covers(std::int64_t count, const Dataset& dataset) { return count <= 0 || static_cast<std::uint64_t>(count) >= dataset.images.size(); }

}  // namespace

Result<Dataset> open_coco(const fs::path& dir, const std::string& split) {
  const std::string layout = fmt::format("COCO's layout: {}/ and annotations/instances_{}.json", split, split);
  OCTET_RETURN_IF_ERROR(require_folder(dir, layout));
  Dataset dataset{
      .image_folder = dir / split, .annotation_file = dir / "annotations" / ("instances_" + split + ".json"), .images = {}, .truth = {}};
  OCTET_RETURN_IF_ERROR(require_folder(dataset.image_folder, layout));
  OCTET_ASSIGN(dataset.truth, read_coco_annotations(dataset.annotation_file));
  for (std::size_t i = 0; i < dataset.truth.images.size(); ++i) {
    const CocoImage& image = dataset.truth.images[i];
    OCTET_ASSIGN_AT(fs::path path, path_inside(dataset.image_folder, image.file_name),
                    fmt::format("{}: images[{}]: 'file_name'", dataset.annotation_file.string(), i));
    dataset.images.push_back({image.id, std::move(path), image.width, image.height});
  }
  sort_by_id(dataset.images);
  return dataset;
}

Result<Dataset> open_image_folder(const fs::path& dir) {
  OCTET_RETURN_IF_ERROR(require_folder(dir, "a folder of pictures: " + picture_formats()));
  OCTET_ASSIGN(const std::vector<fs::path> files, image_files(dir));
  if (files.empty()) return Error{ErrorCode::kNotFound, fmt::format("{}: no picture in it ({})", dir.string(), picture_extensions())};
  const std::vector<std::int64_t> ids = ids_of(files);
  Dataset dataset{.image_folder = dir, .annotation_file = {}, .images = {}, .truth = {}};
  for (std::size_t i = 0; i < files.size(); ++i) dataset.images.push_back({ids[i], files[i], 0, 0});
  sort_by_id(dataset.images);
  return dataset;
}

Result<Dataset> open_calibration_images(const fs::path& dir) {
  OCTET_RETURN_IF_ERROR(require_folder(dir, "COCO's layout: train2017/ or val2017/"));
  std::error_code ignored;
  const bool has_train = fs::is_directory(dir / "train2017", ignored);
  return open_image_folder(dir / (has_train ? "train2017" : "val2017"));
}

Dataset first_images(Dataset dataset, std::int64_t limit) {
  if (covers(limit, dataset)) return dataset;
  dataset.images.resize(static_cast<std::size_t>(limit));
  restrict_truth(dataset);
  return dataset;
}

Dataset random_subset(Dataset dataset, std::int64_t count, std::uint64_t seed) {
  if (covers(count, dataset)) return dataset;
  std::mt19937_64 random(seed);
  auto& images = dataset.images;
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) std::swap(images[i], images[i + draw_below(random, images.size() - i)]);
  images.resize(static_cast<std::size_t>(count));
  sort_by_id(images);
  restrict_truth(dataset);
  return dataset;
}

}  // namespace octet
