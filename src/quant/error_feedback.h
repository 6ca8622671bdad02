#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace octet::quant {

// Rounds the weights of a filter one after another, each taking up what the errors of those before it do to the filter's sum: second-order
// rounding, in GPTQ's order of falling variance (Frantar et al. 2022), as LDLQ computes it (Chee et al. 2023). Of the inputs that the
// weights multiply only their covariance counts; the error of the mean belongs to the bias.
//
// With the covariance C = U D U^T, U upper triangular with ones on its diagonal, the error e C e^T of rounding errors e is the sum of
// D[j] (e U)[j]^2, and rounding w[j] + (e[0..j) U)[j] makes (e U)[j] at most half a step.
class ErrorFeedback {
 public:
  // From the symmetric covariance of `size` inputs, [size, size]. `damping` of their mean variance is added to that of each: inputs that
  // were quiet in a sample may not be so everywhere, and are not to take all errors.
  ErrorFeedback(std::span<const double> covariance, std::size_t size, double damping);

  std::size_t size() const { return order_.size(); }

  struct Filter {
    std::span<const float> weights;
    float scale = 1;
    std::span<std::int8_t> values;  // to write to
  };

  // Filters in steps of their scales, each weight of at most 127. Where `pair_safe`, the weights of inputs 0 and 1, 2 and 3, ... are as
  // pair_safe.h wants them.
  void round(std::span<const Filter> filters, bool pair_safe) const;

 private:
  class Rounding;

  std::vector<std::size_t> order_;  // in which inputs are rounded
  std::vector<double> upper_;       // U in that order, row by row, D on its diagonal
};

}  // namespace octet::quant
