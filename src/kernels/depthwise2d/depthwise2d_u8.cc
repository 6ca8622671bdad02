// Packing and the loops over rows and blocks of the integer levels.
#include <array>
#include <cmath>
#include <cstring>
#include <new>

#include "base/check.h"
#include "kernels/depthwise2d/depthwise2d_blocks.h"

namespace octet::kernels::depthwise {
namespace {

constexpr std::int64_t kPiecePixels = 32;  // of the way over real values; they stay in the nearest cache
constexpr int kMaxChannels = 64;
constexpr std::int64_t kBytesAtOnce = std::int64_t{128} << 10;  // of an image

// Where the 16-bit result of a lane is after groups 2i and 2i + 1 were packed into one vector, 128 bits at a time; a single group has no
// other.
int packed_place(const U8Kernels& kernels, int group, int lane) {
  if (kernels.width() == kernels.lanes) return lane;
  return group / 2 * 2 * kernels.lanes + lane / 4 * 8 + group % 2 * 4 + lane % 4;
}

bool by_two_columns(TapOrder order) { return order == TapOrder::kTwoColumns || order == TapOrder::kTwoColumnsByHalves; }
int taps_at_once(TapOrder order) { return by_two_columns(order) ? 2 : 4; }
int bytes_per_weight(TapOrder order) { return order == TapOrder::kQuads ? 1 : 2; }

constexpr int kNoTap = -1;

// Fills the last vector.
void pad_taps(TapOrder order, std::vector<int>& taps) {
  while (taps.size() % static_cast<std::size_t>(taps_at_once(order)) != 0) taps.push_back(kNoTap);
}

// The lane of each fourth place, found once: to find it takes divisions.
std::vector<int> lanes_of_fours(const U8Kernels& kernels) {
  std::vector<int> lanes;
  for (int place = 0; place < kernels.width(); place += 4) lanes.push_back(kernels.lane_of(place));
  return lanes;
}

std::vector<int> in_lane_order(TapOrder order, const std::vector<int>& taps) {
  if (order != TapOrder::kSplitQuads) return taps;
  std::vector<int> ordered;
  for (std::size_t quad = 0; quad < taps.size(); quad += 4)
    for (const std::size_t i : {0, 2, 1, 3}) ordered.push_back(taps[quad + i]);
  return ordered;
}

class PackedU8 final : public ConvolutionU8 {
 public:
  PackedU8(const Isa& isa, std::span<const U8Kernels> kernels, const Depthwise2dShape& shape, std::span<const std::int16_t> weights,
           std::span<const std::uint8_t> in_zero_point, const Requantization& requantization)
      : isa_(isa),
        kernels_(kernels),
        shape_(shape),
        class_(shape_class(shape)),
        table_(requantization),
        blocks_(cut_blocks(shape.channels, kernels)) {
    for (const U8Kernels& each : kernels_) lanes_of_fours_.push_back(lanes_of_fours(each));
    for (Block& block : blocks_) pack(block, weights, in_zero_point);
  }

  std::string_view name() const override { return isa_.name; }
  bool takes_rows() const override { return true; }

  void run(ImageView<const std::uint8_t> in, ImageView<std::uint8_t> out, ThreadPool& pool) const override {
    OCTET_CHECK(table_.to_u8, "a depthwise convolution made for float results");
    run_blocks(in, out.height, out.width, pool, [&](const Block& block, RowPiece<std::uint8_t>& piece) {
      const ImageView<std::uint8_t> target = from_channel(out, block.first);
      table_.brief != Brief::kNo ? make_row(block, piece, target) : make_row_by_reals(block, piece, target);
    });
  }

  void run(ImageView<const std::uint8_t> in, ImageView<float> out, ThreadPool& pool) const override {
    OCTET_CHECK(!table_.to_u8, "a depthwise convolution made for u8 results");
    run_blocks(in, out.height, out.width, pool, [&](const Block& block, RowPiece<std::uint8_t>& piece) {
      const ImageView<float> target = from_channel(out, block.first);
      for_each_real_piece(block, piece, target.width, [&](std::span<float> reals) {
        apply_activation(reals);
        const float* pixel = reals.data();
        for (std::int64_t x = piece.x_begin; x < piece.x_end; x += kernels_of(block).pixels, pixel += width_of(block))
          store_natural(block, pixel, target.pixel(piece.y, x), target.pixel_stride, piece.x_end - x);
      });
    });
  }

