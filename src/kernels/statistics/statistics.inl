// Written once: see kernels/target.h. Totals of a block of channels stay in registers over many pixels. Wide pixels are taken some at a
// time, so that memory is read about in its order: that many streams are foreseen by the CPU.

namespace {

constexpr int kBlockVectors = kLanes / 2;  // with three totals each, most of the registers
constexpr std::int64_t kWidePixels = 16;

// How vectors of channels meet memory: all lanes, or the first ones alone.
struct AllLanes {
  OCTET_TARGET Vec read(const float* from) const { return load(from); }
  OCTET_TARGET void write(float* to, Vec x) const { store(to, x); }
};

struct FirstLanes {
  std::int64_t count;

  OCTET_TARGET Vec read(const float* from) const { return load_first(from, count, set(0.0f)); }
  OCTET_TARGET void write(float* to, Vec x) const { store_first(to, x, count); }
};

// The channels of kVectors vectors.
template <int kVectors, class Lanes = AllLanes>
OCTET_TARGET void add_block(const ImageView<const float>& in, const RunTotals& totals, const Lanes lanes = {}) {
  Vec least[kVectors], greatest[kVectors], sum[kVectors];
#pragma GCC unroll 8
  for (int v = 0; v < kVectors; ++v) {
    least[v] = lanes.read(totals.min + v * kLanes);
    greatest[v] = lanes.read(totals.max + v * kLanes);
    sum[v] = lanes.read(totals.sum + v * kLanes);
  }
  const float* from = in.data;
  for (std::int64_t i = 0; i < in.width; ++i, from += in.pixel_stride)
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) {
      const Vec x = lanes.read(from + v * kLanes);
      least[v] = min(x, least[v]);  // this order of operands keeps the totals from NaN
      greatest[v] = max(x, greatest[v]);
      sum[v] = add(sum[v], x);
    }
#pragma GCC unroll 8
  for (int v = 0; v < kVectors; ++v) {
    lanes.write(totals.min + v * kLanes, least[v]);
    lanes.write(totals.max + v * kLanes, greatest[v]);
    lanes.write(totals.sum + v * kLanes, sum[v]);
  }
}

// As many vectors as a block may have, or as are left.
template <int kVectors>
OCTET_TARGET std::int64_t add_vectors(std::int64_t left, const ImageView<const float>& in, const RunTotals& totals) {
  if constexpr (kVectors > 1)
    if (left < kVectors) return add_vectors<kVectors - 1>(left, in, totals);
  add_block<kVectors>(in, totals);
  return kVectors;
}

OCTET_TARGET void add_all_channels(ImageView<const float> in, RunTotals totals) {
  while (in.channels >= kLanes) {
    const std::int64_t channels = add_vectors<kBlockVectors>(in.channels / kLanes, in, totals) * kLanes;
    in.data += channels;
    in.channels -= channels;
    totals = totals.from(channels);
  }
  if (in.channels > 0) add_block<1>(in, totals, FirstLanes{in.channels});
}

}  // namespace

OCTET_TARGET void add_run_f32(ImageView<const float> in, RunTotals totals) {
  const std::int64_t step = in.channels > kBlockVectors * kLanes ? kWidePixels : in.width;
  for (std::int64_t first = 0; first < in.width; first += step)
    add_all_channels({in.pixel(0, first), 1, std::min(step, in.width - first), in.channels, in.pixel_stride}, totals);
}
