#include "data/annotation_faults.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <optional>
#include <ranges>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "base/scratch_vector.h"
#include "data/words.h"

namespace octet {
namespace {

bool is_inside(const BoxLtwh& box, double left, double top, double right, double bottom) {
  return box.left >= left && box.top >= top && box.left + box.width <= right && box.top + box.height <= bottom;
}

// Fractions have centre and size below 1, or left, top, width and height.
bool is_in_first_pixel(const BoxLtwh& box) { return is_inside({box.left, box.top, 0, 0}, 0, 0, 1, 1) && box.width <= 1 && box.height <= 1; }

bool is_outside(const BoxLtwh& box, ImageSize size) {
  constexpr double kSlack = 1;  // annotators round
  return size.width > 0 && size.height > 0 && !is_inside(box, -kSlack, -kSlack, size.width + kSlack, size.height + kSlack);
}

// A few boxes may lie so by chance.
constexpr std::int64_t kFewestInPercent = 5;
bool may_be_in_percent(const BoxLtwh& box, ImageSize size) {
  return size.width > 100 && size.height > 100 && is_inside({box.left, box.top, 0, 0}, 0, 0, 100, 100) && box.width <= 100 &&
         box.height <= 100;
}

// Images whose file one before them has.
std::int64_t shared_files(const ImageList& images) {
  const auto name_of = [&images](std::uint32_t row) { return images.name(row); };
  ScratchVector<std::uint32_t> rows(images.size());
  std::iota(rows.begin(), rows.end(), 0U);
  if (!std::ranges::is_sorted(rows, {}, name_of)) std::ranges::sort(rows, {}, name_of);
  std::int64_t shared = 0;
  for (std::size_t i = 1; i < rows.size(); ++i) shared += name_of(rows[i]) == name_of(rows[i - 1]);
  return shared;
}

// Sizes by id out of images by rising id. The last one is kept, as the objects of an image mostly stand together.
class ImageSizes {
 public:
  explicit ImageSizes(const ImageList& images) : images_(images) {}

  std::optional<ImageSize> find(std::int64_t id) {
    if (last_ && last_->first == id) return last_->second;
    const auto rows = std::views::iota(std::size_t{0}, images_.size());
    const auto row = std::ranges::lower_bound(rows, id, {}, [this](std::size_t at) { return images_.id(at); });
    if (row == rows.end() || images_.id(*row) != id) return std::nullopt;
    const ImageEntry image = images_[*row];
    last_ = {id, {image.width, image.height}};
    return last_->second;
  }

 private:
  const ImageList& images_;
  std::optional<std::pair<std::int64_t, ImageSize>> last_;
};

}  // namespace

bool AnnotationFaults::none() const {
  return outside + in_pixel + in_percent + of_no_image + of_no_category + with_id_0 + shared_files == 0;
}

AnnotationFaults find_annotation_faults(const Dataset& dataset) {
  AnnotationFaults faults;
  faults.shared_files = shared_files(dataset.images);
  ImageSizes sizes(dataset.images);
  std::unordered_set<std::int64_t> categories;
  for (const CocoCategory& category : dataset.truth.categories) categories.insert(category.id);
  for (const CocoAnnotation& annotation : dataset.truth.annotations) {
    faults.of_no_category += !categories.contains(annotation.category_id);
    faults.with_id_0 += annotation.id == 0;
    const auto size = sizes.find(annotation.image_id);
    if (!size) {
      ++faults.of_no_image;
      continue;
    }
    const BoxLtwh& box = annotation.box;
    ++faults.boxes;
    faults.without_area += box.width == 0 || box.height == 0;
    faults.in_pixel += is_in_first_pixel(box) && box.area() > 0;
    faults.outside += is_outside(box, *size);
    faults.in_percent += may_be_in_percent(box, *size);
  }
  if (faults.in_percent < std::max(faults.boxes, kFewestInPercent) || faults.in_pixel > 0) faults.in_percent = 0;
  return faults;
}

std::vector<std::string> remarks_on(const AnnotationFaults& faults, const Dataset& dataset) {
  std::vector<std::string> lines;
  const auto remark = [&](std::int64_t count, const std::string& words) {
    if (count > 0) lines.push_back(fmt::format("{}: {}", dataset.annotation_file.string(), words));
  };
  const auto boxes = [&](std::int64_t count, std::string_view singular, std::string_view plural) {
    return share_of(count, faults.boxes, "boxes", singular, plural);
  };
  remark(faults.in_pixel, boxes(faults.in_pixel, "lies", "lie") +
                              " within the first pixel of their picture; COCO's boxes are in pixels, are these fractions?");
  remark(faults.in_percent, "all boxes lie within the first 100 pixels of their pictures; COCO's boxes are in pixels, are these percent?");
  remark(faults.outside, boxes(faults.outside, "reaches", "reach") +
                             " outside their picture; COCO's boxes are left, top, width and height, are these two "
                             "corners, or a centre and a size?");
  remark(faults.without_area,
         boxes(faults.without_area, "has", "have") + " no width or no height, so that nothing that is found can match them");
  remark(faults.of_no_image, counted(faults.of_no_image, "annotation", "is", "are") + " of images that are not listed, and left out");
  remark(faults.of_no_category,
         counted(faults.of_no_category, "annotation", "is", "are") + " of categories that are not listed, and left out");
  remark(faults.with_id_0,
         "an annotation has the id 0, which COCO's code takes for none: what finds its object counts as wrong; number from 1");
  remark(faults.shared_files,
         share_of(faults.shared_files, dataset.images.size(), "images", "has", "have") + " the file_name of another one");
  remark(dataset.truth.annotations.empty() && !dataset.truth.images.empty(), "nothing is annotated, so there is no accuracy to measure");
  return lines;
}

}  // namespace octet
