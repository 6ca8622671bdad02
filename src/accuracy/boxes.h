#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace octet::accuracy {

// An annotated or a found object. Corners in the frame that the step at hand works in: 0..1 behind an adapter as a rule, pixels of the
// source image behind resize_prediction_boxes.
struct Box {
  double x0 = 0, y0 = 0, x1 = 0, y1 = 0;
  float score = 1;  // of what was found
  int label = 0;
  bool is_crowd = false;  // of what is annotated
};

// What is annotated or found in one image, in the order of file or network.
struct ImageBoxes {
  std::vector<Box> boxes;
  // Indices of boxes that are difficult, as Pascal VOC calls them: those that a file or a filter has marked, in the order in which they
  // were, some perhaps twice. All are below boxes.size().
  std::vector<std::size_t> difficult;

  std::vector<bool> difficult_mask() const;

  // Takes the boxes of these rising, distinct indices out. The marks follow as they do in the Open Model Zoo's checker, which published
  // figures depend on: marks behind the last box that goes are lost, and the mark of a box that goes falls to the one before it.
  void remove(std::span<const std::size_t> rising);
};

// Indices by falling score. Of equal scores the first comes first.
std::vector<std::size_t> by_falling_score(std::span<const Box> boxes);

// Indices as NumPy's `argsort(scores)[::-1]` gives them: by falling score, of equal scores the last first.
std::vector<std::size_t> by_reversed_rising_score(std::span<const Box> boxes);

}  // namespace octet::accuracy
