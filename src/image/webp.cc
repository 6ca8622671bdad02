#include <webp/decode.h>
#include <webp/demux.h>

#include <cstring>
#include <memory>
#include <string_view>

#include "image/codec.h"

namespace octet::webp {
namespace {

struct Delete {
  void operator()(WebPDemuxer* demuxer) const { WebPDemuxDelete(demuxer); }
  void operator()(WebPAnimDecoder* decoder) const { WebPAnimDecoderDelete(decoder); }
};

const std::uint8_t* data_of(std::span<const std::byte> file) { return reinterpret_cast<const std::uint8_t*>(file.data()); }

WebPData webp_data(std::span<const std::byte> file) { return {data_of(file), file.size()}; }

Result<WebPBitstreamFeatures> read_features(std::span<const std::byte> file) {
  WebPBitstreamFeatures found;
  if (WebPGetFeatures(data_of(file), file.size(), &found) != VP8_STATUS_OK)
    return Error{ErrorCode::kMalformed, "WebP: the header is damaged, or cut off"};
  OCTET_RETURN_IF_ERROR(check_image_size(found.width, found.height));
  return found;
}

bool decode_still(std::span<const std::byte> file, Image& image) {
  return WebPDecodeBGRInto(data_of(file), file.size(), image.bytes().data(), image.bytes().size(), static_cast<int>(image.row_bytes())) !=
         nullptr;
}

// The first frame of an animation, on black where it is smaller.
bool decode_animated(std::span<const std::byte> file, Image& image) {
  WebPAnimDecoderOptions options;
  if (WebPAnimDecoderOptionsInit(&options) == 0) return false;
  options.color_mode = MODE_BGRA;
  const WebPData data = webp_data(file);
  const std::unique_ptr<WebPAnimDecoder, Delete> decoder(WebPAnimDecoderNew(&data, &options));
  std::uint8_t* bgra = nullptr;
  int end_ms = 0;
  if (!decoder || WebPAnimDecoderGetNext(decoder.get(), &bgra, &end_ms) == 0) return false;
  for (std::size_t i = 0; i < image.bytes().size(); ++i) image.bytes()[i] = bgra[i / 3 * 4 + i % 3];
  return true;
}

bool is_webp(std::span<const std::byte> file) {
  return file.size() >= 12 && std::memcmp(file.data(), "RIFF", 4) == 0 && std::memcmp(file.data() + 8, "WEBP", 4) == 0;
}

Result<ImageSize> size(std::span<const std::byte> file) {
  OCTET_ASSIGN(const WebPBitstreamFeatures features, read_features(file));
  return ImageSize{features.width, features.height};
}

Result<Image> decode(std::span<const std::byte> file) {
  OCTET_ASSIGN(const WebPBitstreamFeatures features, read_features(file));
  Image image({features.width, features.height});
  if (features.has_animation != 0 ? decode_animated(file, image) : decode_still(file, image)) return image;
  return Error{ErrorCode::kMalformed, "WebP: the file is damaged, or ends before the last of its pixels"};
}

// The container's specification has the bare TIFF structure in the chunk; many writers put JPEG's name of it in front.
std::span<const std::byte> exif(std::span<const std::byte> file) {
  constexpr std::string_view kName("Exif\0\0", 6);
  const WebPData data = webp_data(file);
  const std::unique_ptr<WebPDemuxer, Delete> demuxer(WebPDemux(&data));  // keeps no copy; null where the file is not whole
  WebPChunkIterator found;
  if (!demuxer || WebPDemuxGetChunk(demuxer.get(), "EXIF", 1, &found) == 0) return {};
  const auto content = std::as_bytes(std::span(found.chunk.bytes, found.chunk.size));
  WebPDemuxReleaseChunkIterator(&found);
  const bool is_named = content.size() >= kName.size() && std::memcmp(content.data(), kName.data(), kName.size()) == 0;
  return is_named ? content.subspan(kName.size()) : content;
}

constexpr std::string_view kExtensions[] = {".webp"};

}  // namespace

constinit const Codec kCodec = {"WebP", "image/webp", kExtensions, is_webp, size, decode, exif};

}  // namespace octet::webp
