#include "eval/resampled_precision.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <ranges>

#include "eval/average_precision.h"

namespace octet {
namespace {

// For what is compiled with the instruction set of the function that it becomes part of.
#define OCTET_INLINE inline __attribute__((always_inline))

// Vectors of the compiler's, each in a register of `kBytes`: of counts, and of doubles for half as many draws.
template <std::size_t kBytes>
struct Lanes {
  static constexpr std::size_t kCounts = kBytes / sizeof(std::int32_t), kDoubles = kBytes / sizeof(double);
  // GCC 12 makes vectors of a template's size by typedef alone.
  typedef std::uint16_t Words __attribute__((vector_size(kBytes / 2)));   // NOLINT(modernize-use-using)
  typedef std::int32_t Ints __attribute__((vector_size(kBytes)));         // NOLINT(modernize-use-using)
  typedef std::int32_t FewInts __attribute__((vector_size(kBytes / 2)));  // NOLINT(modernize-use-using)
  typedef double Doubles __attribute__((vector_size(kBytes)));            // NOLINT(modernize-use-using)
};

// A count and a value of each draw.
template <typename Lanes>
using Counts = std::array<typename Lanes::Ints, kDrawsAtOnce / Lanes::kCounts>;
template <typename Lanes>
using Values = std::array<typename Lanes::Doubles, kDrawsAtOnce / Lanes::kDoubles>;

template <typename Lanes>
OCTET_INLINE void load_image(const DrawCounts& draws, std::uint32_t image, Counts<Lanes>& counts) {
  std::array<typename Lanes::Words, kDrawsAtOnce / Lanes::kCounts> words;
  std::memcpy(&words, draws[image].data(), sizeof words);
  for (std::size_t v = 0; v < counts.size(); ++v) counts[v] = __builtin_convertvector(words[v], typename Lanes::Ints);
}

template <typename Counts>
OCTET_INLINE void add(const Counts& counts, Counts& sum) {
  for (std::size_t v = 0; v < sum.size(); ++v) sum[v] += counts[v];
}

template <typename Counts>
OCTET_INLINE void subtract(const Counts& counts, Counts& sum) {
  for (std::size_t v = 0; v < sum.size(); ++v) sum[v] -= counts[v];
}

template <typename Lanes>
OCTET_INLINE void convert(const Counts<Lanes>& counts, Values<Lanes>& values) {
  std::array<typename Lanes::FewInts, kDrawsAtOnce / Lanes::kDoubles> few;
  static_assert(sizeof few == sizeof counts);
  std::memcpy(&few, &counts, sizeof few);
  for (std::size_t v = 0; v < values.size(); ++v) values[v] = __builtin_convertvector(few[v], typename Lanes::Doubles);
}

// The curve at one threshold while it is walked from its end to its beginning: what is before the place come to, and the mean so far.
template <typename Lanes>
struct Curve {
  Counts<Lanes> hits{}, ignored{};
  Values<Lanes> sum{}, highest{}, reached{};  // `reached`: how many values of recall the peak behind has come to
};

// score_category() has the same in its plain form: precision made falling from the right and read at 101 values of recall.
template <typename Lanes>
OCTET_INLINE void visit_peak(const Counts<Lanes>& counted, const Values<Lanes>& objects, Curve<Lanes>& curve) {
  constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
  using Doubles = typename Lanes::Doubles;
  Counts<Lanes> not_ignored = counted;
  subtract(curve.ignored, not_ignored);
  Values<Lanes> hits, total;
  convert<Lanes>(curve.hits, hits);
  convert<Lanes>(not_ignored, total);
  for (std::size_t v = 0; v < hits.size(); ++v) {
    const Doubles recall = hits[v] / objects[v], precision = hits[v] / (total[v] + kEpsilon);
    const Doubles nearest = __builtin_convertvector(__builtin_convertvector(recall * 100 + 0.5, typename Lanes::FewInts), Doubles);
    const Doubles zero{}, one = zero + 1;
    const Doubles now = nearest + (nearest * 0.01 > recall ? zero : one) - (hits[v] > zero ? zero : one);
    curve.sum[v] += curve.highest[v] * (curve.reached[v] - now);
    curve.highest[v] = curve.highest[v] < precision ? precision : curve.highest[v];
    curve.reached[v] = now;
  }
}

// The detections up to each meeting, by meeting.
using Counted = std::vector<std::array<std::int32_t, kDrawsAtOnce>>;

// `counted`: room for a value of each meeting.
template <typename Lanes>
OCTET_INLINE void mean_precision(const CountedMatches& matches, const DrawCounts& draws, Counted& counted, DrawnPrecision& mean) {
  Counts<Lanes> here, drawn{};
  for (const std::uint32_t image : matches.objects) {
    load_image<Lanes>(draws, image, here);
    add(here, drawn);
  }
  Values<Lanes> objects;
  convert<Lanes>(drawn, objects);
  for (auto& some : objects) some = some > 1 ? some : typename Lanes::Doubles{} + 1;

  std::array<Curve<Lanes>, kIouThresholdCount> curves;
  Counts<Lanes> before{};
  const std::uint32_t* miss = matches.misses.data();
  for (std::size_t i = 0; i < matches.meetings.size(); ++i) {
    const CountedMatches::Meeting& meeting = matches.meetings[i];
    for (const std::uint32_t* const end = miss + meeting.misses_before; miss != end; ++miss) {
      load_image<Lanes>(draws, *miss, here);
      add(here, before);
    }
    load_image<Lanes>(draws, meeting.image, here);
    add(here, before);
    std::memcpy(counted[i].data(), &before, sizeof before);
    for (unsigned bits = meeting.hits; bits != 0; bits &= bits - 1) add(here, curves[std::countr_zero(bits)].hits);
    for (unsigned bits = meeting.ignored; bits != 0; bits &= bits - 1) add(here, curves[std::countr_zero(bits)].ignored);
  }
  for (std::size_t i = matches.meetings.size(); i-- > 0;) {
    const CountedMatches::Meeting& meeting = matches.meetings[i];
    std::memcpy(&before, counted[i].data(), sizeof before);
    load_image<Lanes>(draws, meeting.image, here);
    for (unsigned bits = meeting.peaks; bits != 0; bits &= bits - 1) visit_peak<Lanes>(before, objects, curves[std::countr_zero(bits)]);
    for (unsigned bits = meeting.hits; bits != 0; bits &= bits - 1) subtract(here, curves[std::countr_zero(bits)].hits);
    for (unsigned bits = meeting.ignored; bits != 0; bits &= bits - 1) subtract(here, curves[std::countr_zero(bits)].ignored);
  }

  Values<Lanes> sum{};
  for (const Curve<Lanes>& curve : curves)
    for (std::size_t v = 0; v < sum.size(); ++v) sum[v] += (curve.sum[v] + curve.highest[v] * curve.reached[v]) / kRecallPoints;
  for (auto& some : sum) some /= kIouThresholdCount;
  static_assert(sizeof sum == sizeof mean);
  std::memcpy(mean.data(), &sum, sizeof sum);
}

#undef OCTET_INLINE

using MeanPrecision = void(const CountedMatches&, const DrawCounts&, Counted&, DrawnPrecision&);

void mean_precision_portable(const CountedMatches& matches, const DrawCounts& draws, Counted& counted, DrawnPrecision& mean) {
  mean_precision<Lanes<16>>(matches, draws, counted, mean);
}

#ifdef __x86_64__
__attribute__((target("avx2"))) void mean_precision_avx2(const CountedMatches& matches, const DrawCounts& draws, Counted& counted,
                                                         DrawnPrecision& mean) {
  mean_precision<Lanes<32>>(matches, draws, counted, mean);
}

__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq"))) void mean_precision_avx512(const CountedMatches& matches,
                                                                                         const DrawCounts& draws, Counted& counted,
                                                                                         DrawnPrecision& mean) {
  mean_precision<Lanes<64>>(matches, draws, counted, mean);
}
#endif

MeanPrecision* fastest_of([[maybe_unused]] CpuFeatures features) {
#ifdef __x86_64__
  if (features.contains({CpuFeature::kAvx512})) return mean_precision_avx512;
  if (features.contains({CpuFeature::kAvx2})) return mean_precision_avx2;
#endif
  return mean_precision_portable;
}

bool has_object(const CountedMatches& matches, const DrawCounts& draws, std::size_t draw) {
  return std::ranges::any_of(matches.objects, [&](std::uint32_t image) { return draws[image][draw] > 0; });
}

// Those among the hits with a miss, or nothing, behind them.
void mark_peaks(std::vector<CountedMatches::Meeting>& meetings) {
  unsigned before_hit = 0;  // thresholds at which a hit is behind, and no miss before it
  for (CountedMatches::Meeting& meeting : meetings | std::views::reverse) {
    meeting.peaks = static_cast<ThresholdBits>(meeting.hits & ~before_hit);
    before_hit = meeting.misses_before > 0 ? 0 : meeting.hits | (before_hit & meeting.ignored);
  }
}

}  // namespace

