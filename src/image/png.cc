#include <png.h>

#include <csetjmp>
#include <cstring>
#include <vector>

#include "image/byte_order.h"
#include "image/codec.h"
#include "image/encode.h"

// libpng reports errors with longjmp. The functions that it may leave that way (marked "jumps") hold only plain values, so
// that no destructor is skipped; each returns false after a jump, with the reason in Stream::message. Nothing that libpng
// calls throws.
namespace octet::png {
namespace {

struct Stream {
  std::span<const std::byte> left;  // what is still to read
  char message[200] = "";
};

void set_message(Stream& stream, const char* text) { std::strncpy(stream.message, text, sizeof stream.message - 1); }

void on_error(png_structp png, png_const_charp text) {
  set_message(*static_cast<Stream*>(png_get_error_ptr(png)), text);
  png_longjmp(png, 1);
}

void on_warning(png_structp, png_const_charp) {}

void read_bytes(png_structp png, png_bytep target, png_size_t count) {
  auto* stream = static_cast<Stream*>(png_get_io_ptr(png));
  if (count > stream->left.size()) png_error(png, "the file ends too early");
  std::memcpy(target, stream->left.data(), count);
  stream->left = stream->left.subspan(count);
}

// One file being read.
class Reader {
 public:
  explicit Reader(std::span<const std::byte> file) {
    stream_.left = file;
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, &stream_, on_error, on_warning);
    if (png_) info_ = png_create_info_struct(png_);
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader() { png_destroy_read_struct(&png_, &info_, nullptr); }

  // Reads up to the pixels; kMalformed where there would be none, or too many.
  Result<ImageSize> read_size() {
    if (!read_header()) return error();
    const std::int64_t width = png_get_image_width(png_, info_), height = png_get_image_height(png_, info_);
    OCTET_RETURN_IF_ERROR(check_image_size(width, height));
    return ImageSize{static_cast<int>(width), static_cast<int>(height)};
  }

  // Jumps.
  bool read_bgr(png_bytepp rows, std::size_t row_bytes) {
    if (setjmp(png_jmpbuf(png_))) return false;
    png_set_expand(png_);  // palette to RGB, 1, 2 and 4 bits to 8, transparency to alpha
    png_set_strip_16(png_);
    png_set_strip_alpha(png_);
    png_set_gray_to_rgb(png_);
    png_set_bgr(png_);
    png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
    if (png_get_rowbytes(png_, info_) != row_bytes) png_error(png_, "unexpected pixel format");
    png_read_image(png_, rows);
    png_read_end(png_, nullptr);
    return true;
  }

  Error error() const { return Error{ErrorCode::kMalformed, "PNG: " + std::string(stream_.message)}; }

 private:
  // Jumps.
  bool read_header() {
    if (!info_) return set_message(stream_, "not enough memory"), false;
    if (setjmp(png_jmpbuf(png_))) return false;
    png_set_read_fn(png_, &stream_, read_bytes);
    png_set_user_limits(png_, 0x7fffffff, 0x7fffffff);
    png_read_info(png_, info_);
    return true;
  }

  Stream stream_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
};

bool is_png(std::span<const std::byte> file) {
  return file.size() >= 8 && png_sig_cmp(reinterpret_cast<png_const_bytep>(file.data()), 0, 8) == 0;
}

Result<ImageSize> size(std::span<const std::byte> file) { return Reader(file).read_size(); }

Result<Image> decode(std::span<const std::byte> file) {
  Reader reader(file);
  OCTET_ASSIGN(const ImageSize size, reader.read_size());
  Image image(size);
  std::vector<png_bytep> rows;
  for (int y = 0; y < image.height(); ++y) rows.push_back(image.row(y));
  if (!reader.read_bgr(rows.data(), image.row_bytes())) return reader.error();
  return image;
}

// A chunk is the length of its content in four bytes, a name of four letters, the content and four bytes of checksum.
std::span<const std::byte> exif(std::span<const std::byte> file) {
  constexpr std::size_t kSignature = 8, kBeforeContent = 8, kChecksum = 4;
  for (std::span<const std::byte> left = file.subspan(kSignature); left.size() >= kBeforeContent + kChecksum;) {
    const std::size_t length = number_at(left, 0, 4, ByteOrder::kBig);
    if (length > left.size() - kBeforeContent - kChecksum) break;
    if (std::memcmp(left.data() + 4, "eXIf", 4) == 0) return left.subspan(kBeforeContent, length);
    left = left.subspan(kBeforeContent + length + kChecksum);
  }
  return {};
}

constexpr std::string_view kExtensions[] = {".png"};

}  // namespace

constinit const Codec kCodec = {"PNG", "image/png", kExtensions, is_png, size, decode, exif};

}  // namespace octet::png

namespace octet {

Result<std::vector<std::byte>> encode_png(const Image& image) {
  png_image description{};
  description.version = PNG_IMAGE_VERSION;
  description.width = static_cast<png_uint_32>(image.width());
  description.height = static_cast<png_uint_32>(image.height());
  description.format = PNG_FORMAT_BGR;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(description);
  std::vector<std::byte> file(size);
  constexpr int kAllBits = 0, kNoGaps = 0;
  if (png_image_write_to_memory(&description, file.data(), &size, kAllBits, image.bytes().data(), kNoGaps, nullptr) == 0)
    return Error{ErrorCode::kInvalidArgument, "PNG: " + std::string(description.message)};
  file.resize(size);
  return file;
}

}  // namespace octet
