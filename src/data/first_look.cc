#include "data/first_look.h"

#include <algorithm>
#include <optional>
#include <set>
#include <unordered_map>

#include <fmt/format.h>

#include "base/files.h"
#include "data/annotation_faults.h"
#include "data/picture_figures.h"
#include "data/words.h"
#include "image/exif.h"
#include "image/formats.h"

namespace octet {
namespace {

std::string place_of(const Dataset& dataset) {
  return (dataset.annotation_file.empty() ? dataset.image_folder : dataset.annotation_file).string();
}

// --- Files that were left out ---

std::string other_files_remark(const Dataset& dataset) {
  std::int64_t total = 0;
  std::string kinds;
  for (const auto& [extension, count] : dataset.other_files) {
    total += count;
    kinds += fmt::format("{}{} {}", kinds.empty() ? "" : ", ", count, extension.empty() ? "without extension" : extension);
  }
  if (total == 0) return {};
  return fmt::format("{}: {} left out that octet does not read: {}; it reads {}", dataset.image_folder.string(),
                     counted(total, "file", "is", "are"), kinds, picture_formats());
}

// --- Headers ---

struct Header {
  ImageSize size;  // as stored
  int orientation = 1;
};

std::optional<Header> header_of(const ImageEntry& image) {
  const auto file = MappedFile::open(image.path);
  if (!file.ok()) return std::nullopt;
  const auto size = image_size(file->bytes());
  if (!size.ok()) return std::nullopt;
  return Header{*size, exif_orientation(file->bytes())};
}

ImageSize turned(ImageSize size) { return {size.height, size.width}; }

// What is odd about pictures, by how many of those that were looked at.
class HeaderFaults {
 public:
  HeaderFaults(const Dataset& dataset, std::size_t most) : place_(place_of(dataset)), applies_exif_(dataset.decode.apply_exif) {
    for (const ImageEntry& image : spread_entries(dataset.images, most))
      if (const auto header = header_of(image)) look_at(image, *header);
  }

  std::vector<std::string> remarks() const {
    std::vector<std::string> lines;
    if (turned_by_exif_ > 0)
      lines.push_back(
          fmt::format("{}: {} on their side: the annotations are made for the EXIF orientation, which is not applied; "
                      "--exif applies it",
                      place_, share(turned_by_exif_, "lies", "lie")));
    if (unapplied_ > 0)
      lines.push_back(fmt::format("{}: {} an EXIF orientation, which is not applied; --exif turns pictures upright", place_,
                                  share(unapplied_, "has", "have")));
    if (swapped_ > 0)
      lines.push_back(fmt::format("{}: {} width and height swapped against what the annotations say (EXIF orientation {})", place_,
                                  share(swapped_, "has", "have"), applies_exif_ ? "applied: try without --exif" : "is not the reason"));
    if (other_size_ > 0)
      lines.push_back(
          fmt::format("{}: {} another size than the annotations say, such as {}", place_, share(other_size_, "has", "have"), example_));
    return lines;
  }

 private:
  void look_at(const ImageEntry& image, const Header& header) {
    ++looked_;
    const bool turns = swaps_sides(header.orientation);
    const ImageSize decoded = applies_exif_ ? upright_size(header.size, header.orientation) : header.size;
    const ImageSize listed{image.width, image.height};
    const bool is_listed = image.width > 0 && image.height > 0;
    if (is_listed && decoded != listed) {
      if (turned(decoded) != listed)
        note_other_size(image, decoded);
      else
        ++(turns && !applies_exif_ ? turned_by_exif_ : swapped_);
      return;
    }
    const bool is_told_by_size = is_listed && turns && header.size.width != header.size.height;  // annotated as it is stored
    if (header.orientation != 1 && !applies_exif_ && !is_told_by_size) ++unapplied_;
  }

  void note_other_size(const ImageEntry& image, ImageSize size) {
    if (other_size_++ == 0)
      example_ = fmt::format("{}: {} x {}, not {} x {}", image.name, size.width, size.height, image.width, image.height);
  }

  std::string share(std::int64_t count, std::string_view singular, std::string_view plural) const {
    return share_of(count, looked_, "pictures", singular, plural);
  }

  std::string place_;
  bool applies_exif_;
  std::int64_t looked_ = 0, turned_by_exif_ = 0, unapplied_ = 0, swapped_ = 0, other_size_ = 0;
  std::string example_;
};

}  // namespace

void look_first(const Dataset& dataset, const FirstLookOptions& options, const Warn& warn) {
  if (!warn) return;
  if (const std::string remark = other_files_remark(dataset); !remark.empty()) warn(remark);
  if (!options.calibrates)
    for (const std::string& remark : remarks_on(find_annotation_faults(dataset), dataset)) warn(remark);
  for (const std::string& remark : HeaderFaults(dataset, options.headers).remarks()) warn(remark);
  if (options.calibrates)
    for (const std::string& remark : calibration_remarks(dataset, options.threads)) warn(remark);
}

void look_first(const CocoGroundTruth& truth, const std::vector<CocoResult>& results, const Warn& warn) {
  std::unordered_map<std::int64_t, std::int64_t> boxes_of;
  for (const CocoResult& result : results) ++boxes_of[result.category_id];
  std::set<std::int64_t> unknown;
  for (const auto& [id, count] : boxes_of) unknown.insert(id);
  for (const CocoCategory& category : truth.categories) unknown.erase(category.id);
  std::int64_t boxes = 0;
  for (const std::int64_t id : unknown) boxes += boxes_of[id];
  if (!unknown.empty())
    warn(fmt::format("{} of categories that the annotations lack and {} for nothing: {}",
                     share_of(boxes, results.size(), "boxes", "is", "are"), boxes == 1 ? "counts" : "count",
                     first_few(std::vector<std::int64_t>(unknown.begin(), unknown.end()))));
  std::vector<std::string> missed;
  for (const CocoCategory& category : truth.categories)
    if (category.annotations > 0 && !boxes_of.contains(category.id)) missed.push_back(category.name);
  if (!missed.empty())
    warn(fmt::format("{} no box though annotated, which counts as an AP of 0: {}",
                     share_of(missed.size(), truth.categories.size(), "categories", "has", "have"), first_few(missed)));
}

}  // namespace octet
