#pragma once

#include "runtime/builder.h"

namespace octet {

// Adds a step that makes an image with interleaved channels of planar floats or of a picture: x * scale + offset (an affine map
// without values leaves x alone), quantized where `to` is. A byte of a picture gives what the same number as a float does, since
// a table of all 256, computed as floats are, has the results.
void add_input_step(PlanBuilder& builder, StepInfo info, SlotId from, SlotId to, const Affine& affine);

// The other way, unchanged: a step that makes planar floats of a float image.
void add_planar_step(PlanBuilder& builder, StepInfo info, SlotId from, SlotId to);

}  // namespace octet
