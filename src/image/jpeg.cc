#include <turbojpeg.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>
#include <string_view>

#include "image/codec.h"

namespace octet::jpeg {
namespace {

constexpr unsigned kStartOfScan = 0xda, kApp1 = 0xe1;

struct CloseHandle {
  void operator()(void* handle) const { tjDestroy(handle); }
};
using Handle = std::unique_ptr<void, CloseHandle>;

struct Header {
  int width = 0, height = 0, subsampling = 0, colorspace = 0;
};

const unsigned char* data_of(std::span<const std::byte> file) { return reinterpret_cast<const unsigned char*>(file.data()); }

Error malformed(const Handle& codec) { return Error{ErrorCode::kMalformed, "JPEG: " + std::string(tjGetErrorStr2(codec.get()))}; }

Result<Header> read_header(const Handle& codec, std::span<const std::byte> file) {
  Header header;
  if (file.size() > std::numeric_limits<unsigned long>::max()) return Error{ErrorCode::kMalformed, "JPEG: the file is too large"};
  if (tjDecompressHeader3(codec.get(), data_of(file), file.size(), &header.width, &header.height, &header.subsampling,
                          &header.colorspace) != 0)
    return malformed(codec);
  OCTET_RETURN_IF_ERROR(check_image_size(header.width, header.height));
  return header;
}

// Some cameras leave stray bytes between segments, which cost no pixel. Anything else means lost pixels.
bool is_harmless(std::string_view warning) {
  return warning.find("extraneous bytes before marker") != warning.npos || warning.find("Adobe color transform") != warning.npos ||
         warning.find("JFIF revision number") != warning.npos;
}

Status decode_to(const Handle& codec, std::span<const std::byte> file, const Header& header, int format, std::span<std::uint8_t> pixels) {
  const int status =
      tjDecompress2(codec.get(), data_of(file), file.size(), pixels.data(), header.width, 0, header.height, format, TJFLAG_LIMITSCANS);
  if (status == 0) return {};
  if (tjGetErrorCode(codec.get()) == TJERR_WARNING && is_harmless(tjGetErrorStr2(codec.get()))) return {};
  return malformed(codec);
}

bool is_four_colour(const Header& header) { return header.colorspace == TJCS_CMYK || header.colorspace == TJCS_YCCK; }

// Inks as Adobe stores them, inverted; the integer formula is that of OpenCV.
std::uint8_t colour_from_ink(int ink, int black) { return static_cast<std::uint8_t>(black - (((255 - ink) * black) >> 8)); }

Result<Image> decode_four_colours(const Handle& codec, std::span<const std::byte> file, const Header& header) {
  Image image({header.width, header.height});
  std::vector<std::uint8_t> cmyk(image.bytes().size() / 3 * 4);
  OCTET_RETURN_IF_ERROR(decode_to(codec, file, header, TJPF_CMYK, cmyk));
  std::uint8_t* bgr = image.bytes().data();
  for (std::size_t i = 0; i < cmyk.size(); i += 4)
    for (int ink = 2; ink >= 0; --ink) *bgr++ = colour_from_ink(cmyk[i + ink], cmyk[i + 3]);
  return image;
}

bool is_jpeg(std::span<const std::byte> file) {
  constexpr std::byte kStart[] = {std::byte{0xff}, std::byte{0xd8}, std::byte{0xff}};
  return file.size() >= std::size(kStart) && std::equal(std::begin(kStart), std::end(kStart), file.begin());
}

Result<ImageSize> size(std::span<const std::byte> file) {
  const Handle codec(tjInitDecompress());
  OCTET_ASSIGN(const Header header, read_header(codec, file));
  return ImageSize{header.width, header.height};
}

Result<Image> decode(std::span<const std::byte> file) {
  const Handle codec(tjInitDecompress());
  OCTET_ASSIGN(const Header header, read_header(codec, file));
  if (is_four_colour(header)) return decode_four_colours(codec, file, header);
  Image image({header.width, header.height});
  OCTET_RETURN_IF_ERROR(decode_to(codec, file, header, TJPF_BGR, image.bytes()));
  return image;
}

// A segment is 0xff, its marker, a length of two bytes that counts itself, and content. EXIF stands in an APP1 before the
// first scan, behind a name of its own.
std::span<const std::byte> exif(std::span<const std::byte> file) {
  constexpr std::string_view kName("Exif\0\0", 6);
  const auto byte = [&](std::size_t at) { return std::to_integer<unsigned>(file[at]); };
  for (std::size_t at = 2; at + 4 <= file.size() && byte(at) == 0xff && byte(at + 1) != kStartOfScan;) {
    const std::size_t length = byte(at + 2) << 8 | byte(at + 3);
    if (length < 2 || length > file.size() - at - 2) break;
    const auto content = file.subspan(at + 4, length - 2);
    if (byte(at + 1) == kApp1 && content.size() > kName.size() && std::memcmp(content.data(), kName.data(), kName.size()) == 0)
      return content.subspan(kName.size());
    at += 2 + length;
  }
  return {};
}

constexpr std::string_view kExtensions[] = {".jpg", ".jpeg"};

}  // namespace

constinit const Codec kCodec = {"JPEG", "image/jpeg", kExtensions, is_jpeg, size, decode, exif};

Result<std::vector<std::byte>> encode(const Image& image, int quality) {
  if (quality < 1 || quality > 100)
    return Error{ErrorCode::kInvalidArgument, "JPEG: quality is " + std::to_string(quality) + ", expected 1 to 100"};
  if (image.bytes().empty()) return Error{ErrorCode::kInvalidArgument, "JPEG: the picture is empty"};
  const Handle codec(tjInitCompress());
  std::vector<std::byte> file(tjBufSize(image.width(), image.height(), TJSAMP_444));
  unsigned char* target = reinterpret_cast<unsigned char*>(file.data());
  unsigned long size = file.size();
  if (tjCompress2(codec.get(), image.bytes().data(), image.width(), 0, image.height(), TJPF_BGR, &target, &size, TJSAMP_444, quality,
                  TJFLAG_NOREALLOC) != 0)
    return Error{ErrorCode::kInvalidArgument, "JPEG: " + std::string(tjGetErrorStr2(codec.get()))};
  file.resize(size);
  return file;
}

}  // namespace octet::jpeg
