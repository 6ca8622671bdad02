#include "graph/detection_output.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

#include "base/greatest.h"

namespace octet {
namespace {

using Box = std::array<float, 4>;  // x0, y0, x1, y1

constexpr std::size_t kRowLength = 7;
constexpr float kLowest = -std::numeric_limits<float>::infinity();

// A score as an integer above 0 that is greater for a greater score; zeros are one whatever their sign.
std::uint32_t rank_of(float score) {
  const auto bits = std::bit_cast<std::uint32_t>(score + 0.0f);
  return bits >> 31 ? ~bits : bits | 0x80000000u;
}

// A candidate is one integer: above the rank of its score, below its place in the scores. A greater integer is a better candidate, and
// of equal scores the lower place, which is the lower prior and then the lower class.
std::uint64_t pack(std::uint32_t rank, std::uint32_t place) { return std::uint64_t{rank} << 32 | ~place; }

std::uint32_t place_of(std::uint64_t candidate) { return ~static_cast<std::uint32_t>(candidate); }

Box clipped(const Box& box) {
  Box result;
  for (std::size_t i = 0; i < 4; ++i) result[i] = std::clamp(box[i], 0.0f, 1.0f);
  return result;
}

Box decode(const float* code, const float* prior, const float* variance) {
  const float width = prior[2] - prior[0], height = prior[3] - prior[1];
  const float center_x = variance[0] * code[0] * width + (prior[0] + prior[2]) / 2;
  const float center_y = variance[1] * code[1] * height + (prior[1] + prior[3]) / 2;
  const float half_width = std::exp(variance[2] * code[2]) * width / 2;
  const float half_height = std::exp(variance[3] * code[3]) * height / 2;
  return {center_x - half_width, center_y - half_height, center_x + half_width, center_y + half_height};
}

float area(const Box& box) { return box[2] < box[0] || box[3] < box[1] ? 0.0f : (box[2] - box[0]) * (box[3] - box[1]); }

float overlap(const Box& a, const Box& b) {
  const float width = std::min(a[2], b[2]) - std::max(a[0], b[0]);
  const float height = std::min(a[3], b[3]) - std::max(a[1], b[1]);
  if (!(width > 0 && height > 0)) return 0;
  const float shared = width * height;
  return shared / (area(a) + area(b) - shared);
}

// Scores are looked at so many at once.
constexpr std::size_t kAtOnce = 16;

std::size_t rounded_up(std::size_t scores) { return (scores + kAtOnce - 1) / kAtOnce * kAtOnce; }

// A bit for each of kAtOnce scores that is as great as `least`.
unsigned which_reach(const float* scores, float least) {
  unsigned reached = 0;
  for (unsigned i = 0; i < kAtOnce; ++i) reached |= static_cast<unsigned>(scores[i] >= least) << i;
  return reached;
}

// One image: candidates of all classes are taken best first, each compared with what its class has kept so far. As only
// keep_top_k survive in the end, the walk stops once that many are kept, long before most scores are made: they are taken in
// rounds, each of which goes down to the best score of a further prior.
// A class meets its own candidates best first, so the first top_k that it meets are its top_k.
class ImageDetector {
 public:
  ImageDetector(const DetectionOutput& op, const DetectionSizes& sizes, const float* codes, std::span<const float> numbers,
                ScoreFunction score_of, const float* priors, DetectionScratch& scratch)
      : op_(op), sizes_(sizes), codes_(codes), numbers_(numbers), score_of_(score_of), priors_(priors), scratch_(scratch) {}

  void run() {
    scratch_.kept_of_class.resize(std::max(scratch_.kept_of_class.size(), static_cast<std::size_t>(sizes_.classes)));
    for (auto& list : scratch_.kept_of_class) list.clear();
    scratch_.seen_of_class.assign(static_cast<std::size_t>(sizes_.classes), 0);
    scratch_.boxes.resize(static_cast<std::size_t>(sizes_.priors));
    scratch_.decoded.assign(static_cast<std::size_t>(sizes_.priors), 0);
    find_best_scores();
    take_best_first();
  }

