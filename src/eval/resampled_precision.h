#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "eval/matching.h"

// Average precision of many draws of images, several at a time and without matching again: what the bootstrap spends its time on.
namespace octet {

inline constexpr std::size_t kDrawsAtOnce = 16;  // a vector or a few of the CPU's

// How often each image is in each of kDrawsAtOnce draws, by image.
using DrawCounts = std::vector<std::array<std::uint16_t, kDrawsAtOnce>>;

// What the curve of one category and size is made of.
struct CountedMatches {
  struct Entry {
    std::uint32_t image = 0;
    ThresholdBits matched = 0, ignored = 0;
  };
  std::vector<Entry> entries;          // by falling score, up to the last that met an object: later ones change no precision that is read
  std::vector<std::uint32_t> objects;  // the image of each one that counts
};
CountedMatches count_matches(const CategoryMatches& matches, SizeClass size, int max_detections);

class ResampledPrecision {
 public:
  using Values = std::array<double, kDrawsAtOnce>;

  // The mean over the thresholds, as score_category() gives it with the counts of each draw for weights; NaN for a draw without an object.
  Values operator()(const CountedMatches& matches, const DrawCounts& draws);

 private:
  using Counts = std::array<std::int32_t, kDrawsAtOnce>;
  // The state of a curve after a detection that met an object.
  struct Point {
    Counts hits, counted;
  };
  struct Curve {
    Counts hits{}, misses{};
    std::vector<Point> points;
  };

  static Values mean_precision(const Curve& curve, const Values& objects);

  std::array<Curve, kIouThresholdCount> curves_;  // kept for their memory
};

}  // namespace octet
