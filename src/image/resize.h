#pragma once

#include <span>

#include "image/image.h"

namespace octet {

// How a picture of any size becomes the input of a network. Names as in docs/model_info.md.
enum class ResizeKind {
  kStretch,          // both sides to the target; bilinear between pixel centres, rounded to 8 bits: OpenCV's INTER_LINEAR
  kStretchTf1,       // both sides to the target; bilinear without rounding to 8 bits, source = target * ratio: TensorFlow 1
  kLetterboxCorner,  // kStretch that keeps the aspect, at the top left; the rest is 114
  kLetterbox,        // kStretch that keeps the aspect, in the middle; the rest is 128: Darknet with letter_box=1
};

// From pixels of the source to those of the network: x_net = left + x_px * x.
struct ResizeScale {
  double x = 1, y = 1;
  int left = 0, top = 0;
};
ResizeScale resize_scale(ResizeKind kind, ImageSize source, ImageSize target);

// Writes planes B, G, R of `target` size, values 0..255: the IR's input [1,3,height,width]. Neither size may be
// empty. Safe from several threads; uses one.
void resize_to_planes(const Image& image, ResizeKind kind, ImageSize target, std::span<float> planes);

// OpenCV's INTER_LINEAR to another picture.
Image resized(const Image& image, ImageSize target);

}  // namespace octet