 private:
  const U8Kernels& kernels_of(const Block& block) const { return kernels_[block.kernels]; }
  // Of the output.
  std::int64_t rows_at_once() const { return class_ == Shape::k3x3s1 ? kernels_.front().rows : 1; }
  int width_of(const Block& block) const { return kernels_of(block).width(); }  // elements of its vectors

  // Calls work(block, piece) for block after block of some rows, so that the constants of each are read once for all of these, which the
  // second cache holds for the next.
  template <typename Work>
  void run_blocks(ImageView<const std::uint8_t> in, std::int64_t out_height, std::int64_t out_width, ThreadPool& pool,
                  const Work& work) const {
    const std::int64_t rows = table_.brief != Brief::kNo ? rows_at_once() : 1;
    const std::int64_t bytes = std::max<std::int64_t>(1, shape_.stride_h * in.width * in.pixel_stride);  // below a row
    const std::int64_t strip = std::max(kBytesAtOnce / bytes / rows * rows, rows);
    pool.run(out_height, row_grain(shape_, out_width), [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t first = begin; first < end; first += strip)
        for (const Block& block : blocks_) {
          const std::int64_t last = std::min(first + strip, end);
          for (std::int64_t y = first; y < last; y += rows) {
            RowPiece<std::uint8_t> piece;
            piece.shape = &shape_;
            piece.in = from_channel(in, block.first);
            piece.y = y;
            piece.rows = std::min(rows, last - y);
            piece.x_end = out_width;
            piece.block = &lines_[block.line];
            piece.channels = block.channels;
            work(block, piece);
          }
        }
    });
  }

  void make_row(const Block& block, RowPiece<std::uint8_t>& piece, const ImageView<std::uint8_t>& out) const {
    piece.out = out.pixel(piece.y, 0);
    piece.out_step = out.pixel_stride;
    piece.out_row_step = out.width * out.pixel_stride;
    kernels_of(block).to_u8[static_cast<std::size_t>(table_.brief) - 1][static_cast<std::size_t>(class_)](piece);
  }

  void make_row_by_reals(const Block& block, RowPiece<std::uint8_t>& piece, const ImageView<std::uint8_t>& out) const {
    const U8Kernels& kernels = kernels_of(block);
    const auto finish_numbers = kernels.finish_numbers[static_cast<std::size_t>(table_.activation.kind)];
    for_each_real_piece(block, piece, out.width, [&](std::span<float> reals) {
      const std::int64_t pixels = piece.x_end - piece.x_begin;
      std::uint8_t* to = out.pixel(piece.y, piece.x_begin);
      if (table_.round_first && table_.activation.kind != Activation::Kind::kNone)
        return finish_numbers(piece.block, table_.activation, reals.data(), pixels, to, out.pixel_stride, block.channels);
      apply_activation(reals);
      kernels.finish(piece.block, reals.data(), pixels, to, out.pixel_stride, block.channels);
    });
  }

  void apply_activation(std::span<float> reals) const {
    if (table_.activation.kind != Activation::Kind::kNone) activate(table_.activation, reals, reals, isa_);
  }

  // Calls work(reals) for pieces of a row: the values that the activation takes, in the order of the lanes.
  template <typename Work>
  void for_each_real_piece(const Block& block, RowPiece<std::uint8_t>& piece, std::int64_t out_width, const Work& work) const {
    alignas(64) std::array<float, kPiecePixels * kMaxChannels + kMostTogether> buffer;
    piece.out = buffer.data();
    piece.out_step = kernels_of(block).channels;
    for (std::int64_t x = 0; x < out_width; x += kPiecePixels) {
      piece.x_begin = x;
      piece.x_end = std::min(x + kPiecePixels, out_width);
      kernels_of(block).to_real[static_cast<std::size_t>(class_)](piece);
      const std::int64_t at_once = kernels_of(block).pixels, sets = (piece.x_end - x + at_once - 1) / at_once;
      work(std::span<float>(buffer.data(), static_cast<std::size_t>(sets * width_of(block))));
    }
  }

