// Written once: see kernels/target.h. `rest` is the namespace of the kernels that take what is less than a vector.

namespace {

OCTET_OP Ints whole_steps(const float* values, const float* steps) {
  const Vec bounded = min(max(div(load(values), load(steps)), set(-kMostSteps)), set(kMostSteps));
  return truncate(add(bounded, copy_sign(set(0.5f), bounded)));
}

constexpr int kTileRows = 6, kTileVectors = 2, kTileColumns = kTileVectors * kLanes;
static_assert(kTileColumns <= kWordSlack);

// The first `count` of a vector of sums.
OCTET_OP void add_first(std::int32_t* to, Ints sums, std::int64_t count) {
  if (count >= kLanes) return store_ints(to, add_ints(load_ints(to), sums));
  std::int32_t values[kLanes];
  store_ints(values, sums);
  for (std::int64_t i = 0; i < count; ++i) to[i] += values[i];
}

// Of the columns from `first` on with those from `column` on.
OCTET_TARGET void add_tile(const PairedColumns& in, std::int64_t first, std::int64_t column, std::int32_t* products) {
  Ints sums[kTileRows][kTileVectors];
#pragma GCC unroll 6
  for (auto& row : sums)
#pragma GCC unroll 2
    for (Ints& sum : row) sum = set_ints(0);
  const std::int32_t* words = in.words;
  for (std::int64_t pair = 0; pair < in.pairs; ++pair, words += in.columns) {
    Ints others[kTileVectors];
#pragma GCC unroll 2
    for (int v = 0; v < kTileVectors; ++v) others[v] = load_ints(words + column + v * kLanes);
#pragma GCC unroll 6
    for (int r = 0; r < kTileRows; ++r) {
      const Ints own = set_ints(words[first + r]);
#pragma GCC unroll 2
      for (int v = 0; v < kTileVectors; ++v) sums[r][v] = add_word_products(sums[r][v], own, others[v]);
    }
  }
#pragma GCC unroll 6
  for (int r = 0; r < kTileRows; ++r) {
    const std::int64_t row = first + r;
    if (row >= in.columns) return;
#pragma GCC unroll 2
    for (int v = 0; v < kTileVectors; ++v) {
      const std::int64_t at = column + v * kLanes;
      if (at <= row) add_first(products + row * (row + 1) / 2 + at, sums[r][v], row + 1 - at);
    }
  }
}

using Doubles = double __attribute__((vector_size(kLanes * sizeof(float))));
constexpr std::size_t kDoubles = kLanes / 2;

OCTET_OP Doubles load_doubles(const double* from) {
  Doubles values;
  std::memcpy(&values, from, sizeof values);
  return values;
}

}  // namespace

OCTET_TARGET void pair_up_f32(const PlacePair& places, std::span<const float> steps, std::int32_t* words) {
  std::size_t i = 0;
  for (; i + kLanes <= steps.size(); i += kLanes) {
    const Ints low = whole_steps(places.first + i, &steps[i]), high = whole_steps(places.second + i, &steps[i]);
    store_ints(words + i, (low & set_ints(0xffff)) | shift_left<16>(high));
  }
  rest::pair_up_f32({places.first + i, places.second + i}, steps.subspan(i), words + i);
}

OCTET_TARGET void add_column_products_i16(const PairedColumns& in, std::int32_t* products) {
  // A tile begins inside of the columns, so that it ends within the slack.
  for (std::int64_t first = 0; first < in.columns; first += kTileRows)
    for (std::int64_t column = 0; column < std::min(first + kTileRows, in.columns); column += kTileColumns)
      add_tile(in, first, column, products);
}

OCTET_TARGET void add_scaled_rows_f64(const ScaledRows& add, std::span<double> to) {
  const ScaledRows fixed = add;  // as nothing that is written can change it, it is read once
  std::size_t i = 0;
  for (; i + kDoubles <= to.size(); i += kDoubles) {
    Doubles sum = load_doubles(&to[i]);
#pragma GCC unroll 4
    for (std::size_t row = 0; row < ScaledRows::kCount; ++row) sum += fixed.factors[row] * load_doubles(fixed.rows[row] + i);
    std::memcpy(&to[i], &sum, sizeof sum);
  }
  ScaledRows left = fixed;
  for (const double*& row : left.rows) row += i;
  rest::add_scaled_rows_f64(left, to.subspan(i));
}
