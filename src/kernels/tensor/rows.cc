#include "kernels/tensor/rows.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "kernels/activation/activation.h"

namespace octet::kernels {
namespace {

constexpr std::int64_t kGrainElements = 8192;

std::int64_t grain(const RowsOf& rows) { return std::max<std::int64_t>(1, kGrainElements / std::max<std::int64_t>(1, rows.length)); }

// In eight sums at once, which the compiler keeps in vectors.
template <typename Combine>
float combined(const float* values, std::int64_t count, float start, Combine combine) {
  std::array<float, 8> parts;
  parts.fill(start);
  std::int64_t i = 0;
  for (; i + 8 <= count; i += 8)
    for (std::size_t lane = 0; lane < 8; ++lane) parts[lane] = combine(parts[lane], values[i + static_cast<std::int64_t>(lane)]);
  for (; i < count; ++i) parts[0] = combine(parts[0], values[i]);
  for (std::size_t lane = 1; lane < 8; ++lane) parts[0] = combine(parts[0], parts[lane]);
  return parts[0];
}

// Types, so that the loops above are compiled for each.
struct Greatest {
  float operator()(float a, float b) const { return a < b ? b : a; }
};
struct Sum {
  float operator()(float a, float b) const { return a + b; }
};

void softmax_row(const float* in, float* out, std::int64_t length, const Isa& isa) {
  const float most = combined(in, length, -std::numeric_limits<float>::infinity(), Greatest());
  for (std::int64_t i = 0; i < length; ++i) out[i] = in[i] - most;
  const std::span<float> row(out, static_cast<std::size_t>(length));
  activate({Activation::Kind::kExp}, row, row, isa);
  const float share = 1 / combined(out, length, 0.0f, Sum());
  for (std::int64_t i = 0; i < length; ++i) out[i] *= share;
}

// Of several columns that lie side by side; `scratch` holds a number for each, twice.
void softmax_columns(const float* in, float* out, const RowsOf& rows, float* scratch, const Isa& isa) {
  const std::int64_t inner = rows.inner;
  float *most = scratch, *sums = scratch + inner;
  std::copy_n(in, inner, most);
  std::fill_n(sums, inner, 0.0f);
  for (std::int64_t i = 1; i < rows.length; ++i)
    for (std::int64_t c = 0; c < inner; ++c) most[c] = Greatest()(most[c], in[i * inner + c]);
  for (std::int64_t i = 0; i < rows.length; ++i) {
    const std::span<float> row(out + i * inner, static_cast<std::size_t>(inner));
    for (std::int64_t c = 0; c < inner; ++c) out[i * inner + c] = in[i * inner + c] - most[c];
    activate({Activation::Kind::kExp}, row, row, isa);
    for (std::int64_t c = 0; c < inner; ++c) sums[c] += out[i * inner + c];
  }
  for (std::int64_t i = 0; i < rows.length; ++i)
    for (std::int64_t c = 0; c < inner; ++c) out[i * inner + c] /= sums[c];
}

struct Step {
  double start;
  double (*combine)(double so_far, double x);
};

Step step_of(Reduction reduction) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  switch (reduction) {
    case Reduction::kMax:
      return {-kInfinity, [](double a, double x) { return std::max(a, x); }};
    case Reduction::kMin:
      return {kInfinity, [](double a, double x) { return std::min(a, x); }};
    case Reduction::kL1:
      return {0, [](double a, double x) { return a + std::fabs(x); }};
    case Reduction::kL2:
      return {0, [](double a, double x) { return a + x * x; }};
    case Reduction::kMean:
    case Reduction::kSum:
      break;
  }
  return {0, [](double a, double x) { return a + x; }};
}

double finished(Reduction reduction, double result, std::int64_t length) {
  if (reduction == Reduction::kMean) return result / static_cast<double>(length);
  return reduction == Reduction::kL2 ? std::sqrt(result) : result;
}

}  // namespace

std::size_t softmax_f32_scratch_bytes(const RowsOf& rows) {
  return rows.inner == 1 ? 0 : static_cast<std::size_t>(2 * rows.inner) * sizeof(float);
}

void softmax_f32(const RowsOf& rows, std::span<const float> in, std::span<float> out, const Isa& isa, ThreadPool& pool) {
  if (out.empty()) return;
  if (rows.inner == 1) {
    pool.run(rows.outer, grain(rows), [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t row = begin; row < end; ++row)
        softmax_row(in.data() + row * rows.length, out.data() + row * rows.length, rows.length, isa);
    });
    return;
  }
  const std::int64_t matrix = rows.length * rows.inner;
  pool.run_each(rows.outer, softmax_f32_scratch_bytes(rows), [&](std::int64_t which, std::byte* scratch) {
    softmax_columns(in.data() + which * matrix, out.data() + which * matrix, rows, reinterpret_cast<float*>(scratch), isa);
  });
}

void reduce_f32(Reduction reduction, const RowsOf& rows, std::span<const float> in, std::span<float> out, ThreadPool& pool) {
  const Step step = step_of(reduction);
  pool.run(static_cast<std::int64_t>(out.size()), grain(rows), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t at = begin; at < end; ++at) {
      const float* first = in.data() + at / rows.inner * rows.length * rows.inner + at % rows.inner;
      double result = step.start;
      for (std::int64_t i = 0; i < rows.length; ++i) result = step.combine(result, static_cast<double>(first[i * rows.inner]));
      out[static_cast<std::size_t>(at)] = static_cast<float>(finished(reduction, result, rows.length));
    }
  });
}

}  // namespace octet::kernels
