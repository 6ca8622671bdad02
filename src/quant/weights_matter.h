#pragma once

#include "base/result.h"
#include "quant/calibrate.h"
#include "quant/quantized_model.h"

namespace octet::quant {

// Whether rounding the weights makes a good part of the error of the heads, by a few of the images: only then are they worth more than to
// be rounded each for itself. kNotFound where none of these images can be used.
Result<bool> weights_matter(const QuantizedModel& model, const CalibrationImages& images, int threads);

}  // namespace octet::quant
