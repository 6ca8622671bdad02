#pragma once

namespace octet {

// How a picture of any size becomes the input of a network; `octet_resize` in docs/model_info.md. image/resize does it.
enum class ResizeKind {
  kStretch,           // both sides to the target; bilinear between pixel centres, rounded to 8 bits: OpenCV's INTER_LINEAR
  kStretchTf1,        // both sides to the target; bilinear without rounding to 8 bits, source = target * ratio: TensorFlow 1
  kLetterboxCorner,   // kStretch that keeps the aspect, at the top left; the rest is 114
  kLetterbox,         // kStretch that keeps the aspect, in the middle; the rest is 128: Darknet with letter_box=1
  kLetterboxRounded,  // the same with sides rounded half to even, and 114: Ultralytics, Model API's fit_to_window_letterbox
};

inline bool is_in_the_middle(ResizeKind kind) { return kind == ResizeKind::kLetterbox || kind == ResizeKind::kLetterboxRounded; }

}  // namespace octet
