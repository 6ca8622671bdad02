#include "parts/found.h"

#include <algorithm>
#include <cmath>

#include "base/bytes.h"

namespace octet {
namespace {

bool is_finite(const Detection& found) {
  const BoxXyxy& box = found.box_px;
  return std::ranges::all_of(std::initializer_list<float>{found.score, box.x0, box.y0, box.x1, box.y1},
                             [](float value) { return std::isfinite(value); });
}

Detection read_detection(ByteReader& bytes) {
  Detection found;
  found.class_index = bytes.get<std::int32_t>();
  found.score = bytes.get<float>();
  for (float* corner : {&found.box_px.x0, &found.box_px.y0, &found.box_px.x1, &found.box_px.y1}) *corner = bytes.get<float>();
  return found;
}

}  // namespace

std::string encode_found(const FoundInPicture& found) {
  ByteWriter bytes;
  bytes.add('D');
  bytes.add(static_cast<std::uint32_t>(found.model));
  bytes.add(static_cast<std::uint64_t>(found.picture));
  bytes.add(static_cast<std::uint8_t>(found.done));
  bytes.add(static_cast<std::uint32_t>(found.detections.size()));
  for (const Detection& each : found.detections) {
    bytes.add(static_cast<std::int32_t>(each.class_index));
    for (const float value : {each.score, each.box_px.x0, each.box_px.y0, each.box_px.x1, each.box_px.y1}) bytes.add(value);
  }
  return bytes.take();
}

Result<FoundInPicture> decode_found(std::span<const std::byte> record, const FoundBounds& bounds) {
  const auto malformed = [](const char* why) { return Error{ErrorCode::kMalformed, why}; };
  ByteReader bytes(record);
  if (bytes.get<char>() != 'D') return malformed("holds another record than what was found in a picture");
  FoundInPicture found;
  found.model = bytes.get<std::uint32_t>();
  found.picture = bytes.get<std::uint64_t>();
  found.done = bytes.get<std::uint8_t>() != 0;
  const auto count = bytes.get<std::uint32_t>();
  if (!bytes.ok() || found.model >= bounds.classes.size() || found.picture >= bounds.pictures)
    return malformed("speaks of a model or a picture that there is not");
  for (std::uint32_t i = 0; i < count && bytes.ok(); ++i) found.detections.push_back(read_detection(bytes));
  if (!bytes.at_end()) return malformed("holds a list of detections of another length than it says");
  const auto classes = bounds.classes[found.model];
  for (const Detection& each : found.detections)
    if (each.class_index < 0 || static_cast<std::size_t>(each.class_index) >= classes || !is_finite(each))
      return malformed("holds a detection of a class that the model lacks, or of numbers that are none");
  return found;
}

}  // namespace octet
