#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "data/coco_json.h"
#include "data/labels/label_format.h"
#include "image/encode.h"
#include "scratch_file.h"

namespace octet::fuzz {

// Two files out of the bytes of one input: what is before its first NUL, and what is behind it.
inline std::pair<std::span<const std::uint8_t>, std::span<const std::uint8_t>> two_files_of(std::span<const std::uint8_t> bytes) {
  const auto end = static_cast<std::size_t>(std::ranges::find(bytes, std::uint8_t{0}) - bytes.begin());
  return {bytes.first(end), bytes.subspan(std::min(end + 1, bytes.size()))};
}

inline std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// A file of 8 x 6 pixels.
inline std::vector<std::uint8_t> small_picture() {
  const auto file = encode_image("x.png", Image(ImageSize{8, 6}));
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(file->data());
  return {bytes, bytes + file->size()};
}

// What was read must be annotations of COCO that are read back.
inline void expect_annotations(const Result<LabelledPictures>& labelled) {
  if (!labelled.ok()) return;
  const auto text = format_coco_annotations(labelled->truth);
  if (!text.ok()) std::abort();
  const ScratchFile file("annotations.json", bytes_of(*text));
  const auto same = read_coco_annotations(file.path());
  if (!same.ok() || same->annotations.size() != labelled->truth.annotations.size()) std::abort();
}

}  // namespace octet::fuzz
