#include "quant/error_feedback.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "quant/pair_safe.h"

namespace octet::quant {
namespace {

constexpr double kLargestWeight = 127;
constexpr double kLeastVariance = 1e-12;  // so that the factors exist where nothing varies

// The factors of a positive definite matrix [size, size], of which the lower triangle is read: U over the diagonal, D on it.
void factorize(std::vector<double>& matrix, std::size_t size) {
  std::vector<double> column(size);
  for (std::size_t j = size; j-- > 0;) {
    const double* const row = &matrix[j * size];
    for (std::size_t i = 0; i < j; ++i) column[i] = row[i] / row[j];
    for (std::size_t i = 0; i < j; ++i) {
      double* const to = &matrix[i * size];
      for (std::size_t k = 0; k <= i; ++k) to[k] -= row[i] * column[k];
      to[j] = column[i];
    }
  }
}

}  // namespace

ErrorFeedback::ErrorFeedback(std::span<const double> covariance, std::size_t size, double damping) : order_(size), upper_(size * size) {
  const auto variance = [&](std::size_t i) { return covariance[i * size + i]; };
  std::iota(order_.begin(), order_.end(), 0);
  std::ranges::stable_sort(order_, [&](std::size_t a, std::size_t b) { return variance(a) > variance(b); });
  double total = 0;
  for (std::size_t i = 0; i < size; ++i) total += variance(i);
  const double added = damping * total / static_cast<double>(std::max<std::size_t>(1, size)) + kLeastVariance;
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t k = 0; k < i; ++k) upper_[i * size + k] = covariance[order_[i] * size + order_[k]];
    upper_[i * size + i] = variance(order_[i]) + added;
  }
  factorize(upper_, size);
}

void ErrorFeedback::round(std::span<const float> weights, float scale, bool pair_safe, std::span<std::int8_t> values) const {
  const std::size_t count = size();
  std::vector<double> left(count);  // what is still to be rounded, in steps
  std::vector<bool> is_done(count);
  for (std::size_t j = 0; j < count; ++j) left[j] = static_cast<double>(weights[order_[j]]) / static_cast<double>(scale);
  for (std::size_t j = 0; j < count; ++j) {
    const std::size_t at = order_[j], other = at ^ 1;
    double low = -kLargestWeight, high = kLargestWeight;
    if (pair_safe && other < count && is_done[other]) {
      if (values[other] >= 0) high = std::min(high, static_cast<double>(kPairSafeSum - values[other]));
      if (values[other] <= 0) low = std::max(low, static_cast<double>(-kPairSafeSum - values[other]));
    }
    const double rounded = std::clamp(std::nearbyint(left[j]), low, high);
    values[at] = static_cast<std::int8_t>(rounded);
    is_done[at] = true;
    const double missing = static_cast<double>(weights[at]) / static_cast<double>(scale) - rounded;
    const double* const row = &upper_[j * count];
    for (std::size_t i = j + 1; i < count; ++i) left[i] += missing * row[i];
  }
}

}  // namespace octet::quant
