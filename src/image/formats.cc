#include "image/formats.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "image/codec.h"

namespace octet {
namespace {

void append_to_list(std::string& list, std::string_view item) {
  if (!list.empty()) list += ", ";
  list += item;
}

}  // namespace

std::span<const Codec> codecs() {
  static const std::array kCodecs = {jpeg::kCodec, png::kCodec, bmp::kCodec, webp::kCodec, tiff::kCodec};
  return kCodecs;
}

const Codec* codec_of(std::span<const std::byte> file) {
  const auto all = codecs();
  const auto found = std::ranges::find_if(all, [&](const Codec& codec) { return codec.recognises(file); });
  return found == all.end() ? nullptr : &*found;
}

std::string picture_formats() {
  std::string list;
  for (const Codec& codec : codecs()) append_to_list(list, codec.name);
  return list;
}

std::string picture_extensions() {
  std::string list;
  for (const Codec& codec : codecs())
    for (const std::string_view extension : codec.extensions) append_to_list(list, extension);
  return list;
}

std::string small_extension(const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  std::ranges::transform(extension, extension.begin(), [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return extension;
}

bool is_picture_name(const std::filesystem::path& path) {
  const std::string extension = small_extension(path);
  return std::ranges::any_of(codecs(),
                             [&](const Codec& codec) { return std::ranges::find(codec.extensions, extension) != codec.extensions.end(); });
}

std::string_view media_type(std::span<const std::byte> file) {
  const Codec* codec = codec_of(file);
  return codec ? codec->media_type : std::string_view();
}

}  // namespace octet
