#include <tiffio.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "image/codec.h"
#include "image/decode.h"
#include "image/exif.h"

// The first page of a TIFF through libtiff's conversion to RGBA, which OpenCV uses as well. Errors reach us by return values
// and a handler of the one file, so nothing is global.
namespace octet::tiff {
namespace {

// Eight bytes a pixel: what libtiff takes at once for the rows of 16-bit RGBA.
constexpr tmsize_t kMostBytesAtOnce = tmsize_t{8} * kMaxPixels;

// A file in memory, as libtiff reads it.
struct Source {
  std::span<const std::byte> file;
  std::size_t at = 0;
  char message[1024] = "";  // the first error
};

Source& source_of(void* handle) { return *static_cast<Source*>(handle); }

tmsize_t read_bytes(thandle_t handle, void* target, tmsize_t wanted) {
  Source& source = source_of(handle);
  const std::size_t left = source.file.size() - std::min(source.at, source.file.size());
  const std::size_t count = std::min(left, static_cast<std::size_t>(std::max<tmsize_t>(wanted, 0)));
  if (count > 0) std::memcpy(target, source.file.data() + source.at, count);
  source.at += count;
  return static_cast<tmsize_t>(count);
}

tmsize_t write_nothing(thandle_t, void*, tmsize_t) { return 0; }

toff_t seek(thandle_t handle, toff_t offset, int whence) {
  Source& source = source_of(handle);
  const std::size_t base = whence == SEEK_CUR ? source.at : whence == SEEK_END ? source.file.size() : 0;
  return source.at = base + static_cast<std::size_t>(offset);
}

int close_nothing(thandle_t) { return 0; }

toff_t size_of(thandle_t handle) { return source_of(handle).file.size(); }

int keep_first_error(TIFF*, void* handle, const char*, const char* format, std::va_list words) {
  Source& source = source_of(handle);
  if (source.message[0] == '\0') std::vsnprintf(source.message, sizeof source.message, format, words);
  return 1;  // said; not to be printed as well
}

int ignore(TIFF*, void*, const char*, const char*, std::va_list) { return 1; }

struct Close {
  void operator()(TIFF* tiff) const { TIFFClose(tiff); }
  void operator()(TIFFOpenOptions* options) const { TIFFOpenOptionsFree(options); }
};

class Reader {
 public:
  explicit Reader(std::span<const std::byte> file) : source_{file} {
    const std::unique_ptr<TIFFOpenOptions, Close> options(TIFFOpenOptionsAlloc());
    if (!options) return;
    TIFFOpenOptionsSetMaxSingleMemAlloc(options.get(), kMostBytesAtOnce);
    TIFFOpenOptionsSetErrorHandlerExtR(options.get(), keep_first_error, &source_);
    TIFFOpenOptionsSetWarningHandlerExtR(options.get(), ignore, nullptr);
    // "m": through the functions below, not by mapping.
    tiff_.reset(
        TIFFClientOpenExt("", "rm", &source_, read_bytes, write_nothing, seek, close_nothing, size_of, nullptr, nullptr, options.get()));
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  // As the pixels lie in the file.
  Result<ImageSize> size() {
    if (!tiff_) return error();
    std::uint32_t width = 0, height = 0;
    TIFFGetField(tiff_.get(), TIFFTAG_IMAGEWIDTH, &width);
    TIFFGetField(tiff_.get(), TIFFTAG_IMAGELENGTH, &height);
    OCTET_RETURN_IF_ERROR(check_image_size(width, height));
    return ImageSize{static_cast<int>(width), static_cast<int>(height)};
  }

  // As EXIF numbers it.
  int orientation() {
    std::uint16_t orientation = ORIENTATION_TOPLEFT;
    TIFFGetFieldDefaulted(tiff_.get(), TIFFTAG_ORIENTATION, &orientation);
    return orientation;
  }

  // As they lie in the file, each 0xAABBGGRR.
  Result<std::vector<std::uint32_t>> pixels(ImageSize size) {
    source_.message[0] = '\0';  // of tags that cost no pixel
    std::vector<std::uint32_t> pixels(static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height));
    constexpr int kStopAtErrors = 1;
    if (TIFFReadRGBAImageOriented(tiff_.get(), static_cast<std::uint32_t>(size.width), static_cast<std::uint32_t>(size.height),
                                  pixels.data(), orientation(), kStopAtErrors) == 0)
      return error();
    return pixels;
  }

 private:
  Error error() const {
    return Error{ErrorCode::kMalformed, "TIFF: " + std::string(source_.message[0] != '\0' ? source_.message : "the file is damaged")};
  }

  Source source_;
  std::unique_ptr<TIFF, Close> tiff_;
};

bool is_tiff(std::span<const std::byte> file) {
  // "II" or "MM", then 42, or 43 of files beyond 4 GB.
  constexpr std::string_view kStarts[] = {{"II*\0", 4}, {"MM\0*", 4}, {"II+\0", 4}, {"MM\0+", 4}};
  return file.size() >= 8 &&
         std::ranges::any_of(kStarts, [&](std::string_view start) { return std::memcmp(file.data(), start.data(), start.size()) == 0; });
}

Result<ImageSize> size(std::span<const std::byte> file) {
  Reader reader(file);
  OCTET_ASSIGN(const ImageSize stored, reader.size());
  return swaps_sides(reader.orientation()) ? ImageSize{stored.height, stored.width} : stored;
}

Result<Image> decode(std::span<const std::byte> file) {
  Reader reader(file);
  OCTET_ASSIGN(const ImageSize stored, reader.size());
  OCTET_ASSIGN(const std::vector<std::uint32_t> pixels, reader.pixels(stored));
  Image image(stored);
  std::uint8_t* bgr = image.bytes().data();
  for (const std::uint32_t pixel : pixels) {
    *bgr++ = static_cast<std::uint8_t>(TIFFGetB(pixel));
    *bgr++ = static_cast<std::uint8_t>(TIFFGetG(pixel));
    *bgr++ = static_cast<std::uint8_t>(TIFFGetR(pixel));
  }
  return upright(std::move(image), reader.orientation());
}

constexpr std::string_view kExtensions[] = {".tif", ".tiff"};

}  // namespace

constinit const Codec kCodec = {"TIFF", "image/tiff", kExtensions, is_tiff, size, decode, nullptr};

}  // namespace octet::tiff
