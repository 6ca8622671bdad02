#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/function_ref.h"
#include "graph/ops.h"

namespace octet {

// Sizes of the inputs of a DetectionOutput.
struct DetectionSizes {
  std::int64_t images = 1, priors = 0, classes = 0;
  bool priors_each_image = false;  // else all images share one set
  bool has_variances = false;      // else the second half of a set is absent
};

// Buffers that a caller may keep between runs of one DetectionOutput, to save allocations.
struct DetectionScratch {
  // Makes room for whatever runs of these sizes can find, so that none allocates.
  void reserve(const DetectionOutput& op, const DetectionSizes& sizes);

  std::vector<std::uint64_t> candidates;
  std::vector<float> best, sample;  // the best score of each prior, and some of them
  std::vector<float> scores;        // of one prior, or of all rows of an image
  std::vector<std::array<float, 4>> boxes;
  std::vector<char> decoded;
  std::vector<std::vector<std::int32_t>> kept_of_class;  // priors, best first
  std::vector<std::int64_t> seen_of_class;
};

// Makes scores of numbers, one of each; both may be the same memory. It does not fall where its argument grows, but by kScoreRounding of
// the result: what comes of the greatest number of a prior is its best score but for that.
using ScoreFunction = FunctionRef<void(std::span<const float> numbers, std::span<float> scores)>;
inline constexpr float kScoreRounding = 0x1p-19f;

// SSD post-processing as OpenVINO defines it (see DetectionOutput in ops.h), in float.
//
//   codes    [images, priors, 4]     scores  [images, priors, classes]
//   priors   [1 or images, 1 or 2, priors * 4]
//   rows     [images * keep_top_k, 7]: image, class, score, x0, y0, x1, y1
//
// The rows of an image come by class, in a class by falling score; of equal scores the lower prior goes first.
// A row that begins with -1 ends a list that does not fill `rows`; zeros follow. NaN scores are no candidates.
void detection_output(const DetectionOutput& op, const DetectionSizes& sizes, std::span<const float> codes, std::span<const float> scores,
                      std::span<const float> priors, std::span<float> rows, DetectionScratch& scratch);
// The same of numbers of which `score_of` makes the scores; it is asked for few of them.
void detection_output(const DetectionOutput& op, const DetectionSizes& sizes, std::span<const float> codes, std::span<const float> numbers,
                      ScoreFunction score_of, std::span<const float> priors, std::span<float> rows, DetectionScratch& scratch);

}  // namespace octet