  const Box& box(std::int32_t prior) {
    const auto i = static_cast<std::size_t>(prior);
    if (!scratch_.decoded[i]) {
      static constexpr float kOnes[4] = {1, 1, 1, 1};
      const bool apart = sizes_.has_variances && !op_.variance_encoded_in_target;
      const float* variance = apart ? priors_ + 4 * (sizes_.priors + prior) : kOnes;
      const Box decoded = decode(codes_ + 4 * i, priors_ + 4 * i, variance);
      scratch_.boxes[i] = op_.clip_before_nms ? clipped(decoded) : decoded;
      scratch_.decoded[i] = 1;
    }
    return scratch_.boxes[i];
  }

 private:
  std::span<const float> numbers_of(std::size_t prior) const {
    const auto classes = static_cast<std::size_t>(sizes_.classes);
    return numbers_.subspan(prior * classes, classes);
  }

  // The best score of each prior but for kScoreRounding, the background left out.
  void find_best_scores() {
    const bool has_background = op_.background_label >= 0 && op_.background_label < sizes_.classes;
    const auto classes = static_cast<std::size_t>(sizes_.classes);
    const std::size_t before = has_background ? static_cast<std::size_t>(op_.background_label) : classes;
    const std::size_t after = has_background ? before + 1 : classes;
    scratch_.best.resize(static_cast<std::size_t>(sizes_.priors));
    for (std::size_t prior = 0; prior < scratch_.best.size(); ++prior) {
      const std::span<const float> numbers = numbers_of(prior);
      scratch_.best[prior] = std::max(greatest_of(numbers.first(before)), greatest_of(numbers.subspan(after)));
    }
    score_of_(scratch_.best, scratch_.best);
  }

  // About the n-th best of the best scores, by some of them, and minus infinity where so many priors have no candidate.
  float best_score(std::size_t n) {
    if (n >= scratch_.best.size()) return kLowest;
    constexpr std::size_t kEnough = 256;
    const std::size_t step = scratch_.best.size() / kEnough | 1;  // odd, as anchors of a cell, which are even in number, differ
    scratch_.sample.clear();
    for (std::size_t prior = 0; prior < scratch_.best.size(); prior += step) scratch_.sample.push_back(scratch_.best[prior]);
    const auto nth = scratch_.sample.begin() + static_cast<std::ptrdiff_t>(n / step);
    std::nth_element(scratch_.sample.begin(), nth, scratch_.sample.end(), std::greater<>());
    return *nth > op_.confidence_threshold ? *nth : kLowest;
  }

  void take_best_first() {
    const auto limit = static_cast<std::size_t>(op_.keep_top_k);
    float least = std::numeric_limits<float>::quiet_NaN();  // which no score reaches
    for (std::size_t n = 2 * std::min(limit, scratch_.best.size()); kept_ < limit && least != kLowest; n += n / 2) {
      const float end = std::exchange(least, best_score(n));
      collect(least, end);
      std::sort(scratch_.candidates.begin(), scratch_.candidates.end(), std::greater<>());
      for (const std::uint64_t candidate : scratch_.candidates) {
        if (kept_ == limit) break;
        consider(candidate);
      }
    }
  }

  // The candidates with scores of `least` and more, but not of `end` and more.
  void collect(float least, float end) {
    const float lowest = std::max(least, op_.confidence_threshold), held = lowest - std::fabs(lowest) * kScoreRounding;
    scratch_.candidates.clear();
    scratch_.scores.assign(rounded_up(static_cast<std::size_t>(sizes_.classes)), kLowest);
    for (std::size_t prior = 0; prior < scratch_.best.size(); ++prior) {
      if (scratch_.best[prior] < held) continue;
      const std::span<const float> numbers = numbers_of(prior);
      score_of_(numbers, std::span(scratch_.scores).first(numbers.size()));
      for (std::size_t first = 0; first < numbers.size(); first += kAtOnce) {
        for (unsigned left = which_reach(scratch_.scores.data() + first, lowest); left != 0; left &= left - 1) {
          const std::size_t label = first + static_cast<std::size_t>(std::countr_zero(left));
          const float score = scratch_.scores[label];
          if (label >= numbers.size() || static_cast<std::int64_t>(label) == op_.background_label) continue;
          if (score > op_.confidence_threshold && !(score >= end))
            scratch_.candidates.push_back(pack(rank_of(score), static_cast<std::uint32_t>(prior * numbers.size() + label)));
        }
      }
    }
  }

