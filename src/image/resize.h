#pragma once

#include <optional>
#include <span>

#include "image/pixel_view.h"
#include "model/resize_kind.h"

namespace octet {

// From pixels of the source to those of the network: x_net = left + x_px * x.
struct ResizeScale {
  double x = 1, y = 1;
  int left = 0, top = 0;
};
ResizeScale resize_scale(ResizeKind kind, ImageSize source, ImageSize target);

// Whether a kind gives whole numbers, so that its result is a picture again.
bool resizes_to_bytes(ResizeKind kind);

// Writes a picture of `target` size, rows of B, G, R without gaps, by a kind that resizes_to_bytes(). Neither size may be empty. `pad`,
// 0..255, is what a letterbox has beside the picture, where it is not what its kind says. Safe from several threads; uses one.
void resize_to_bytes(const PixelView& image, ResizeKind kind, ImageSize target, std::span<std::uint8_t> bgr, std::optional<int> pad = {});

// Writes planes B, G, R of `target` size, values 0..255: the IR's input [1,3,height,width]. Neither size may be
// empty. Safe from several threads; uses one.
void resize_to_planes(const PixelView& image, ResizeKind kind, ImageSize target, std::span<float> planes, std::optional<int> pad = {});

// OpenCV's INTER_LINEAR to another picture.
Image resized(const Image& image, ImageSize target);

}  // namespace octet
