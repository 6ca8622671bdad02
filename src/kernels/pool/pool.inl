// Pooling, a block of channels at a time: two vectors, written once: see kernels/target.h. A maximum is taken down the columns first, into
// a strip, and then along the strip, so that a window of n x n costs 2 n steps; small windows are gone through as they are.

namespace {

struct Floats {
  using Element = float;
  using Vector = Vec;
  static constexpr int kChannels = kLanes;
  OCTET_OP static Vec lowest() { return set(std::numeric_limits<float>::lowest()); }
  OCTET_OP static Vec read(const float* from) { return load(from); }
  OCTET_OP static Vec greater(Vec x, Vec best) { return max(x, best); }  // this operand order keeps the best from NaN
  OCTET_OP static void write(float* to, Vec x) { store(to, x); }
};

struct Bytes {
  using Element = std::uint8_t;
  using Vector = Ints;
  static constexpr int kChannels = 4 * kLanes;
  OCTET_OP static Ints lowest() { return set_ints(0); }
  OCTET_OP static Ints read(const std::uint8_t* from) { return load_ints(from); }
  OCTET_OP static Ints greater(Ints x, Ints best) { return max_bytes(x, best); }
  OCTET_OP static void write(std::uint8_t* to, Ints x) { store_ints(to, x); }
};

// kVectors vectors of channels; `count` of the channels are stored.
template <class V, int kVectors>
struct Block {
  static constexpr std::int64_t kChannels = kVectors * V::kChannels;
  typename V::Vector part[kVectors];

