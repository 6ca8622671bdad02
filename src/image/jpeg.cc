#include <algorithm>
#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include <jerror.h>
#include <jpeglib.h>

#include "image/byte_order.h"
#include "image/codec.h"
#include "image/encode.h"

// libjpeg reports errors with a call that must not return, so it is left with longjmp. The functions that it may leave that
// way (marked "jumps") hold only plain values, so that no destructor is skipped; each returns false after a jump, with the
// reason in Reports::message. Nothing that libjpeg calls throws.
namespace octet::jpeg {
namespace {

constexpr std::size_t kStartOfScan = 0xffda, kApp1 = 0xffe1;
// A progressive file may repeat its scans without end, each as costly as the picture. libjpeg-turbo's own limit.
constexpr int kMostScans = 500;

// What libjpeg said of one file.
struct Reports : jpeg_error_mgr {
  std::jmp_buf on_error;
  bool hit_end = false;                // the file ended where libjpeg wanted more of it
  bool lost_pixels = false;            // a warning that is not harmless came
  char message[JMSG_LENGTH_MAX] = "";  // of the error, or the first such warning
};

Reports& reports_of(j_common_ptr codec) { return *static_cast<Reports*>(codec->err); }

[[noreturn]] void leave(j_common_ptr codec) {
  Reports& reports = reports_of(codec);
  reports.format_message(codec, reports.message);
  std::longjmp(reports.on_error, 1);
}

// Warnings that cost no pixel: bytes of some cameras between segments, markers that nothing depends on, and a first scan
// whose parameters are all zero, which libjpeg ignores.
bool is_harmless(int warning) {
  return warning == JWRN_EXTRANEOUS_DATA || warning == JWRN_ADOBE_XFORM || warning == JWRN_JFIF_MAJOR || warning == JWRN_NOT_SEQUENTIAL;
}

void take_message(j_common_ptr codec, int level) {
  if (level >= 0) return;  // a trace of what it does
  Reports& reports = reports_of(codec);
  const int warning = reports.msg_code;
  if (warning == JWRN_JPEG_EOF) {
    reports.hit_end = true;
  } else if (!is_harmless(warning) && !reports.lost_pixels) {
    reports.lost_pixels = true;
    reports.format_message(codec, reports.message);
  }
}

void say_nothing(j_common_ptr) {}

void listen_to(Reports& reports) {
  jpeg_std_error(&reports);
  reports.error_exit = leave;
  reports.emit_message = take_message;
  reports.output_message = say_nothing;
}

void limit_scans(j_common_ptr codec) {
  if (reinterpret_cast<j_decompress_ptr>(codec)->input_scan_number <= kMostScans) return;
  Reports& reports = reports_of(codec);
  std::snprintf(reports.message, sizeof reports.message, "more than %d scans", kMostScans);
  std::longjmp(reports.on_error, 1);
}

// One file being read.
class Reader {
 public:
  explicit Reader(std::span<const std::byte> file) : file_(file) {
    listen_to(reports_);
    codec_.err = &reports_;
    progress_.progress_monitor = limit_scans;
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader() { jpeg_destroy_decompress(&codec_); }

  // Reads up to the pixels; kMalformed where there would be none, or too many.
  Result<ImageSize> read_size() {
    if (!read_header()) return error();
    OCTET_RETURN_IF_ERROR(check_image_size(codec_.image_width, codec_.image_height));
    return ImageSize{static_cast<int>(codec_.image_width), static_cast<int>(codec_.image_height)};
  }

  bool has_four_inks() const { return codec_.num_components == 4; }

  // Rows of B, G, R, or of four inks. kMalformed unless the file held all of their pixels; what follows them is not looked at.
  Status read_pixels(std::uint8_t* pixels, std::size_t row_bytes) { return read_rows(pixels, row_bytes) ? check_complete() : error(); }

 private:
  Error error() const { return Error{ErrorCode::kMalformed, "JPEG: " + std::string(reports_.message)}; }

  // Jumps.
  bool read_header() {
    if (setjmp(reports_.on_error)) return false;
    jpeg_create_decompress(&codec_);
    codec_.progress = &progress_;
    jpeg_mem_src(&codec_, reinterpret_cast<const unsigned char*>(file_.data()), file_.size());
    jpeg_read_header(&codec_, TRUE);
    return true;
  }

  // Jumps.
  bool read_rows(std::uint8_t* pixels, std::size_t row_bytes) {
    if (setjmp(reports_.on_error)) return false;
    codec_.out_color_space = has_four_inks() ? JCS_CMYK : JCS_EXT_BGR;
    jpeg_start_decompress(&codec_);
    while (codec_.output_scanline < codec_.output_height) {
      JSAMPROW row = pixels + codec_.output_scanline * row_bytes;
      jpeg_read_scanlines(&codec_, &row, 1);
    }
    return true;
  }

  // libjpeg makes up the pixels that it does not find.
  Status check_complete() const {
    if (reports_.lost_pixels) return reports_.hit_end ? cut_off() : error();
    if (!every_component_was_read()) return Error{ErrorCode::kMalformed, "JPEG: the scan of a colour is missing"};
    if (reports_.hit_end && !needs_no_end_marker()) return cut_off();
    return {};
  }

  static Error cut_off() { return Error{ErrorCode::kMalformed, "JPEG: the file ends before the last of its pixels"}; }

  bool every_component_was_read() const {
    const std::span components(codec_.comp_info, static_cast<std::size_t>(codec_.num_components));
    return std::ranges::all_of(components, [](const jpeg_component_info& component) { return component.quant_table != nullptr; });
  }

  // Whether a file that ends without a marker is known to be whole. Huffman codes cannot run out unnoticed, arithmetic ones
  // can; of a progressive file the end of a scan may be the end of the file, so the last bit of every coefficient is asked for.
  bool needs_no_end_marker() const {
    if (codec_.arith_code) return false;
    if (!codec_.progressive_mode) return true;
    for (int component = 0; component < codec_.num_components; ++component)
      for (const int missing_bits : codec_.coef_bits[component])  // -1: all
        if (missing_bits != 0) return false;
    return true;
  }

  std::span<const std::byte> file_;
  Reports reports_;
  jpeg_progress_mgr progress_{};
  jpeg_decompress_struct codec_{};
};

// Inks as Adobe stores them, inverted; the integer formula is that of OpenCV.
std::uint8_t colour_from_ink(int ink, int black) { return static_cast<std::uint8_t>(black - (((255 - ink) * black) >> 8)); }

Result<Image> bgr_from_inks(std::span<const std::uint8_t> cmyk, ImageSize size) {
  Image image(size);
  std::uint8_t* bgr = image.bytes().data();
  for (std::size_t i = 0; i < cmyk.size(); i += 4)
    for (std::size_t ink = 3; ink-- > 0;) *bgr++ = colour_from_ink(cmyk[i + ink], cmyk[i + 3]);
  return image;
}

bool is_jpeg(std::span<const std::byte> file) {
  constexpr std::byte kStart[] = {std::byte{0xff}, std::byte{0xd8}, std::byte{0xff}};
  return file.size() >= std::size(kStart) && std::equal(std::begin(kStart), std::end(kStart), file.begin());
}

Result<ImageSize> size(std::span<const std::byte> file) { return Reader(file).read_size(); }

Result<Image> decode_inks(Reader& reader, ImageSize size) {
  const std::size_t row_bytes = std::size_t{4} * static_cast<std::size_t>(size.width);
  std::vector<std::uint8_t> cmyk(row_bytes * static_cast<std::size_t>(size.height));
  OCTET_RETURN_IF_ERROR(reader.read_pixels(cmyk.data(), row_bytes));
  return bgr_from_inks(cmyk, size);
}

Result<Image> decode(std::span<const std::byte> file) {
  Reader reader(file);
  OCTET_ASSIGN(const ImageSize size, reader.read_size());
  if (reader.has_four_inks()) return decode_inks(reader, size);
  Image image(size);
  OCTET_RETURN_IF_ERROR(reader.read_pixels(image.bytes().data(), image.row_bytes()));
  return image;
}

// A segment is 0xff, its marker, a length of two bytes that counts itself, and content. EXIF stands in an APP1 before the
// first scan, behind a name of its own.
std::span<const std::byte> exif(std::span<const std::byte> file) {
  constexpr std::string_view kName("Exif\0\0", 6);
  for (std::span<const std::byte> left = file.subspan(2); left.size() >= 4;) {
    const std::size_t marker = number_at(left, 0, 2, ByteOrder::kBig), length = number_at(left, 2, 2, ByteOrder::kBig);
    if (marker < 0xff00 || marker == kStartOfScan || length < 2 || length > left.size() - 2) break;
    const auto content = left.subspan(4, length - 2);
    if (marker == kApp1 && content.size() > kName.size() && std::memcmp(content.data(), kName.data(), kName.size()) == 0)
      return content.subspan(kName.size());
    left = left.subspan(2 + length);
  }
  return {};
}

constexpr std::string_view kExtensions[] = {".jpg", ".jpeg"};

// One file being written.
class Writer {
 public:
  Writer() {
    listen_to(reports_);
    codec_.err = &reports_;
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() { jpeg_destroy_compress(&codec_); }

  // Jumps.
  bool write(const Image& image, int quality) {
    if (setjmp(reports_.on_error)) return false;
    jpeg_create_compress(&codec_);
    jpeg_mem_dest(&codec_, &file_, &file_bytes_);
    codec_.image_width = static_cast<JDIMENSION>(image.width());
    codec_.image_height = static_cast<JDIMENSION>(image.height());
    codec_.input_components = Image::kChannels;
    codec_.in_color_space = JCS_EXT_BGR;
    jpeg_set_defaults(&codec_);
    jpeg_set_quality(&codec_, quality, TRUE);
    keep_full_colour();
    jpeg_start_compress(&codec_, TRUE);
    while (codec_.next_scanline < codec_.image_height) {
      JSAMPROW row = const_cast<JSAMPROW>(image.row(static_cast<int>(codec_.next_scanline)));
      jpeg_write_scanlines(&codec_, &row, 1);
    }
    jpeg_finish_compress(&codec_);
    return true;
  }

  // What write() has written.
  std::vector<std::byte> take_file() {
    const std::unique_ptr<unsigned char, decltype(&std::free)> grown(file_ == first_.data() ? nullptr : file_, &std::free);
    const auto bytes = std::as_bytes(std::span(file_, file_bytes_));
    return {bytes.begin(), bytes.end()};
  }

  Error error() const { return Error{ErrorCode::kInvalidArgument, "JPEG: " + std::string(reports_.message)}; }

 private:
  // No chroma subsampling: 4:4:4.
  void keep_full_colour() {
    for (int component = 0; component < codec_.num_components; ++component)
      codec_.comp_info[component].h_samp_factor = codec_.comp_info[component].v_samp_factor = 1;
  }

  Reports reports_;
  // libjpeg writes to `first_` and, where that is too short, to memory of its own, which it hands over when the file is complete. So what
  // fails before the first row leaks nothing; only where memory runs out behind it is the rest lost to us.
  std::vector<unsigned char> first_ = std::vector<unsigned char>(4096);
  unsigned char* file_ = first_.data();
  unsigned long file_bytes_ = first_.size();
  jpeg_compress_struct codec_{};
};

}  // namespace

constinit const Codec kCodec = {"JPEG", "image/jpeg", kExtensions, is_jpeg, size, decode, exif};

}  // namespace octet::jpeg

namespace octet {

Result<std::vector<std::byte>> encode_jpeg(const Image& image, int quality) {
  if (quality < 1 || quality > 100)
    return Error{ErrorCode::kInvalidArgument, "JPEG: quality is " + std::to_string(quality) + ", expected 1 to 100"};
  jpeg::Writer writer;
  if (!writer.write(image, quality)) return writer.error();
  return writer.take_file();
}

}  // namespace octet
