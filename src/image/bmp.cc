#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <span>

#include "image/byte_order.h"
#include "image/codec.h"

// BMP, as Microsoft's BITMAPFILEHEADER, BITMAPCOREHEADER, BITMAPINFOHEADER and BITMAPV5HEADER document it. All numbers are
// little-endian:
//    0  "BM"; at 10 where the pixels begin (4 bytes)
//   14  bytes of the header that begins here (4): 12 of OS/2, 40 and more of Windows
//   18  width, height: 2 bytes each of OS/2, else 4 with a sign (a negative height: the first row is the top one)
//       then planes (2) and bits a pixel (2); of Windows at 30 compression (4) and at 46 the colours of the palette (4)
//   54  with compression 3 the masks of red, green and blue (4 each), within the header or behind one of 40 bytes
// Behind the header a palette of B, G, R and, of Windows, an unused byte. Rows are padded to 4 bytes.
namespace octet::bmp {
namespace {

constexpr std::size_t kFileHeader = 14, kOs2Header = 12, kWindowsHeader = 40, kLongestHeader = 124;
constexpr std::size_t kPlain = 0, kMasks = 3;  // compression

struct Layout {
  std::int64_t width = 0, height = 0;
  bool from_top = false;
  std::size_t bits = 0;  // of a pixel
  std::size_t pixels_at = 0, row_bytes = 0;
  std::size_t palette_at = 0, palette_entry = 4, colours = 0;
  std::array<std::size_t, 3> masks{};  // of blue, green, red; for 16 and 32 bits
};

using Bgr = std::array<std::uint8_t, Image::kChannels>;
using Palette = std::array<Bgr, 256>;

std::size_t number(std::span<const std::byte> file, std::size_t at, std::size_t bytes) {
  return number_at(file, at, bytes, ByteOrder::kLittle);
}

std::int64_t signed_number(std::span<const std::byte> file, std::size_t at) { return static_cast<std::int32_t>(number(file, at, 4)); }

std::size_t header_bytes(std::span<const std::byte> file) { return number(file, kFileHeader, 4); }

constexpr std::array<std::size_t, 3> kMasks555 = {0x1f, 0x3e0, 0x7c00}, kMasks565 = {0x1f, 0x7e0, 0xf800},
                                     kMasks888 = {0xff, 0xff00, 0xff0000};

// The byte of a 32-bit pixel that a mask selects, or 4.
std::size_t byte_of_mask(std::size_t mask) {
  for (std::size_t byte = 0; byte < 4; ++byte)
    if (mask == std::size_t{0xff} << (8 * byte)) return byte;
  return 4;
}

Error unsupported(const std::string& what) { return Error{ErrorCode::kUnsupported, "BMP: " + what + "; save it as PNG"}; }

Status check_masks(const Layout& layout) {
  if (layout.bits == 16 && (layout.masks == kMasks555 || layout.masks == kMasks565)) return {};
  if (layout.bits == 32 && std::ranges::all_of(layout.masks, [](std::size_t mask) { return byte_of_mask(mask) < 4; })) return {};
  return unsupported("colour masks other than of 5, 5, 5, of 5, 6, 5 and of 8, 8, 8 bits are not read");
}

Status read_masks(std::span<const std::byte> file, std::size_t compression, Layout& layout) {
  layout.masks = layout.bits == 16 ? kMasks555 : kMasks888;
  if (compression != kMasks) return {};
  std::array<std::size_t, 3> masks{};
  for (std::size_t i = 0; i < 3; ++i) masks[2 - i] = number(file, kFileHeader + kWindowsHeader + 4 * i, 4);
  if (masks != std::array<std::size_t, 3>{}) layout.masks = masks;
  return check_masks(layout);
}

Status check_bits(const Layout& layout) {
  for (const std::size_t bits : {1, 4, 8, 16, 24, 32})
    if (layout.bits == bits) return {};
  return Error{ErrorCode::kMalformed, "BMP: " + std::to_string(layout.bits) + " bits a pixel; 1, 4, 8, 16, 24 or 32 are possible"};
}

Layout read_os2_header(std::span<const std::byte> file) {
  Layout layout;
  layout.width = static_cast<std::int64_t>(number(file, 18, 2));
  layout.height = static_cast<std::int64_t>(number(file, 20, 2));
  layout.bits = number(file, 24, 2);
  layout.palette_entry = 3;
  return layout;
}

Layout read_windows_header(std::span<const std::byte> file) {
  Layout layout;
  const std::int64_t height = signed_number(file, 22);
  layout.width = signed_number(file, 18);
  layout.height = height < 0 ? -height : height;
  layout.from_top = height < 0;
  layout.bits = number(file, 28, 2);
  layout.colours = number(file, 46, 4);
  return layout;
}

Result<Layout> read_layout(std::span<const std::byte> file) {
  const bool is_os2 = header_bytes(file) == kOs2Header;
  Layout layout = is_os2 ? read_os2_header(file) : read_windows_header(file);
  const std::size_t compression = is_os2 ? kPlain : number(file, 30, 4);
  OCTET_RETURN_IF_ERROR(check_bits(layout));
  OCTET_RETURN_IF_ERROR(check_image_size(layout.width, layout.height));
  if (compression != kPlain && (compression != kMasks || layout.bits <= 8 || layout.bits == 24))
    return unsupported("compression " + std::to_string(compression) + " is not read");
  OCTET_RETURN_IF_ERROR(read_masks(file, compression, layout));
  layout.pixels_at = number(file, 10, 4);
  layout.row_bytes = (static_cast<std::size_t>(layout.width) * layout.bits + 31) / 32 * 4;
  layout.palette_at = kFileHeader + header_bytes(file);
  const std::size_t most_colours = std::size_t{1} << std::min<std::size_t>(layout.bits, 8);
  layout.colours = layout.colours == 0 ? most_colours : std::min(layout.colours, most_colours);
  return layout;
}

// Black where the file has no entry.
Palette read_palette(std::span<const std::byte> file, const Layout& layout) {
  Palette palette{};
  for (std::size_t i = 0; i < layout.colours; ++i)
    for (std::size_t c = 0; c < 3; ++c)
      palette[i][c] = static_cast<std::uint8_t>(number(file, layout.palette_at + i * layout.palette_entry + c, 1));
  return palette;
}

void expand_palette_row(const std::byte* source, const Layout& layout, const Palette& palette, std::uint8_t* bgr) {
  const std::size_t mask = (std::size_t{1} << layout.bits) - 1;
  for (std::size_t x = 0; x < static_cast<std::size_t>(layout.width); ++x, bgr += 3) {
    const std::size_t bit = x * layout.bits, shift = 8 - layout.bits - bit % 8;
    std::ranges::copy(palette[std::to_integer<std::size_t>(source[bit / 8]) >> shift & mask], bgr);
  }
}

// The bits of a colour become the high ones of a byte and the low ones stay 0, as in OpenCV.
void expand_16_bit_row(const std::byte* source, const Layout& layout, std::uint8_t* bgr) {
  const std::size_t green_bits = layout.masks == kMasks565 ? 6 : 5;
  for (std::size_t x = 0; x < static_cast<std::size_t>(layout.width); ++x, bgr += 3) {
    const std::size_t pixel = std::to_integer<std::size_t>(source[2 * x]) | std::to_integer<std::size_t>(source[2 * x + 1]) << 8;
    bgr[0] = static_cast<std::uint8_t>((pixel & layout.masks[0]) << 3);
    bgr[1] = static_cast<std::uint8_t>((pixel & layout.masks[1]) >> 5 << (8 - green_bits));
    bgr[2] = static_cast<std::uint8_t>((pixel & layout.masks[2]) >> (5 + green_bits) << 3);
  }
}

void expand_32_bit_row(const std::byte* source, const Layout& layout, std::uint8_t* bgr) {
  const std::size_t bytes[] = {byte_of_mask(layout.masks[0]), byte_of_mask(layout.masks[1]), byte_of_mask(layout.masks[2])};
  for (std::size_t x = 0; x < static_cast<std::size_t>(layout.width); ++x)
    for (const std::size_t byte : bytes) *bgr++ = std::to_integer<std::uint8_t>(source[4 * x + byte]);
}

void expand_row(const std::byte* source, const Layout& layout, const Palette& palette, std::uint8_t* bgr) {
  switch (layout.bits) {
    case 16:
      return expand_16_bit_row(source, layout, bgr);
    case 24:
      std::memcpy(bgr, source, std::size_t{3} * static_cast<std::size_t>(layout.width));
      return;
    case 32:
      return expand_32_bit_row(source, layout, bgr);
    default:
      return expand_palette_row(source, layout, palette, bgr);
  }
}

bool is_bmp(std::span<const std::byte> file) {
  const std::size_t header = header_bytes(file);
  return number(file, 0, 2) == ('B' | 'M' << 8) && (header == kOs2Header || (header >= kWindowsHeader && header <= kLongestHeader)) &&
         file.size() >= kFileHeader + header;
}

ImageSize size_of(const Layout& layout) { return {static_cast<int>(layout.width), static_cast<int>(layout.height)}; }

Result<ImageSize> size(std::span<const std::byte> file) {
  OCTET_ASSIGN(const Layout layout, read_layout(file));
  return size_of(layout);
}

Result<Image> decode(std::span<const std::byte> file) {
  OCTET_ASSIGN(const Layout layout, read_layout(file));
  if (layout.pixels_at > file.size() || (file.size() - layout.pixels_at) / layout.row_bytes < static_cast<std::size_t>(layout.height))
    return Error{ErrorCode::kMalformed, "BMP: the file ends before the last of its pixels"};
  const Palette palette = layout.bits <= 8 ? read_palette(file, layout) : Palette{};
  Image image(size_of(layout));
  const std::byte* row = file.data() + layout.pixels_at;
  for (int y = 0; y < image.height(); ++y, row += layout.row_bytes)
    expand_row(row, layout, palette, image.row(layout.from_top ? y : image.height() - 1 - y));
  return image;
}

constexpr std::string_view kExtensions[] = {".bmp"};

}  // namespace

constinit const Codec kCodec = {"BMP", "image/bmp", kExtensions, is_bmp, size, decode, nullptr};

}  // namespace octet::bmp
