#include "eval/by_category.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

#include "base/parallel.h"
#include "eval/id_index.h"

namespace octet {
namespace {

template <typename Ids>
Ids sorted(Ids ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

// Where a box belongs; one whose category is kNone to nothing.
struct BoxPlace {
  std::uint32_t image = 0, category = IdIndex::kNone;
};

// Numbers of boxes by category and then by image, otherwise in their order.
struct ByCategory {
  ScratchVector<BoxPlace> places;      // of every box
  ScratchVector<std::uint32_t> order;  // of those that belong to something
  ScratchVector<std::size_t> begin;    // of each category in `order`, and the end of the last one

  std::span<const std::uint32_t> of(std::size_t category) const {
    return std::span(order).subspan(begin[category], begin[category + 1] - begin[category]);
  }
};

// Where each key's numbers begin in the order that a stable sort by `key_of`, below `count`, gives, and the end of the last one's.
template <typename KeyOf>
ScratchVector<std::size_t> begins_of(std::span<const std::uint32_t> numbers, std::size_t count, KeyOf key_of) {
  ScratchVector<std::size_t> begins(count + 1);
  for (const std::uint32_t i : numbers) ++begins[key_of(i) + 1];
  std::partial_sum(begins.begin(), begins.end(), begins.begin());
  return begins;
}

template <typename KeyOf>
ScratchVector<std::uint32_t> sorted_by(std::span<const std::uint32_t> numbers, ScratchVector<std::size_t> begins, KeyOf key_of) {
  ScratchVector<std::uint32_t> sorted(numbers.size());
  for (const std::uint32_t i : numbers) sorted[begins[key_of(i)]++] = i;
  return sorted;
}

// Counts instead of comparing, so that it takes linear time.
ByCategory group(ScratchVector<BoxPlace> places, const CocoIds& ids) {
  ScratchVector<std::uint32_t> numbers;
  numbers.reserve(places.size());
  for (std::size_t i = 0; i < places.size(); ++i)
    if (places[i].category != IdIndex::kNone) numbers.push_back(static_cast<std::uint32_t>(i));
  const auto image_of = [&](std::uint32_t i) { return places[i].image; };
  const auto category_of = [&](std::uint32_t i) { return places[i].category; };
  numbers = sorted_by(numbers, begins_of(numbers, ids.image_ids.size(), image_of), image_of);
  ScratchVector<std::size_t> begins = begins_of(numbers, ids.category_ids.size(), category_of);
  numbers = sorted_by(numbers, begins, category_of);
  return {std::move(places), std::move(numbers), std::move(begins)};
}

Result<ByCategory> found_by_category(std::span<const CocoResult> results, const CocoIds& ids) {
  const IdIndex images(ids.image_ids), categories(ids.category_ids);
  ScratchVector<BoxPlace> places(results.size());
  for (std::size_t i = 0; i < results.size(); ++i) {
    const CocoResult& result = results[i];
    const std::uint32_t image = images.find(result.image_id);
    if (image == IdIndex::kNone) return unlisted_image(i, result);
    if (!std::isnan(result.score)) places[i] = {image, categories.find(result.category_id)};
  }
  return group(std::move(places), ids);
}

// How many of the boxes found, by rising image, are of images of which there may be no more; all where they are of one image.
std::size_t end_of_images(const std::vector<FoundBox>& found) {
  const auto same =
      std::ranges::find_if(found.rbegin(), found.rend(), [&](const FoundBox& box) { return box.image != found.back().image; });
  return static_cast<std::size_t>(found.rend() - same);
}

// The boxes of the category that a thread is at; their memory is kept from one to the next.
struct Scratch {
  std::vector<TruthBox> truth;
  std::vector<FoundBox> found;
};

}  // namespace

std::string name_of_category(const CocoGroundTruth& truth, std::int64_t id) {
  const auto at = std::find_if(truth.categories.begin(), truth.categories.end(), [&](const CocoCategory& c) { return c.id == id; });
  return at != truth.categories.end() ? at->name : std::string();
}

CocoIds ids_of(const CocoGroundTruth& truth) {
  ScratchVector<std::int64_t> images(truth.images.size());
  std::vector<std::int64_t> categories(truth.categories.size());
  for (std::size_t i = 0; i < images.size(); ++i) images[i] = truth.images.id(i);
  std::ranges::transform(truth.categories, categories.begin(), &CocoCategory::id);
  return {sorted(std::move(images)), sorted(std::move(categories))};
}

Error unlisted_image(std::size_t index, const CocoResult& result) {
  return {ErrorCode::kMalformed, "result " + std::to_string(index) + " is of image " + std::to_string(result.image_id) +
                                     ", which the annotations do not list; are they of the same data set?"};
}

TruthBoxes::TruthBoxes(const CocoGroundTruth& truth, const CocoIds& ids) : truth_(truth) {
  const IdIndex images(ids.image_ids), categories(ids.category_ids);
  ScratchVector<BoxPlace> places(truth.annotations.size());
  for (std::size_t i = 0; i < places.size(); ++i) {
    const std::uint32_t image = images.find(truth.annotations[i].image_id);
    if (image != IdIndex::kNone) places[i] = {image, categories.find(truth.annotations[i].category_id)};
  }
  ByCategory grouped = group(std::move(places), ids);
  order_ = std::move(grouped.order);
  begin_ = std::move(grouped.begin);
  image_.reserve(grouped.places.size());
  for (const BoxPlace& place : grouped.places) image_.push_back(place.image);
}

void TruthBoxes::read(std::size_t category, ImageRange images, std::vector<TruthBox>& boxes) {
  boxes.clear();
  const auto all = std::span(order_).subspan(begin_[category], begin_[category + 1] - begin_[category]);
  const auto first = std::ranges::lower_bound(all, images.begin, {}, [this](std::uint32_t i) { return image_[i]; });
  for (auto at = first; at != all.end() && image_[*at] < images.end; ++at) {
    const CocoAnnotation& object = truth_.annotations[*at];
    boxes.push_back({image_[*at], object.box, object.area, object.is_crowd, object.id != 0});
  }
}

Result<FoundBoxes> FoundBoxes::of(const ResultSource& results, const CocoIds& ids) {
  OCTET_RETURN_IF_ERROR(check_images(results, ids.image_ids));
  const IdIndex categories(ids.category_ids);
  FoundBoxes found(ids.category_ids.size());
  std::vector<CocoResult> in_image;
  std::uint32_t image = 0;
  for (std::size_t place = 0; place < results.image_ids().size(); ++place) {
    while (ids.image_ids[image] != results.image_ids()[place]) ++image;
    results.read(place, in_image);
    for (const CocoResult& result : in_image)
      if (const std::uint32_t category = categories.find(result.category_id); category != IdIndex::kNone && !std::isnan(result.score))
        found.lists_.add(category, {image, result.box, result.score});
  }
  return found;
}

void FoundBoxes::for_each_piece(std::size_t category, AnnotatedBoxes& truth, PieceVisitor visit, std::size_t most) const {
  std::vector<FoundBox> found;
  std::vector<TruthBox> annotated;
  ImageRange images{0, 0};
  const std::size_t count = lists_.count(category);
  std::size_t at = 0, wanted = most;
  while (images.end != UINT32_MAX) {
    lists_.read(found, category, at, std::min(wanted, count - at));
    if (const bool is_last = at + found.size() == count; is_last) {
      images = {images.end, UINT32_MAX};
    } else if (const std::size_t whole = end_of_images(found); whole > 0) {
      images = {images.end, found[whole].image};
      found.resize(whole);
    } else {
      wanted *= 2;
      continue;
    }
    at += found.size();
    wanted = most;
    truth.read(category, images, annotated);
    visit(annotated, found);
  }
}

std::size_t end_of_batch(const FoundBoxes& found, std::size_t begin) {
  std::size_t boxes = 0, end = begin;
  while (end < found.categories() && (end == begin || boxes + found.count(end) <= kBoxesTogether)) boxes += found.count(end++);
  return end;
}

void match_by_category(AnnotatedBoxes& truth, const FoundBoxes& found, const CocoIds& ids, int threads, const MatchSettings& settings,
                       const AdjustCategory& adjust, MatchesVisitor visit) {
  const auto match = [&](std::size_t category) {
    CategoryMatches matches;
    AdjustMatches adjust_matches;
    if (adjust) adjust_matches = [&, id = ids.category_ids[category]](std::span<MatchedDetection> some) { adjust(id, some); };
    found.for_each_piece(category, truth, [&](std::span<const TruthBox> truth_boxes, std::span<const FoundBox> found_boxes) {
      match_piece(truth_boxes, found_boxes, settings, adjust_matches, matches);
    });
    matches.detections.sort();
    return matches;
  };
  for (std::size_t begin = 0; begin < found.categories();) {
    const std::size_t end = end_of_batch(found, begin);
    std::vector<CategoryMatches> matches(end - begin);
    parallel_for_each(threads, matches.size(), [&](int, std::size_t i) { matches[i] = match(begin + i); });
    visit(std::span(ids.category_ids).subspan(begin, matches.size()), matches);
    begin = end;
  }
}

Status for_each_category(const CocoGroundTruth& truth, std::span<const CocoResult> results, const CocoIds& ids, int threads,
                         const CategoryVisitor& visit) {
  constexpr std::size_t kMost = IdIndex::kNone;
  if (results.size() > kMost || truth.annotations.size() > kMost)
    return Error{ErrorCode::kUnsupported, "more than " + std::to_string(kMost) + " boxes at a time"};
  OCTET_ASSIGN(const ByCategory found, found_by_category(results, ids));
  TruthBoxes annotated(truth, ids);
  std::vector<Scratch> scratch(static_cast<std::size_t>(std::max(threads, 1)));
  parallel_for_each(threads, ids.category_ids.size(), [&](int worker, std::size_t k) {
    auto& [truth_boxes, found_boxes] = scratch[static_cast<std::size_t>(worker)];
    annotated.read(k, {}, truth_boxes);
    found_boxes.clear();
    for (const std::uint32_t i : found.of(k)) found_boxes.push_back({found.places[i].image, results[i].box, results[i].score});
    visit(k, truth_boxes, found_boxes);
  });
  return {};
}

}  // namespace octet