  // Of a set of pixels, of which `count` are left. Four channels lie together in every order of lanes.
  void store_natural(const Block& block, const float* reals, float* out, std::int64_t out_step, std::int64_t count) const {
    const U8Kernels& kernels = kernels_of(block);
    const auto pixels = static_cast<int>(std::min<std::int64_t>(kernels.pixels, count));
    const int* lanes = lanes_of_fours_[block.kernels].data();
    for (int pixel = 0; pixel < pixels; ++pixel, out += out_step, lanes += kernels.channels / 4) {
      int c = 0;
      for (; c + 4 <= block.channels; c += 4) std::memcpy(out + c, reals + lanes[c / 4], 4 * sizeof(float));
      for (; c < block.channels; ++c) out[c] = reals[lanes[c / 4] + c % 4];
    }
  }

  void pack(Block& block, std::span<const std::int16_t> weights, std::span<const std::uint8_t> in_zero_point) {
    switch (width_of(block)) {
      case 64:
        return pack_as<64>(block, weights, in_zero_point);
      case 32:
        return pack_as<32>(block, weights, in_zero_point);
      case 16:
        return pack_as<16>(block, weights, in_zero_point);
      case 8:
        return pack_as<8>(block, weights, in_zero_point);
      default:
        check_failed(__FILE__, __LINE__, "width", "vectors of 8, 16, 32 or 64 elements");
    }
  }

  template <int kChannels>
  void pack_as(Block& block, std::span<const std::int16_t> weights, std::span<const std::uint8_t> in_zero_point) {
    block.line = lines_.size();
    const std::size_t constants_bytes = sizeof(U8Constants<kChannels>);
    lines_.resize(lines_.size() + lines_of(constants_bytes) + lines_of(weight_bytes(kernels_of(block))));
    pack_constants(block, weights, in_zero_point, *new (&lines_[block.line]) U8Constants<kChannels>());
    pack_weights(block, weights, lines_[block.line].bytes + constants_bytes);
  }

  // A limit of the real result as a result.
  std::uint8_t limit_u8(std::size_t channel, float limit) const {
    return static_cast<std::uint8_t>(table_.zero_point[channel] + static_cast<int>(std::nearbyint(limit)));
  }

  template <int kChannels>
  void pack_constants(const Block& block, std::span<const std::int16_t> weights, std::span<const std::uint8_t> in_zero_point,
                      U8Constants<kChannels>& constants) const {
    const U8Kernels& kernels = kernels_of(block);
    const std::int64_t taps = shape_.kernel_h * shape_.kernel_w;
    constants.leak = table_.activation.a;
    for (int i = 0; i < kChannels; ++i) {
      const int group = i / kernels.lanes, lane = i % kernels.lanes;
      const int in_block = kernels.channel_of(group, lane), place = kernels.place_of(group, lane);
      if (in_block >= block.channels) continue;  // zeros; the results are not stored
      const auto c = static_cast<std::size_t>(block.first + in_block);
      std::int32_t sum = 0;
      for (std::int64_t tap = 0; tap < taps; ++tap) sum += weights[c * taps + tap];
      constants.start[i] = -in_zero_point[c] * sum;
      constants.outside[place] = in_zero_point[c];
      constants.multiplier[i] = table_.multiplier[c];
      constants.offset[i] = table_.offset[c];
      if (!table_.to_u8) continue;
      constants.lowest[i] = table_.lowest[c];
      constants.highest[i] = table_.highest[c];
      constants.inv_scale[i] = table_.inv_scale[c];
      constants.lowest_u8[place] = limit_u8(c, table_.lowest[c]);
      constants.highest_u8[place] = limit_u8(c, table_.highest[c]);
      constants.zero_point[packed_place(kernels, group, lane)] = static_cast<std::int16_t>(table_.zero_point[c]);
    }
  }