  OCTET_OP static Block lowest() {
    Block block;
#pragma GCC unroll 2
    for (auto& vec : block.part) vec = V::lowest();
    return block;
  }
  OCTET_OP void include(const typename V::Element* from) {
#pragma GCC unroll 2
    for (int i = 0; i < kVectors; ++i) part[i] = V::greater(V::read(from + i * V::kChannels), part[i]);
  }
  OCTET_OP void store(typename V::Element* to, std::int64_t count = kChannels) const {
    if (count >= kChannels) {
#pragma GCC unroll 2
      for (int i = 0; i < kVectors; ++i) V::write(to + i * V::kChannels, part[i]);
      return;
    }
    alignas(64) std::array<typename V::Element, kChannels> all;
#pragma GCC unroll 2
    for (int i = 0; i < kVectors; ++i) V::write(all.data() + i * V::kChannels, part[i]);
    std::memcpy(to, all.data(), static_cast<std::size_t>(count) * sizeof(typename V::Element));
  }
};

constexpr std::int64_t kStripColumns = 256;

std::int64_t reach(const PoolShape& shape) { return (shape.kernel_w - 1) * shape.dilation_w + 1; }

template <class V>
struct RowJob {
  const PoolShape& shape;
  ImageView<const typename V::Element> in;  // from the first channel of the block on
  ImageView<typename V::Element> out;
  std::int64_t y, channels;  // that are stored
  Taps rows;
};

template <class V, int kVectors>
OCTET_OP void max_window(const RowJob<V>& job, const Taps& columns, std::int64_t x) {
  const PoolShape& s = job.shape;
  auto best = Block<V, kVectors>::lowest();
  for (std::int64_t ky = job.rows.first; ky < job.rows.last; ++ky) {
    const auto* row = job.in.pixel(job.rows.start + ky * s.dilation_h, 0);
    for (std::int64_t kx = columns.first; kx < columns.last; ++kx)
      best.include(row + (columns.start + kx * s.dilation_w) * job.in.pixel_stride);
  }
  best.store(job.out.pixel(job.y, x), job.channels);
}

// Outputs x_begin to x_end - 1, whose windows reach over no more than kStripColumns columns.
template <class V, int kVectors>
OCTET_TARGET void max_over_strip(const RowJob<V>& job, std::int64_t x_begin, std::int64_t x_end) {
  using B = Block<V, kVectors>;
  const PoolShape& s = job.shape;
  alignas(64) std::array<typename V::Element, kStripColumns * B::kChannels> strip;
  const std::int64_t strip_begin = std::max<std::int64_t>(0, x_begin * s.stride_w - s.pad_left);
  const std::int64_t strip_end = std::min(job.in.width, (x_end - 1) * s.stride_w - s.pad_left + (s.kernel_w - 1) * s.dilation_w + 1);
  for (std::int64_t column = strip_begin; column < strip_end; ++column) {
    auto best = B::lowest();
    for (std::int64_t ky = job.rows.first; ky < job.rows.last; ++ky) best.include(job.in.pixel(job.rows.start + ky * s.dilation_h, column));
    best.store(strip.data() + (column - strip_begin) * B::kChannels);
  }
  for (std::int64_t x = x_begin; x < x_end; ++x) {
    const Taps columns = taps_inside(x, s.stride_w, s.pad_left, s.kernel_w, s.dilation_w, job.in.width);
    auto best = B::lowest();
    for (std::int64_t kx = columns.first; kx < columns.last; ++kx)
      best.include(strip.data() + (columns.start + kx * s.dilation_w - strip_begin) * B::kChannels);
    best.store(job.out.pixel(job.y, x), job.channels);
  }
}

template <class V, int kVectors>
void max_block(const RowJob<V>& job) {
  const PoolShape& s = job.shape;
  const std::int64_t at_once = (kStripColumns - reach(s)) / s.stride_w + 1;
  for (std::int64_t x = 0; x < job.out.width; x += at_once) max_over_strip<V, kVectors>(job, x, std::min(x + at_once, job.out.width));
}

// The block of at most two vectors from channel `c` on.
template <class V>
OCTET_OP void set_block(RowJob<V>& job, const RowJob<V>& row, std::int64_t c) {
  job.in.data = row.in.data + c;
  job.out.data = row.out.data + c;
  job.channels = std::min<std::int64_t>(row.channels - c, 2 * V::kChannels);
}

// All channels of a pixel before the next, in the order of the memory.
template <class V>
OCTET_TARGET void max_direct(const RowJob<V>& row) {
  const PoolShape& s = row.shape;
  RowJob<V> job = row;
  for (std::int64_t x = 0; x < row.out.width; ++x) {
    const Taps columns = taps_inside(x, s.stride_w, s.pad_left, s.kernel_w, s.dilation_w, row.in.width);
    for (std::int64_t c = 0; c < row.channels; c += job.channels) {
      set_block(job, row, c);
      job.channels > V::kChannels ? max_window<V, 2>(job, columns, x) : max_window<V, 1>(job, columns, x);
    }
  }
}

template <class V>
OCTET_TARGET void max_row(const PoolShape& s, ImageView<const typename V::Element> in, ImageView<typename V::Element> out, std::int64_t y) {
  const RowJob<V> row{s, in, out, y, out.channels, taps_inside(y, s.stride_h, s.pad_top, s.kernel_h, s.dilation_h, in.height)};
  if (s.kernel_h * s.kernel_w <= 4 || s.kernel_h == 1 || reach(s) > kStripColumns) return max_direct(row);
  RowJob<V> job = row;
  for (std::int64_t c = 0; c < row.channels; c += job.channels) {
    set_block(job, row, c);
    job.channels > V::kChannels ? max_block<V, 2>(job) : max_block<V, 1>(job);
  }
}

// A vector of channels of the mean of one output; the order of the sum is that of the reference.
OCTET_TARGET Vec mean_of(const AvgPoolShape& s, const ImageView<const float>& in, const Taps& rows, const Taps& columns, std::int64_t c,
                         int places) {
  Vec sum = set(0.0f);
  for (std::int64_t ky = rows.first; ky < rows.last; ++ky)
    for (std::int64_t kx = columns.first; kx < columns.last; ++kx)
      sum = add(sum, load(in.pixel(rows.start + ky * s.dilation_h, columns.start + kx * s.dilation_w) + c));
  return places == 0 ? set(0.0f) : div(sum, set(static_cast<float>(places)));
}

}  // namespace

void max_pool_row_f32(const PoolShape& shape, ImageView<const float> in, ImageView<float> out, std::int64_t y) {
  max_row<Floats>(shape, in, out, y);
}

void max_pool_row_u8(const PoolShape& shape, ImageView<const std::uint8_t> in, ImageView<std::uint8_t> out, std::int64_t y) {
  max_row<Bytes>(shape, in, out, y);
}

OCTET_TARGET void avg_pool_row_f32(const AvgPoolShape& shape, ImageView<const float> in, ImageView<float> out, std::int64_t y) {
  const Taps rows = taps_inside(y, shape.stride_h, shape.pad_top, shape.kernel_h, shape.dilation_h, in.height);
  for (std::int64_t x = 0; x < out.width; ++x) {
    const Taps columns = taps_inside(x, shape.stride_w, shape.pad_left, shape.kernel_w, shape.dilation_w, in.width);
    const int places = counted_places(shape, in.height, in.width, y, x);
    for (std::int64_t c = 0; c < out.channels; c += kLanes) {
      Block<Floats, 1> mean;
      mean.part[0] = mean_of(shape, in, rows, columns, c, places);
      mean.store(out.pixel(y, x) + c, out.channels - c);
    }
  }
}
