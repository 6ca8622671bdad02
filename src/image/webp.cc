#include <webp/decode.h>
#include <webp/demux.h>

#include <cstring>
#include <memory>
#include <string_view>

#include "image/codec.h"

namespace octet::webp {
namespace {

struct DeleteDemuxer {
  void operator()(WebPDemuxer* demuxer) const { WebPDemuxDelete(demuxer); }
};
using Demuxer = std::unique_ptr<WebPDemuxer, DeleteDemuxer>;

const std::uint8_t* data_of(std::span<const std::byte> file) { return reinterpret_cast<const std::uint8_t*>(file.data()); }

std::span<const std::byte> bytes_of(const WebPData& data) { return std::as_bytes(std::span(data.bytes, data.size)); }

// Reads the chunks of the file, of which it keeps no copy. Null where the file is not whole.
Demuxer demuxer_of(std::span<const std::byte> file) {
  const WebPData data{data_of(file), file.size()};
  return Demuxer(WebPDemux(&data));
}

Error malformed(VP8StatusCode status) {
  switch (status) {
    case VP8_STATUS_NOT_ENOUGH_DATA:
    case VP8_STATUS_SUSPENDED:
      return {ErrorCode::kMalformed, "WebP: the file ends before the last of its pixels"};
    case VP8_STATUS_OUT_OF_MEMORY:
      return {ErrorCode::kMalformed, "WebP: not enough memory"};
    case VP8_STATUS_UNSUPPORTED_FEATURE:
      return {ErrorCode::kUnsupported, "WebP: the file uses something that libwebp does not know"};
    default:
      return {ErrorCode::kMalformed, "WebP: the file is damaged"};
  }
}

struct Features {
  ImageSize size;
  bool is_animated = false;
};

Result<Features> read_features(std::span<const std::byte> file) {
  WebPBitstreamFeatures found;
  if (const VP8StatusCode status = WebPGetFeatures(data_of(file), file.size(), &found); status != VP8_STATUS_OK) return malformed(status);
  OCTET_RETURN_IF_ERROR(check_image_size(found.width, found.height));
  return Features{{found.width, found.height}, found.has_animation != 0};
}

// Where a picture within the file goes: the whole of a still one, the first frame of an animation, which may be smaller.
struct Frame {
  std::span<const std::byte> content;
  int left = 0, top = 0;
  ImageSize size;
};

Result<Frame> first_frame(std::span<const std::byte> file, ImageSize canvas) {
  const Demuxer demuxer = demuxer_of(file);
  WebPIterator found;
  if (!demuxer || WebPDemuxGetFrame(demuxer.get(), 1, &found) == 0) return malformed(VP8_STATUS_NOT_ENOUGH_DATA);
  const Frame frame{bytes_of(found.fragment), found.x_offset, found.y_offset, {found.width, found.height}};
  WebPDemuxReleaseIterator(&found);
  const bool is_inside =
      frame.left >= 0 && frame.top >= 0 && frame.size.width <= canvas.width - frame.left && frame.size.height <= canvas.height - frame.top;
  if (!is_inside) return malformed(VP8_STATUS_BITSTREAM_ERROR);
  return frame;
}

VP8StatusCode decode_into(const Frame& frame, Image& image) {
  WebPDecoderConfig config;
  if (WebPInitDecoderConfig(&config) == 0) return VP8_STATUS_INVALID_PARAM;
  config.output.colorspace = MODE_BGR;
  config.output.is_external_memory = 1;
  config.output.width = frame.size.width;
  config.output.height = frame.size.height;
  WebPRGBABuffer& target = config.output.u.RGBA;
  target.rgba = image.row(frame.top) + std::size_t{3} * static_cast<std::size_t>(frame.left);
  target.stride = static_cast<int>(image.row_bytes());
  target.size = static_cast<std::size_t>(image.bytes().data() + image.bytes().size() - target.rgba);
  return WebPDecode(data_of(frame.content), frame.content.size(), &config);
}

bool is_webp(std::span<const std::byte> file) {
  return file.size() >= 12 && std::memcmp(file.data(), "RIFF", 4) == 0 && std::memcmp(file.data() + 8, "WEBP", 4) == 0;
}

Result<ImageSize> size(std::span<const std::byte> file) {
  OCTET_ASSIGN(const Features features, read_features(file));
  return features.size;
}

Result<Image> decode(std::span<const std::byte> file) {
  OCTET_ASSIGN(const Features features, read_features(file));
  Frame frame{file, 0, 0, features.size};
  if (features.is_animated) {
    OCTET_ASSIGN(frame, first_frame(file, features.size));
  }
  Image image(features.size);
  if (const VP8StatusCode status = decode_into(frame, image); status != VP8_STATUS_OK) return malformed(status);
  return image;
}

// The container's specification has the bare TIFF structure in the chunk; many writers put JPEG's name of it in front.
std::span<const std::byte> exif(std::span<const std::byte> file) {
  constexpr std::string_view kName("Exif\0\0", 6);
  const Demuxer demuxer = demuxer_of(file);
  WebPChunkIterator found;
  if (!demuxer || WebPDemuxGetChunk(demuxer.get(), "EXIF", 1, &found) == 0) return {};
  const auto content = bytes_of(found.chunk);
  WebPDemuxReleaseChunkIterator(&found);
  const bool is_named = content.size() >= kName.size() && std::memcmp(content.data(), kName.data(), kName.size()) == 0;
  return is_named ? content.subspan(kName.size()) : content;
}

constexpr std::string_view kExtensions[] = {".webp"};

}  // namespace

constinit const Codec kCodec = {"WebP", "image/webp", kExtensions, is_webp, size, decode, exif};

}  // namespace octet::webp
