#pragma once

#include <string>
#include <vector>

#include "quant/calibrate.h"
#include "quant/quantize.h"
#include "quant/tensor_figures.h"

namespace octet::quant {

// What one layer, quantized while all others compute in floats, does to its result and to the heads.
struct LayerFigures {
  std::string node;        // of the convolution, sum or pool, as the IR has it
  std::string operation;   // "Convolution"
  int bits = 8;            // of the widest of its inputs
  double snr_db = 0;       // of its result: signal over what quantization adds, of all images together
  double error_share = 0;  // of the error at the heads; the shares of all layers add up to 1
};

struct FloatLayer {
  std::string node, reason;
};

struct Explanation {
  std::vector<LayerFigures> layers;    // upstream first
  std::vector<TensorFigures> tensors;  // of every quantized activation
  std::vector<FloatLayer> floats;      // convolutions that are not quantized
  double snr_db = 0;                   // of the heads with all layers quantized
  std::size_t images = 0;              // that all of this was measured on
};

// How many images explain() takes: as many as keep the whole to some 5 * 10^11 multiplications, but at least one and at most eight, so that
// the figures do not depend on how fast a machine is.
std::size_t images_to_explain_with(std::int64_t macs, std::size_t layers);

// Measures each layer of a quantized model alone, and every quantized tensor, on a few of the images, spread over all; no labels are
// needed. The error of a head is the power of the difference to floats over the power in floats; a layer's share is its mean over the
// heads, divided by the sum of all layers'. Errors are those of compile(), and kNotFound if no image could be used.
Result<Explanation> explain(const QuantizedModel& model, const CalibrationImages& images, const CalibrationOptions& options);

}  // namespace octet::quant
