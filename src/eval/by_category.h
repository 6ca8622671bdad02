#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/function_ref.h"
#include "base/result.h"
#include "base/scratch_vector.h"
#include "base/spilled_lists.h"
#include "boxes/detection.h"
#include "eval/coco_eval.h"
#include "eval/result_source.h"

// A data set and what was found in it, one category after the other: what every metric begins with.
namespace octet {

// Empty for an id that `truth` lacks.
std::string name_of_category(const CocoGroundTruth& truth, std::int64_t id);

// Of the result of this index, whose image the annotations do not list.
Error unlisted_image(std::size_t index, const CocoResult& result);

// Images by their places in CocoIds::image_ids, from `begin` to before `end`.
struct ImageRange {
  std::uint32_t begin = 0, end = UINT32_MAX;
};

// What is to be found, by category; categories by their places in CocoIds::category_ids. Several threads may read, each another category.
class AnnotatedBoxes {
 public:
  AnnotatedBoxes() = default;
  AnnotatedBoxes(const AnnotatedBoxes&) = delete;
  AnnotatedBoxes& operator=(const AnnotatedBoxes&) = delete;
  virtual ~AnnotatedBoxes() = default;

  // Replaces `boxes` by those of a category in these images, which come behind those that were read of it before; by rising image, those
  // of one image in their order.
  virtual void read(std::size_t category, ImageRange images, std::vector<TruthBox>& boxes) = 0;
};

// The annotations of `truth`, which must outlive it, of the images and categories of `ids`.
class TruthBoxes : public AnnotatedBoxes {
 public:
  TruthBoxes(const CocoGroundTruth& truth, const CocoIds& ids);

  void read(std::size_t category, ImageRange images, std::vector<TruthBox>& boxes) override;

 private:
  const CocoGroundTruth& truth_;
  ScratchVector<std::uint32_t> image_;  // of each annotation
  ScratchVector<std::uint32_t> order_;  // annotations by category, then by image
  ScratchVector<std::size_t> begin_;    // of each category in `order_`, and the end of the last one
};

// Boxes found that are in memory at a time, more or less.
inline constexpr std::size_t kBoxesTogether = std::size_t{1} << 19;

// What was found, by category: read once, and then some images of a category at a time, so that memory does not grow with it.
class FoundBoxes {
 public:
  // Of the images and categories of `ids`; scores that are NaN are left out. kMalformed for results of another image.
  static Result<FoundBoxes> of(const ResultSource& results, const CocoIds& ids);

  std::size_t categories() const { return lists_.size(); }
  std::size_t count(std::size_t category) const { return lists_.count(category); }

  // Calls visit(truth, found) with the boxes of a category, which are gone when the call returns: those of some images at a time, images
  // rising, and of all images in the end. Several threads may do so, each with another category.
  //   most   boxes found at a time, but for an image that has more
  using PieceVisitor = FunctionRef<void(std::span<const TruthBox> truth, std::span<const FoundBox> found)>;
  void for_each_piece(std::size_t category, AnnotatedBoxes& truth, PieceVisitor visit, std::size_t most = kBoxesTogether / 4) const;

 private:
  explicit FoundBoxes(std::size_t categories) : lists_(categories) {}

  SpilledLists<FoundBox> lists_;
};

// Where categories from `begin` on end of which at most kBoxesTogether were found, which are looked at together, or one that has more.
std::size_t end_of_batch(const FoundBoxes& found, std::size_t begin);

// Matches some categories at a time, rising, so that neither what was found nor its matches are in memory as a whole.
//   adjust   may be empty; told of a category and of some of its matches, which it may change, from any thread
//   visit    told of the ids of categories and of their matches
using AdjustCategory = std::function<void(std::int64_t category_id, std::span<MatchedDetection> matches)>;
using MatchesVisitor = FunctionRef<void(std::span<const std::int64_t> category_ids, std::span<const CategoryMatches> matches)>;
void match_by_category(AnnotatedBoxes& truth, const FoundBoxes& found, const CocoIds& ids, int threads, const MatchSettings& settings,
                       const AdjustCategory& adjust, MatchesVisitor visit);

// Boxes by rising image, an index into CocoIds::image_ids; those of one image in their order. They are gone when the call returns.
using CategoryVisitor = std::function<void(std::size_t category, std::span<const TruthBox> truth, std::span<const FoundBox> found)>;

// Visits each category of `ids`, those of `truth`, in any order. Results of other categories are left out, as are annotations of images
// that `truth` does not list and results whose score is NaN. Takes linear time.
//   error    kMalformed: a result names an image that `truth` does not list
//   threads  share the categories out, so that `visit` is called from all of them
Status for_each_category(const CocoGroundTruth& truth, std::span<const CocoResult> results, const CocoIds& ids, int threads,
                         const CategoryVisitor& visit);

}  // namespace octet
