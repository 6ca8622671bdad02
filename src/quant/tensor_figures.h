#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "quant/calibrate.h"

namespace octet::quant {

inline constexpr std::size_t kHistogramBins = 48;

// What one FakeQuantize does to the tensor that it reads.
struct TensorFigures {
  std::string node;    // the FakeQuantize
  std::string tensor;  // the node whose result it reads
  std::string method;  // how its range was found, in words; may be empty
  int bits = 8;
  std::size_t ranges = 1;                   // one, or one a channel
  double low = 0, high = 0;                 // its limits; of channels the least and the greatest
  double least_step = 0, step = 0;          // what is between two neighbouring levels: the least and the greatest of its ranges
  double least = 0, greatest = 0;           // what was seen
  double clipped_share = 0;                 // of the elements beyond their limits
  double snr_db = 0;                        // of rounding and clipping; 0 where there is no signal
  std::vector<double> shares;               // of the elements, by their place between their limits, in kHistogramBins equal parts
  double below_share = 0, above_share = 0;  // that lie below and above their limits
};

// Of every FakeQuantize of `quantized` on activations, upstream first, from what `floats` computes of the images; one pass. Images that
// cannot be used are skipped. Errors are those of compile().
Result<std::vector<TensorFigures>> tensor_figures(const Graph& floats, const Graph& quantized, const CalibrationImages& images,
                                                  int threads);

// Ten times the decimal logarithm of a ratio of powers, held between -99 and 99; 0 of nothing to nothing.
double decibels(double signal, double noise);

}  // namespace octet::quant
