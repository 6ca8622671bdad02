#include "quant/error_feedback.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "base/cpu.h"
#include "kernels/covariance/covariance.h"
#include "quant/pair_safe.h"

namespace octet::quant {
namespace {

constexpr double kLargestWeight = 127;
constexpr double kLeastVariance = 1e-12;  // so that the factors exist where nothing varies

// Rows whose share of the others is taken in one pass over these, each after the other as one by one.
constexpr std::size_t kTogether = kernels::ScaledRows::kCount;
// Filters whose share of these rows is taken while they are in the nearest cache.
constexpr std::size_t kFiltersTogether = 4;

// The factors of a positive definite matrix [size, size], of which the lower triangle is read: U over the diagonal, D on it.
class Factorization {
 public:
  Factorization(std::span<double> matrix, std::size_t size) : matrix_(matrix), size_(size) {
    for (auto& column : columns_) column.resize(size);
  }

  void run() {
    std::size_t left = size_;
    for (; left >= kTogether; left -= kTogether) eliminate(left - kTogether, left);
    eliminate(0, left);
  }

 private:
  double* row(std::size_t i) { return &matrix_[i * size_]; }

  // The rows from `first` up to `end`, the last one first.
  void eliminate(std::size_t first, std::size_t end) {
    for (std::size_t j = end; j-- > first;) {
      std::vector<double>& column = columns_[j - first];
      for (std::size_t i = 0; i < j; ++i) column[i] = row(j)[i] / row(j)[j];
      for (std::size_t i = first; i < j; ++i) subtract(i, j, column);
    }
    if (end - first == kTogether) {
      for (std::size_t i = 0; i < first; ++i) subtract_all(i, first);
    }
    for (std::size_t j = end; j-- > first;)
      for (std::size_t i = 0; i < j; ++i) row(i)[j] = columns_[j - first][i];
  }

  // What row j takes of row i.
  void subtract(std::size_t i, std::size_t j, const std::vector<double>& column) {
    const double factor = row(j)[i];
    for (std::size_t k = 0; k <= i; ++k) row(i)[k] -= factor * column[k];
  }

  void subtract_all(std::size_t i, std::size_t first) {
    kernels::ScaledRows taken{};
    for (std::size_t r = 0; r < kTogether; ++r) {
      const std::size_t j = kTogether - 1 - r;
      taken.factors[r] = -row(first + j)[i];
      taken.rows[r] = columns_[j].data();
    }
    kernels::add_scaled_rows_f64(taken, {row(i), i + 1}, isa_);
  }

  std::span<double> matrix_;
  std::size_t size_;
  std::array<std::vector<double>, kTogether> columns_;
  Isa isa_ = active_isa();
};

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
  Factorization(upper_, size).run();
}

// One filter while it is rounded.
class ErrorFeedback::Rounding {
 public:
  Rounding(const Filter& filter, std::span<const std::size_t> order, bool pair_safe)
      : filter_(filter), order_(order), pair_safe_(pair_safe), left_(order.size()), is_done_(order.size()) {
    for (std::size_t j = 0; j < order.size(); ++j) left_[j] = steps(order[j]);
  }

  // The weights from `first` up to `end` of the order; `row_of` gives the rows of U.
  template <typename RowOf>
  void round(std::size_t first, std::size_t end, const RowOf& row_of, const Isa& isa) {
    kernels::ScaledRows errors{};
    for (std::size_t j = first; j < end; ++j) {
      const double* const row = row_of(j);
      const double missing = round_one(j);
      for (std::size_t i = j + 1; i < end; ++i) left_[i] += missing * row[i];
      errors.factors[j - first] = missing;
      errors.rows[j - first] = row + end;
    }
    if (end < left_.size()) kernels::add_scaled_rows_f64(errors, std::span(left_).subspan(end), isa);
  }

 private:
  double steps(std::size_t at) const { return static_cast<double>(filter_.weights[at]) / static_cast<double>(filter_.scale); }

  // What is missing then.
  double round_one(std::size_t j) {
    const std::size_t at = order_[j], other = at ^ 1;
    double low = -kLargestWeight, high = kLargestWeight;
    if (pair_safe_ && other < order_.size() && is_done_[other]) {
      if (filter_.values[other] >= 0) high = std::min(high, static_cast<double>(kPairSafeSum - filter_.values[other]));
      if (filter_.values[other] <= 0) low = std::max(low, static_cast<double>(-kPairSafeSum - filter_.values[other]));
    }
    const double rounded = std::clamp(std::nearbyint(left_[j]), low, high);
    filter_.values[at] = static_cast<std::int8_t>(rounded);
    is_done_[at] = true;
    return steps(at) - rounded;
  }

  Filter filter_;
  std::span<const std::size_t> order_;
  bool pair_safe_;
  std::vector<double> left_;  // what is still to be rounded, in steps
  std::vector<bool> is_done_;
};

void ErrorFeedback::round(std::span<const Filter> filters, bool pair_safe) const {
  const Isa isa = active_isa();
  const auto row_of = [this](std::size_t j) { return &upper_[j * size()]; };
  for (std::size_t done = 0; done < filters.size(); done += kFiltersTogether) {
    std::vector<Rounding> some;
    for (const Filter& filter : filters.subspan(done, std::min(kFiltersTogether, filters.size() - done)))
      some.emplace_back(filter, order_, pair_safe);
    for (std::size_t first = 0; first < size(); first += kTogether)
      for (Rounding& each : some) each.round(first, std::min(first + kTogether, size()), row_of, isa);
  }
}

}  // namespace octet::quant