CountedMatches count_matches(const CategoryMatches& matches, SizeClass size, int max_detections) {
  const auto class_index = static_cast<std::size_t>(size);
  CountedMatches counted{{}, {}, matches.objects[class_index]};
  std::size_t meetings = 0, misses = 0, before = 0;  // up to the last hit; up to the last meeting
  for (const MatchedDetection& detection : matches.detections) {
    const ThresholdBits matched = detection.matched[class_index], ignored = detection.ignored[class_index];
    if (detection.rank >= max_detections || ignored == kEveryThreshold) continue;
    if ((matched | ignored) == 0) {
      counted.misses.push_back(detection.image);
      continue;
    }
    const auto hits = static_cast<ThresholdBits>(matched & ~ignored);
    counted.meetings.push_back({detection.image, static_cast<std::uint32_t>(counted.misses.size() - before), hits, ignored, 0});
    before = counted.misses.size();
    if (hits == 0) continue;
    meetings = counted.meetings.size();
    misses = before;
  }
  counted.meetings.resize(meetings);
  counted.misses.resize(misses);
  counted.meetings.shrink_to_fit();  // they are kept until all categories are counted
  counted.misses.shrink_to_fit();
  mark_peaks(counted.meetings);
  return counted;
}

DrawnPrecision ResampledPrecision::operator()(const CountedMatches& matches, const DrawCounts& draws) {
  counted_.resize(std::max(counted_.size(), matches.meetings.size()));
  DrawnPrecision mean;
  fastest_of(isa_.features)(matches, draws, counted_, mean);
  for (std::size_t i = 0; i < kDrawsAtOnce; ++i)
    if (!has_object(matches, draws, i)) mean[i] = std::numeric_limits<double>::quiet_NaN();
  return mean;
}

}  // namespace octet
