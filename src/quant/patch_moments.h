#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "graph/patterns.h"
#include "kernels/view.h"

namespace octet::quant {

// Weights of the filters of one group that are looked at together: `size` from `first` on.
struct PatchBlock {
  std::size_t group = 0, first = 0, size = 0;
};

// First and second moments of what the weights of a convolution multiply, at output places spread evenly over images. Inputs are counted in
// whole steps of their quantizer, so that the sums are integers: they depend neither on the order of the images nor on the number of
// threads. Long filters are cut into blocks of whole channels.
class PatchMoments {
 public:
  static constexpr std::size_t kMostPlaces = 16384;  // of all images: more could leave 32 bits

  // `steps` has one entry for each input channel.
  PatchMoments(const ConvolutionGeometry& conv, const Shape& output, std::vector<float> steps, std::size_t longest_block);

  // At most `places` of an image, the first at `first`, which may be any number.
  void add(const kernels::ImageView<const float>& image, std::size_t places, std::size_t first);

  const std::vector<PatchBlock>& blocks() const { return blocks_; }
  // Of the inputs of a block, [size, size], in squares of their steps.
  std::vector<double> covariance(std::size_t block) const;

 private:
  // Tap by tap the pixel that each place reads: zeros beyond the border, and for one place more where their number is odd.
  std::vector<const float*> pixels_read_at(std::span<const std::int64_t> places, const kernels::ImageView<const float>& image) const;
  // The inputs of `blocks` blocks from `block` on, of one channel each where there are several, behind each other; how many pairs of places
  // each has.
  std::int64_t gather(std::span<const float* const> pixels, const PatchBlock& block, std::size_t blocks);

  ConvolutionGeometry conv_;
  std::int64_t out_height_, out_width_;
  std::vector<float> steps_;
  std::vector<float> zeros_;  // a pixel
  std::vector<PatchBlock> blocks_;
  // Of the inputs of a block tap by tap; of products the lower triangle, row by row.
  std::vector<std::vector<std::int32_t>> sums_, products_;
  std::size_t places_ = 0;
  std::vector<std::int32_t> words_;  // of one image, as kernels::PairedColumns has them
};

}  // namespace octet::quant