  void consider(std::uint64_t candidate) {
    const auto classes = static_cast<std::uint32_t>(sizes_.classes);
    const std::uint32_t place = place_of(candidate), label = place % classes;
    const auto prior = static_cast<std::int32_t>(place / classes);
    if (op_.top_k > -1 && scratch_.seen_of_class[label]++ >= op_.top_k) return;
    const Box& own = box(prior);
    auto& rivals = scratch_.kept_of_class[label];
    for (const std::int32_t rival : rivals)
      if (overlap(own, box(rival)) > op_.nms_threshold) return;
    rivals.push_back(prior);
    ++kept_;
  }

  const DetectionOutput& op_;
  const DetectionSizes& sizes_;
  const float* codes_;
  std::span<const float> numbers_;
  ScoreFunction score_of_;
  const float* priors_;
  DetectionScratch& scratch_;
  std::size_t kept_ = 0;  // of all classes
};

}  // namespace

void DetectionScratch::reserve(const DetectionOutput& op, const DetectionSizes& sizes) {
  const auto priors = static_cast<std::size_t>(sizes.priors), classes = static_cast<std::size_t>(sizes.classes);
  const auto most_kept = std::min(priors * classes, static_cast<std::size_t>(op.keep_top_k));
  candidates.reserve(priors * classes);
  best.reserve(priors);
  sample.reserve(priors);
  scores.reserve(std::max(rounded_up(classes), most_kept));
  boxes.reserve(priors);
  decoded.reserve(priors);
  seen_of_class.reserve(classes);
  kept_of_class.resize(classes);
  for (auto& list : kept_of_class) list.reserve(std::min(priors, static_cast<std::size_t>(op.keep_top_k)));
}

void detection_output(const DetectionOutput& op, const DetectionSizes& sizes, std::span<const float> codes, std::span<const float> numbers,
                      ScoreFunction score_of, std::span<const float> priors, std::span<float> rows, DetectionScratch& scratch) {
  const std::int64_t values_of_set = (sizes.has_variances ? 8 : 4) * sizes.priors;
  const auto numbers_of_image = static_cast<std::size_t>(sizes.priors * sizes.classes);
  std::size_t filled = 0;
  for (std::int64_t image = 0; image < sizes.images; ++image) {
    const float* set = priors.data() + (sizes.priors_each_image ? image * values_of_set : 0);
    const auto of_image = numbers.subspan(static_cast<std::size_t>(image) * numbers_of_image, numbers_of_image);
    ImageDetector detector(op, sizes, codes.data() + image * sizes.priors * 4, of_image, score_of, set, scratch);
    detector.run();
    scratch.scores.clear();
    const std::size_t first_score = filled + 2;
    for (std::int64_t label = 0; label < sizes.classes; ++label)
      for (const std::int32_t prior : scratch.kept_of_class[static_cast<std::size_t>(label)]) {
        const Box box = op.clip_after_nms ? clipped(detector.box(prior)) : detector.box(prior);
        const float row[kRowLength] = {static_cast<float>(image), static_cast<float>(label), 0, box[0], box[1], box[2], box[3]};
        std::copy_n(row, kRowLength, rows.begin() + static_cast<std::ptrdiff_t>(filled));
        filled += kRowLength;
        scratch.scores.push_back(of_image[static_cast<std::size_t>(prior * sizes.classes + label)]);
      }
    score_of(scratch.scores, scratch.scores);
    for (std::size_t i = 0; i < scratch.scores.size(); ++i) rows[first_score + i * kRowLength] = scratch.scores[i];
  }
  std::fill(rows.begin() + static_cast<std::ptrdiff_t>(filled), rows.end(), 0.0f);
  if (filled < rows.size()) rows[filled] = -1;
}

void detection_output(const DetectionOutput& op, const DetectionSizes& sizes, std::span<const float> codes, std::span<const float> scores,
                      std::span<const float> priors, std::span<float> rows, DetectionScratch& scratch) {
  const auto as_they_are = [](std::span<const float> numbers, std::span<float> to) {
    if (numbers.data() != to.data()) std::ranges::copy(numbers, to.begin());
  };
  detection_output(op, sizes, codes, scores, as_they_are, priors, rows, scratch);
}

}  // namespace octet
