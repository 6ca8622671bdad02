#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/cpu.h"
#include "base/scratch_array.h"
#include "eval/matching.h"

// Average precision of many draws of images, several at a time and without matching again: what the bootstrap spends its time on.
namespace octet {

inline constexpr std::size_t kDrawsAtOnce = 32;  // a vector or a few of the CPU's

// How often each image is in each of kDrawsAtOnce draws, by image: bytes, so that the counts of many images fit into a cache. Of 255 images
// none can be in a draw more often, and of more none ever is (the chance is below 1e-500).
struct alignas(kDrawsAtOnce) ImageCounts : std::array<std::uint8_t, kDrawsAtOnce> {};  // in one line of a cache
using DrawCounts = std::vector<ImageCounts>;

// What the curve of one category and size is made of: the detections by falling score, up to the last that met an object, as later ones
// change no precision that is read.
struct CountedMatches {
  static constexpr std::size_t kMostMisses = 255;  // together, so that a step of 16 bits counts them and the meeting in any draw

  // A detection that met something at one threshold at least; or nothing, behind kMostMisses others.
  struct Meeting {
    std::uint32_t image = 0;
    std::uint32_t hits : kIouThresholdCount = 0, ignored : kIouThresholdCount = 0;  // bits of thresholds; neither: a miss
    std::uint32_t misses_before : 8 = 0;                                            // since the meeting before
  };
  std::span<const Meeting> meetings;
  std::span<const std::uint32_t> misses;   // the image of each other detection, which met nothing
  std::span<const std::uint32_t> objects;  // the image of each object that counts
};

// Those of one size of several categories. What is more than a few megabytes lies in temporary files.
class CountedCategories {
 public:
  void add(const CategoryMatches& matches, SizeClass size, int max_detections);
  // After the last one, once. Throws std::system_error where a temporary file cannot be read any more.
  void finish();

  // After finish(): of a category by its number among those that were added. Several threads may read.
  CountedMatches operator[](std::size_t category) const;
  // Gives back what memory they take that lie in a file; they may be read again.
  void release(const CountedMatches& matches) const;

 private:
  struct Range {
    std::size_t begin = 0, count = 0;
  };
  struct Place {
    Range meetings, misses, objects;
  };

  std::vector<Place> places_;  // of each category
  ScratchArray<CountedMatches::Meeting> meetings_;
  ScratchArray<std::uint32_t> misses_, objects_;
};

// A place on the way from the first detection to the last.
struct DetectionPlace {
  std::size_t meeting = 0, miss = 0;
};

using DrawnPrecision = std::array<double, kDrawsAtOnce>;

class ResampledPrecision {
 public:
  explicit ResampledPrecision(const Isa& isa = active_isa()) : isa_(isa) {}

  // Of each draw, the mean over the thresholds as score_category() gives it with the counts of the draw for weights; NaN for a draw
  // without an object. The same bits for every instruction set.
  DrawnPrecision operator()(const CountedMatches& matches, const DrawCounts& draws);

 private:
  Isa isa_;
  std::vector<std::array<std::uint16_t, kDrawsAtOnce>> steps_;  // kept for its memory
  std::vector<DetectionPlace> begins_;                          // the same
};

}  // namespace octet
