#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace octet {

// The boxes of `image` from place `begin` on, where the boxes of images before it end.
template <typename Box>
std::span<const Box> boxes_of_image(std::span<const Box> boxes, std::size_t begin, std::uint32_t image) {
  std::size_t end = begin;
  while (end < boxes.size() && boxes[end].image == image) ++end;
  return boxes.subspan(begin, end - begin);
}

// Calls visit(image, truth, found) with the boxes of each image in which something was found; both lists are by rising image.
template <typename Truth, typename Found, typename Visit>
void for_each_image(std::span<const Truth> truth, std::span<const Found> found, Visit visit) {
  std::size_t truth_begin = 0;
  for (std::size_t found_begin = 0; found_begin < found.size();) {
    const std::uint32_t image = found[found_begin].image;
    const auto found_here = boxes_of_image(found, found_begin, image);
    while (truth_begin < truth.size() && truth[truth_begin].image < image) ++truth_begin;
    const auto truth_here = boxes_of_image(truth, truth_begin, image);
    visit(image, truth_here, found_here);
    found_begin += found_here.size();
    truth_begin += truth_here.size();
  }
}

}  // namespace octet