  // Taps as the kernel function takes them, each a number of the filter's: vector after vector, those of a lane behind one another.
  std::vector<int> packed_taps(const U8Kernels& kernels) const {
    const int height = static_cast<int>(shape_.kernel_h), width = static_cast<int>(shape_.kernel_w);
    std::vector<int> all;
    for (int kx = 0; kx < width; ++kx) {
      std::vector<int> column;
      for (int ky = 0; ky < height; ++ky) column.push_back(ky * width + kx);
      if (class_ != Shape::kAny && by_two_columns(kernels.tap_order)) column.pop_back();
      if (class_ != Shape::kAny) pad_taps(kernels.tap_order, column);
      all.insert(all.end(), column.begin(), column.end());
    }
    if (class_ == Shape::kAny) pad_taps(kernels.tap_order, all);
    if (class_ != Shape::kAny && by_two_columns(kernels.tap_order)) append_last_row(all);
    if (rows_at_once() == 2) append_row_below(all);
    return in_lane_order(kernels.tap_order, all);
  }

  // Of each output that two neighbouring columns belong to, the taps of the filter's last row.
  void append_last_row(std::vector<int>& taps) const {
    const int size = static_cast<int>(shape_.kernel_w), stride = static_cast<int>(shape_.stride_w);
    for (int first = size - stride; first > -2; first -= stride)
      for (const int kx : {first, first + 1}) taps.push_back(kx >= 0 && kx < size ? (size - 1) * size + kx : kNoTap);
  }

  // Of the output below, in quads of the same rows: of each column, the last of which is none.
  static void append_row_below(std::vector<int>& taps) {
    std::vector<int> below = taps;
    for (std::size_t quad = 0; quad < below.size(); quad += 4)
      std::rotate(below.begin() + static_cast<std::ptrdiff_t>(quad), below.begin() + static_cast<std::ptrdiff_t>(quad) + 3,
                  below.begin() + static_cast<std::ptrdiff_t>(quad) + 4);
    taps.insert(taps.end(), below.begin(), below.end());
  }

  std::size_t weight_bytes(const U8Kernels& kernels) const {
    return packed_taps(kernels).size() * static_cast<std::size_t>(kernels.width() * bytes_per_weight(kernels.tap_order));
  }

  // Where the weight of lane `i` of all groups is in a vector of taps, of which a lane has `per_lane`.
  static int weight_place(const U8Kernels& kernels, int i, int slot, int per_lane) {
    const bool by_halves = kernels.tap_order == TapOrder::kTwoColumnsByHalves;
    return by_halves ? (i / kernels.lanes * per_lane + slot) * kernels.lanes + i % kernels.lanes : i * per_lane + slot;
  }

  // [vector of taps][group][lane][tap in the lane], or the last two the other way round.
  void pack_weights(const Block& block, std::span<const std::int16_t> weights, std::byte* to) const {
    const U8Kernels& kernels = kernels_of(block);
    const int bytes = bytes_per_weight(kernels.tap_order);
    const int per_lane = 4 / bytes;
    const std::vector<int> taps = packed_taps(kernels);
    for (std::size_t first = 0; first < taps.size(); first += static_cast<std::size_t>(per_lane), to += kernels.width() * 4)
      for (int i = 0; i < kernels.width(); ++i) {
        const int in_block = kernels.channel_of(i / kernels.lanes, i % kernels.lanes);
        const std::int64_t filter = (block.first + in_block) * shape_.kernel_h * shape_.kernel_w;
        for (int slot = 0; slot < per_lane; ++slot) {
          const int tap = in_block < block.channels ? taps[first + static_cast<std::size_t>(slot)] : kNoTap;
          const std::int16_t weight = tap == kNoTap ? std::int16_t{0} : weights[static_cast<std::size_t>(filter + tap)];
          std::memcpy(to + bytes * weight_place(kernels, i, slot, per_lane), &weight, static_cast<std::size_t>(bytes));  // little endian
        }
      }
  }

  Isa isa_;
  std::span<const U8Kernels> kernels_;
  Depthwise2dShape shape_;
  Shape class_;
  RequantizationTable table_;
  std::vector<std::vector<int>> lanes_of_fours_;  // of each of the kernels
  std::vector<Block> blocks_;
  std::vector<Line> lines_;
};

}  // namespace

std::unique_ptr<ConvolutionU8> make_packed_u8(const Isa& isa, std::span<const U8Kernels> kernels, const Depthwise2dShape& shape,
                                              std::span<const std::int16_t> weights, std::span<const std::uint8_t> in_zero_point,
                                              const Requantization& requantization) {
  return std::make_unique<PackedU8>(isa, kernels, shape, weights, in_zero_point, requantization);
}

}  // namespace octet::kernels::depthwise
