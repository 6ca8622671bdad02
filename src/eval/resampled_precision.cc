#include "eval/resampled_precision.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <ranges>
#include <tuple>

#include "eval/average_precision.h"

namespace octet {
namespace {

// For what is compiled with the instruction set of the function that it becomes part of.
#define OCTET_INLINE inline __attribute__((always_inline))

// Vectors of the compiler's, each in a register of `kBytes`, or in half of one where they become others of twice the width.
template <std::size_t kBytes>
struct Lanes {
  static constexpr std::size_t kSums = kBytes / sizeof(std::uint16_t), kCounts = kBytes / sizeof(std::int32_t),
                               kDoubles = kBytes / sizeof(double);
  // GCC 12 makes vectors of a template's size by typedef alone.
  typedef std::uint8_t FewBytes __attribute__((vector_size(kBytes / 2)));   // NOLINT(modernize-use-using)
  typedef std::uint16_t Words __attribute__((vector_size(kBytes)));         // NOLINT(modernize-use-using)
  typedef std::uint16_t FewWords __attribute__((vector_size(kBytes / 2)));  // NOLINT(modernize-use-using)
  typedef std::int32_t Ints __attribute__((vector_size(kBytes)));           // NOLINT(modernize-use-using)
  typedef std::int32_t FewInts __attribute__((vector_size(kBytes / 2)));    // NOLINT(modernize-use-using)
  typedef double Doubles __attribute__((vector_size(kBytes)));              // NOLINT(modernize-use-using)
};

// A short sum, a count and a value of each draw.
template <typename Lanes>
using Sums = std::array<typename Lanes::Words, kDrawsAtOnce / Lanes::kSums>;
template <typename Lanes>
using Counts = std::array<typename Lanes::Ints, kDrawsAtOnce / Lanes::kCounts>;
template <typename Lanes>
using Values = std::array<typename Lanes::Doubles, kDrawsAtOnce / Lanes::kDoubles>;

// Each number as one of twice the width or, from a count to a value and back, of another kind.
template <typename Part, typename From, typename To>
OCTET_INLINE void convert(const From& from, To& to) {
  std::array<Part, sizeof from / sizeof(Part)> parts;
  std::memcpy(&parts, &from, sizeof from);
  static_assert(parts.size() == std::tuple_size_v<To>);
  for (std::size_t v = 0; v < to.size(); ++v) to[v] = __builtin_convertvector(parts[v], typename To::value_type);
}

// Counts of many images lie in no near cache, and neighbours by score are of any image: what is to come is asked for before.
constexpr std::size_t kAhead = 12;
OCTET_INLINE void fetch_image(const DrawCounts& draws, std::uint32_t image) { __builtin_prefetch(draws[image].data()); }

template <typename Lanes>
OCTET_INLINE void load_image(const DrawCounts& draws, std::uint32_t image, Sums<Lanes>& counts) {
  convert<typename Lanes::FewBytes>(draws[image], counts);
}

template <typename Lanes>
OCTET_INLINE void widen(const Sums<Lanes>& sums, Counts<Lanes>& counts) {
  convert<typename Lanes::FewWords>(sums, counts);
}

template <typename Lanes>
OCTET_INLINE void to_values(const Counts<Lanes>& counts, Values<Lanes>& values) {
  convert<typename Lanes::FewInts>(counts, values);
}

template <typename Counts>
OCTET_INLINE void add(const Counts& counts, Counts& sum) {
  for (std::size_t v = 0; v < sum.size(); ++v) sum[v] += counts[v];
}

template <typename Counts>
OCTET_INLINE void subtract(const Counts& counts, Counts& sum) {
  for (std::size_t v = 0; v < sum.size(); ++v) sum[v] -= counts[v];
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
  to_values<Lanes>(curve.hits, hits);
  to_values<Lanes>(not_ignored, total);
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

// Of each meeting, the detections from the one before it to itself.
using Steps = std::vector<std::array<std::uint16_t, kDrawsAtOnce>>;

template <typename Lanes>
OCTET_INLINE void count_objects(const CountedMatches& matches, const DrawCounts& draws, Values<Lanes>& objects) {
  Sums<Lanes> sums;
  Counts<Lanes> here, drawn{};
  for (const std::uint32_t image : matches.objects) {
    load_image<Lanes>(draws, image, sums);
    widen<Lanes>(sums, here);
    add(here, drawn);
  }
  to_values<Lanes>(drawn, objects);
  for (auto& some : objects) some = some > 1 ? some : typename Lanes::Doubles{} + 1;
}

template <typename Lanes>
using Curves = std::array<Curve<Lanes>, kIouThresholdCount>;

// Of as many meetings steps are kept at a time: those of most categories, and few enough for a cache.
constexpr std::size_t kMeetingsAtOnce = std::size_t{1} << 16;

// Walks over `steps.size()` meetings at most and keeps the steps. `all`: how many detections there are so far, and `curves` is told of
// them, where they are to be counted.
template <typename Lanes, bool kCounted>
OCTET_INLINE DetectionPlace walk(const CountedMatches& matches, const DrawCounts& draws, DetectionPlace place, Steps& steps,
                                 Curves<Lanes>& curves, Counts<Lanes>& all) {
  Sums<Lanes> step, miss;
  Counts<Lanes> here;
  const std::size_t end = std::min(place.meeting + steps.size(), matches.meetings.size());
  for (std::size_t i = place.meeting, next = 0; i < end; ++i, ++next) {
    const CountedMatches::Meeting& meeting = matches.meetings[i];
    if (i + kAhead < matches.meetings.size()) fetch_image(draws, matches.meetings[i + kAhead].image);
    load_image<Lanes>(draws, meeting.image, step);
    if constexpr (kCounted) {
      widen<Lanes>(step, here);
      for (unsigned bits = meeting.hits; bits != 0; bits &= bits - 1) add(here, curves[std::countr_zero(bits)].hits);
      for (unsigned bits = meeting.ignored; bits != 0; bits &= bits - 1) add(here, curves[std::countr_zero(bits)].ignored);
    }
    for (const std::size_t behind = place.miss + meeting.misses_before; place.miss < behind; ++place.miss) {
      if (place.miss + kAhead < matches.misses.size()) fetch_image(draws, matches.misses[place.miss + kAhead]);
      load_image<Lanes>(draws, matches.misses[place.miss], miss);
      add(miss, step);
    }
    std::memcpy(steps[next].data(), &step, sizeof step);
    if constexpr (kCounted) {
      widen<Lanes>(step, here);
      add(here, all);
    }
  }
  place.meeting = end;
  return place;
}

// Walks back from `end` to `begin`, of which `steps` are.
//   before       how many detections there are up to the place
//   before_hit   thresholds at which a hit is behind it, and no miss before that
template <typename Lanes>
OCTET_INLINE void read_curves(const CountedMatches& matches, const DrawCounts& draws, const Steps& steps, std::size_t begin,
                              std::size_t end, const Values<Lanes>& objects, unsigned& before_hit, Counts<Lanes>& before,
                              Curves<Lanes>& curves) {
  Sums<Lanes> step;
  Counts<Lanes> here;
  for (std::size_t i = end; i-- > begin;) {
    const CountedMatches::Meeting& meeting = matches.meetings[i];
    if (i >= kAhead) fetch_image(draws, matches.meetings[i - kAhead].image);
    load_image<Lanes>(draws, meeting.image, step);
    widen<Lanes>(step, here);
    // A hit in front of a hit decides nothing, whatever the draw: precision is no lower behind the other, and recall no less.
    for (unsigned bits = meeting.hits & ~before_hit; bits != 0; bits &= bits - 1)
      visit_peak<Lanes>(before, objects, curves[std::countr_zero(bits)]);
    before_hit = meeting.misses_before > 0 ? 0 : meeting.hits | (before_hit & meeting.ignored);
    for (unsigned bits = meeting.hits; bits != 0; bits &= bits - 1) subtract(here, curves[std::countr_zero(bits)].hits);
    for (unsigned bits = meeting.ignored; bits != 0; bits &= bits - 1) subtract(here, curves[std::countr_zero(bits)].ignored);
    std::memcpy(&step, steps[i - begin].data(), sizeof step);
    widen<Lanes>(step, here);
    subtract(here, before);
  }
}

// `steps`: room for those of all meetings, or of kMeetingsAtOnce. `begins`: kept for its memory.
template <typename Lanes>
OCTET_INLINE void mean_precision(const CountedMatches& matches, const DrawCounts& draws, Steps& steps, std::vector<DetectionPlace>& begins,
                                 DrawnPrecision& mean) {
  Values<Lanes> objects;
  count_objects<Lanes>(matches, draws, objects);
  Curves<Lanes> curves;
  Counts<Lanes> all{};
  begins.clear();
  DetectionPlace end;
  do {
    begins.push_back(end);
    end = walk<Lanes, true>(matches, draws, end, steps, curves, all);
  } while (end.meeting < matches.meetings.size());
  unsigned before_hit = 0;
  for (std::size_t at = begins.size(); at-- > 0;) {
    if (at + 1 < begins.size()) end = walk<Lanes, false>(matches, draws, begins[at], steps, curves, all);
    read_curves<Lanes>(matches, draws, steps, begins[at].meeting, end.meeting, objects, before_hit, all, curves);
  }

  Values<Lanes> sum{};
  for (const Curve<Lanes>& curve : curves)
    for (std::size_t v = 0; v < sum.size(); ++v) sum[v] += (curve.sum[v] + curve.highest[v] * curve.reached[v]) / kRecallPoints;
  for (auto& some : sum) some /= kIouThresholdCount;
  static_assert(sizeof sum == sizeof mean);
  std::memcpy(mean.data(), &sum, sizeof sum);
}

#undef OCTET_INLINE

using MeanPrecision = void(const CountedMatches&, const DrawCounts&, Steps&, std::vector<DetectionPlace>&, DrawnPrecision&);

void mean_precision_portable(const CountedMatches& matches, const DrawCounts& draws, Steps& steps, std::vector<DetectionPlace>& begins,
                             DrawnPrecision& mean) {
  mean_precision<Lanes<16>>(matches, draws, steps, begins, mean);
}

#ifdef __x86_64__
__attribute__((target("avx2"))) void mean_precision_avx2(const CountedMatches& matches, const DrawCounts& draws, Steps& steps,
                                                         std::vector<DetectionPlace>& begins, DrawnPrecision& mean) {
  mean_precision<Lanes<32>>(matches, draws, steps, begins, mean);
}

__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq"))) void mean_precision_avx512(const CountedMatches& matches,
                                                                                         const DrawCounts& draws, Steps& steps,
                                                                                         std::vector<DetectionPlace>& begins,
                                                                                         DrawnPrecision& mean) {
  mean_precision<Lanes<64>>(matches, draws, steps, begins, mean);
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

}  // namespace

void CountedCategories::add(const CategoryMatches& matches, SizeClass size, int max_detections) {
  const auto class_index = static_cast<std::size_t>(size);
  const std::size_t first_meeting = meetings_.size(), first_miss = misses_.size();
  std::size_t meetings = first_meeting, misses = first_miss, before = first_miss;  // up to the last hit; up to the last meeting
  matches.detections.for_each_block([&](std::span<const MatchedDetection> detections) {
    for (const MatchedDetection& detection : detections) {
      const ThresholdBits matched = detection.matched[class_index], ignored = detection.ignored[class_index];
      if (detection.rank >= max_detections || ignored == kEveryThreshold) continue;
      const std::size_t misses_before = misses_.size() - before;
      if ((matched | ignored) == 0 && misses_before < CountedMatches::kMostMisses) {
        misses_.add(detection.image);
        continue;
      }
      const auto hits = static_cast<ThresholdBits>(matched & ~ignored);
      meetings_.add({detection.image, hits, ignored, static_cast<std::uint32_t>(misses_before)});
      before = misses_.size();
      if (hits == 0) continue;
      meetings = meetings_.size();
      misses = before;
    }
  });
  meetings_.cut(meetings);
  misses_.cut(misses);
  const ScratchVector<std::uint32_t>& objects = matches.objects[class_index];
  places_.push_back({{first_meeting, meetings - first_meeting}, {first_miss, misses - first_miss}, {objects_.size(), objects.size()}});
  for (const std::uint32_t image : objects) objects_.add(image);
}

void CountedCategories::finish() {
  meetings_.finish();
  misses_.finish();
  objects_.finish();
}

CountedMatches CountedCategories::operator[](std::size_t category) const {
  const auto& [meetings, misses, objects] = places_[category];
  return {meetings_.items(meetings.begin, meetings.count), misses_.items(misses.begin, misses.count),
          objects_.items(objects.begin, objects.count)};
}

void CountedCategories::release(const CountedMatches& matches) const {
  meetings_.release(matches.meetings);
  misses_.release(matches.misses);
  objects_.release(matches.objects);
}

DrawnPrecision ResampledPrecision::operator()(const CountedMatches& matches, const DrawCounts& draws) {
  steps_.resize(std::clamp(matches.meetings.size(), steps_.size(), kMeetingsAtOnce));
  DrawnPrecision mean;
  fastest_of(isa_.features)(matches, draws, steps_, begins_, mean);
  for (std::size_t i = 0; i < kDrawsAtOnce; ++i)
    if (!has_object(matches, draws, i)) mean[i] = std::numeric_limits<double>::quiet_NaN();
  return mean;
}

}  // namespace octet
