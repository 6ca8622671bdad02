#include <png.h>

#include <algorithm>
#include <csetjmp>
#include <cstring>

#include "image/byte_order.h"
#include "image/codec.h"

// libpng reports errors with longjmp. The functions that it may leave that way (marked "jumps") hold only plain values, so
// that no destructor is skipped; each returns false after a jump, with the reason in Stream::message. Nothing that libpng
// calls throws.
namespace octet::png {
namespace {

struct Stream {
  std::span<const std::byte> left;        // what is still to read
  std::vector<std::byte>* out = nullptr;  // where to write
  char message[200] = "";
};

constexpr const char* kNoMemory = "not enough memory";

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

void write_bytes(png_structp png, png_bytep source, png_size_t count) {
  auto* stream = static_cast<Stream*>(png_get_io_ptr(png));
  if (!append_bytes(*stream->out, source, count)) png_error(png, kNoMemory);
}

void flush(png_structp) {}

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

  // Jumps.
  bool read_header() {
    if (!info_) return set_message(stream_, kNoMemory), false;
    if (setjmp(png_jmpbuf(png_))) return false;
    png_set_read_fn(png_, &stream_, read_bytes);
    png_set_user_limits(png_, 0x7fffffff, 0x7fffffff);
    png_read_info(png_, info_);
    return true;
  }

  std::int64_t width() const { return png_get_image_width(png_, info_); }
  std::int64_t height() const { return png_get_image_height(png_, info_); }

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
  Stream stream_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
};

// One file being written.
class Writer {
 public:
  explicit Writer(std::vector<std::byte>& out) {
    stream_.out = &out;
    png_ = png_create_write_struct(PNG_LIBPNG_VER_STRING, &stream_, on_error, on_warning);
    if (png_) info_ = png_create_info_struct(png_);
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() { png_destroy_write_struct(&png_, &info_); }

  // Jumps.
  bool write_bgr(const Image& image, png_bytepp rows) {
    if (!info_) return set_message(stream_, kNoMemory), false;
    if (setjmp(png_jmpbuf(png_))) return false;
    png_set_write_fn(png_, &stream_, write_bytes, flush);
    png_set_IHDR(png_, info_, image.width(), image.height(), 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png_, info_);
    png_set_bgr(png_);
    png_write_image(png_, rows);
    png_write_end(png_, nullptr);
    return true;
  }

  Error error() const { return Error{ErrorCode::kInvalidArgument, "PNG: " + std::string(stream_.message)}; }

 private:
  Stream stream_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
};

std::vector<png_bytep> rows_of(const Image& image) {
  std::vector<png_bytep> rows;
  for (int y = 0; y < image.height(); ++y) rows.push_back(const_cast<png_bytep>(image.row(y)));
  return rows;
}

bool is_png(std::span<const std::byte> file) {
  return file.size() >= 8 && png_sig_cmp(reinterpret_cast<png_const_bytep>(file.data()), 0, 8) == 0;
}

Result<ImageSize> size(std::span<const std::byte> file) {
  Reader reader(file);
  if (!reader.read_header()) return reader.error();
  OCTET_RETURN_IF_ERROR(check_image_size(reader.width(), reader.height()));
  return ImageSize{static_cast<int>(reader.width()), static_cast<int>(reader.height())};
}

Result<Image> decode(std::span<const std::byte> file) {
  Reader reader(file);
  if (!reader.read_header()) return reader.error();
  OCTET_RETURN_IF_ERROR(check_image_size(reader.width(), reader.height()));
  Image image({static_cast<int>(reader.width()), static_cast<int>(reader.height())});
  std::vector<png_bytep> rows = rows_of(image);
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

Result<std::vector<std::byte>> encode(const Image& image) {
  std::vector<std::byte> file;
  std::vector<png_bytep> rows = rows_of(image);
  Writer writer(file);
  if (!writer.write_bgr(image, rows.data())) return writer.error();
  return file;
}

}  // namespace octet::png
