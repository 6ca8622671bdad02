#pragma once

#include <cstddef>
#include <vector>

#include "data/dataset.h"
#include "image/image.h"

// What some pictures of a set look like, as numbers.
namespace octet {

struct PictureFigures {
  double brightness = 0;             // mean of all channels, in steps of 255
  double contrast = 0;               // deviation of the pixels' means
  double red_over_blue = 0;          // mean of red less that of blue
  double colourfulness = 0;          // mean of the greatest channel less the least
  int darkest = 255, brightest = 0;  // of any channel
  bool is_blank = true;              // all pixels are nearly one colour: a lens cap, a broken decoder, an empty frame
  bool operator==(const PictureFigures&) const = default;
};

// Of a picture that is not empty.
PictureFigures figures_of(const Image& image);

// `most` of the entries, spread over all.
std::vector<ImageEntry> spread_entries(const ImageList& images, std::size_t most);

// Before pictures are calibrated with, a line for each thing that is odd about them: too few, blank, all the same, of another scale than
// 0 to 255, unlike those that accuracy is measured on. Some are decoded, on `threads` threads.
std::vector<std::string> calibration_remarks(const Dataset& dataset, int threads);

}  // namespace octet
