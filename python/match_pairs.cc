#include <algorithm>
#include <cstddef>

#include "base/cpu.h"
#include "base/parallel.h"

#include "bindings.h"
#include "pair_matcher.h"

namespace octet::python {
namespace {

// What one thread writes.
class MeetingsWriter {
 public:
  MeetingsWriter(const CocoPairs& pairs, std::span<const double> thresholds, std::span<const double> areas, const CocoMeetings& meetings)
      : pairs_(pairs), thresholds_(thresholds), areas_(areas), meetings_(meetings) {}

  void write(std::size_t pair) {
    matcher_.begin(pairs_.objects(pair), pairs_.detections(pair));
    for (std::size_t a = 0; a < areas_.size() / 2; ++a) {
      matcher_.choose_area({areas_[2 * a], areas_[2 * a + 1]});
      write_order(pair, a);
      for (std::size_t t = 0; t < thresholds_.size(); ++t) write_at(pair, a, t);
    }
  }

 private:
  void write_order(std::size_t pair, std::size_t a) {
    const std::size_t first = begin(pairs_.truth_begin, pair);
    auto to = meetings_.order.subspan(a * pairs_.truth.size() + first).begin();
    for (const std::uint32_t g : matcher_.order()) *to++ = static_cast<std::int32_t>(first + g);
  }

  void write_at(std::size_t pair, std::size_t a, std::size_t t) {
    const std::size_t row = a * thresholds_.size() + t, first_object = begin(pairs_.truth_begin, pair);
    const std::size_t first_found = begin(pairs_.found_begin, pair);
    const auto taken = meetings_.taken.subspan(row * pairs_.truth.size() + first_object, pairs_.objects(pair).size());
    const std::size_t detections = pairs_.detections(pair).size();
    const auto met = meetings_.met.subspan(row * pairs_.found.size() + first_found, detections);
    const auto met_uncounted = meetings_.met_uncounted.subspan(row * pairs_.found.size() + first_found, detections);
    std::ranges::fill(taken, -1);
    std::ranges::fill(met, -1);
    std::ranges::fill(met_uncounted, 0);
    matcher_.match(thresholds_[t], [&](std::size_t d, std::size_t object) {
      met[d] = static_cast<std::int32_t>(first_object + object);
      met_uncounted[d] = matcher_.is_uncounted(object);
      taken[object] = static_cast<std::int32_t>(first_found + d);
    });
  }

  static std::size_t begin(std::span<const std::int64_t> begins, std::size_t pair) { return static_cast<std::size_t>(begins[pair]); }

  CocoPairs pairs_;
  std::span<const double> thresholds_, areas_;
  CocoMeetings meetings_;
  PairMatcher matcher_;
};

}  // namespace

octet_status match_pairs(const CocoPairs& pairs, std::span<const double> thresholds, std::span<const double> areas,
                         const CocoMeetings& meetings) noexcept {
  return v1::guarded([&] {
    const int threads = available_threads();
    std::vector<MeetingsWriter> writers(static_cast<std::size_t>(threads), MeetingsWriter(pairs, thresholds, areas, meetings));
    const std::size_t block = 256;
    parallel_for_each(threads, (pairs.size() + block - 1) / block, [&](int worker, std::size_t i) {
      for (std::size_t pair = i * block; pair < std::min(pairs.size(), (i + 1) * block); ++pair)
        writers[static_cast<std::size_t>(worker)].write(pair);
    });
  });
}

}  // namespace octet::python
