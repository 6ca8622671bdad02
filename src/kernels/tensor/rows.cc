#include "kernels/tensor/rows.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace octet::kernels {
namespace {

constexpr std::int64_t kGrainElements = 8192;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Types, so that the loops below are compiled for each: what a reduction starts from, what it makes of a value, and how it joins two.
struct Greatest {
  static constexpr double kStart = -kInfinity;
  static double of(double x) { return x; }
  static double join(double a, double b) { return a < b ? b : a; }
};
struct Least {
  static constexpr double kStart = kInfinity;
  static double of(double x) { return x; }
  static double join(double a, double b) { return b < a ? b : a; }
};
struct Sum {
  static constexpr double kStart = 0;
  static double of(double x) { return x; }
  static double join(double a, double b) { return a + b; }
};
struct SumOfMagnitudes : Sum {
  static double of(double x) { return std::fabs(x); }
};
struct SumOfSquares : Sum {
  static double of(double x) { return x * x; }
};

// Results at once, which the compiler keeps in vectors.
constexpr std::int64_t kAtOnce = 16;
using Several = std::array<double, kAtOnce>;

template <class Step>
void join_several(Several& results, const float* values) {
  for (std::size_t lane = 0; lane < results.size(); ++lane)
    results[lane] = Step::join(results[lane], Step::of(static_cast<double>(values[lane])));
}

// Of `length` values `stride` apart, from `start` on.
template <class Step>
double reduce_one(double start, const float* values, std::int64_t length, std::int64_t stride) {
  for (std::int64_t i = 0; i < length; ++i) start = Step::join(start, Step::of(static_cast<double>(values[i * stride])));
  return start;
}

// Of values one behind the other.
template <class Step>
double reduce_run(const float* values, std::int64_t length) {
  Several parts;
  parts.fill(Step::kStart);
  std::int64_t i = 0;
  for (; i + kAtOnce <= length; i += kAtOnce) join_several<Step>(parts, values + i);
  double result = reduce_one<Step>(Step::kStart, values + i, length - i, 1);
  for (const double part : parts) result = Step::join(result, part);
  return result;
}

double finished(Reduction reduction, double result, std::int64_t length) {
  if (reduction == Reduction::kMean) return result / static_cast<double>(length);
  return reduction == Reduction::kL2 ? std::sqrt(result) : result;
}

// Results first to last - 1 of one matrix [length, inner].
template <class Step, typename Finish>
void reduce_columns(const RowsOf& rows, const float* in, std::int64_t first, std::int64_t last, float* out, const Finish& finish) {
  std::int64_t column = first;
  for (; column + kAtOnce <= last; column += kAtOnce) {
    Several results;
    results.fill(Step::kStart);
    for (std::int64_t i = 0; i < rows.length; ++i) join_several<Step>(results, in + i * rows.inner + column);
    for (std::size_t lane = 0; lane < results.size(); ++lane) out[column + static_cast<std::int64_t>(lane)] = finish(results[lane]);
  }
  for (; column < last; ++column) out[column] = finish(reduce_one<Step>(Step::kStart, in + column, rows.length, rows.inner));
}

template <class Step>
void reduce(Reduction reduction, const RowsOf& rows, const float* in, float* out, ThreadPool& pool) {
  const auto finish = [&](double result) { return static_cast<float>(finished(reduction, result, rows.length)); };
  const std::int64_t grain = std::max<std::int64_t>(1, kGrainElements / std::max<std::int64_t>(1, rows.length));
  pool.run(rows.outer * rows.inner, grain, [&](std::int64_t begin, std::int64_t end) {
    if (rows.inner == 1) {
      for (std::int64_t row = begin; row < end; ++row) out[row] = finish(reduce_run<Step>(in + row * rows.length, rows.length));
      return;
    }
    while (begin < end) {
      const std::int64_t matrix = begin / rows.inner, first = begin % rows.inner, last = std::min(rows.inner, first + end - begin);
      reduce_columns<Step>(rows, in + matrix * rows.length * rows.inner, first, last, out + matrix * rows.inner, finish);
      begin += last - first;
    }
  });
}

}  // namespace

// A result has the same bits wherever a thread's share of them begins, as each is summed by itself.
void reduce_f32(Reduction reduction, const RowsOf& rows, std::span<const float> in, std::span<float> out, ThreadPool& pool) {
  switch (reduction) {
    case Reduction::kMean:
    case Reduction::kSum:
      return reduce<Sum>(reduction, rows, in.data(), out.data(), pool);
    case Reduction::kMax:
      return reduce<Greatest>(reduction, rows, in.data(), out.data(), pool);
    case Reduction::kMin:
      return reduce<Least>(reduction, rows, in.data(), out.data(), pool);
    case Reduction::kL1:
      return reduce<SumOfMagnitudes>(reduction, rows, in.data(), out.data(), pool);
    case Reduction::kL2:
      return reduce<SumOfSquares>(reduction, rows, in.data(), out.data(), pool);
  }
}

}  // namespace octet::kernels
