#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "eval/matching.h"

#include "bindings.h"

namespace octet::python {

// COCO's matching for any threshold and range of areas, by the text of its definition; eval/matching.h has its own thresholds, in bits. One
// pair of an image and a category at a time, whose rows must outlive it; memory is kept from one to the next.
class PairMatcher {
 public:
  //   found   by falling score
  void begin(std::span<const CocoRow> objects, std::span<const CocoRow> found);
  // Whether any detection meets an object at this threshold.
  bool has_met(double threshold) const { return highest_overlap_ >= limit_of(threshold); }

  void choose_area(const AreaRange& range);
  // Of the range chosen: the objects that count come first.
  std::span<const std::uint32_t> order() const { return order_; }
  bool is_uncounted(std::size_t object) const { return is_uncounted_[object] != 0; }

  // Calls visit(detection, object) for each detection that meets an object, in their order; indices into the spans of begin().
  template <typename Visit>
  void match(double threshold, Visit visit) {
    if (!has_met(threshold)) return;
    is_taken_.assign(objects_.size(), 0);
    for (std::size_t d = 0; d < found_.size(); ++d) {
      if (highest_overlaps_[d] < limit_of(threshold)) continue;
      const std::size_t best = best_object(d, threshold);
      if (best == objects_.size()) continue;
      is_taken_[best] = found_[d].id > 0;  // COCO's code takes another id for no detection
      visit(d, best);
    }
  }

 private:
  static double limit_of(double threshold) { return threshold < 1 - 1e-10 ? threshold : 1 - 1e-10; }
  // That a detection takes; the number of objects for none.
  std::size_t best_object(std::size_t d, double threshold) const;

  std::span<const CocoRow> objects_, found_;
  std::vector<double> overlaps_;          // row: detection, column: object
  std::vector<double> highest_overlaps_;  // of each detection
  double highest_overlap_ = 0;
  std::vector<char> is_uncounted_, is_taken_;
  std::vector<std::uint32_t> order_;
};

}  // namespace octet::python
