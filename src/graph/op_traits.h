#pragma once

#include "graph/ops.h"

namespace octet {

// What passes, quantizer and runtime may assume of an operation without knowing it. False is always safe.
struct OpTraits {
  // Every element of an output is an element of the data input (of any input, for Concat), unchanged: a greatest one, a copy, another
  // order. So the scale and zero point of the input fit the output.
  bool only_moves_values = false;
  // The axes of the output mean what those of the data input mean, whatever their sizes: an image [N,C,H,W] stays one.
  bool keeps_axes = false;
  // f(k * x) = k * f(x) for any factors k > 0, one for each channel of x [N,C,...].
  bool keeps_channel_factors = false;
  // Computed in integers where its inputs are quantized, here and in OpenVINO. Nothing else gains by 8-bit inputs.
  bool computes_in_integers = false;
  // A copy of its data input wherever the output's type (element and shape) is the input's.
  bool copies_if_type_stays = false;
};

// Names every operation, so that the compiler asks for the traits of a new one.
OpTraits traits_of(const Op& op);

}  // namespace octet
