// Little-endian, as Darknet's save_weights of either branch writes it on the machines it runs on:
//
//    0  int32  major
//    4  int32  minor
//    8  int32  revision
//   12  uint64 images seen in training; uint32 if major * 10 + minor < 2
//   20  float32 values to the end (from 16 in the older form)
#include "formats/darknet/weights.h"

#include <bit>
#include <cstring>
#include <string>

#include "base/check.h"

namespace octet::darknet {
namespace {

static_assert(std::endian::native == std::endian::little, "the floats of a weights file are used where they lie");

constexpr std::int32_t kMaxVersion = 1000;  // beyond it Darknet means transposed matrices, which no detector has

template <typename T>
T read_at(std::span<const std::byte> bytes, std::size_t offset) {
  T value{};
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

}  // namespace

Result<WeightsFile> WeightsFile::open(const std::filesystem::path& path) {
  OCTET_ASSIGN(MappedFile file, MappedFile::open(path));
  const std::span<const std::byte> bytes = file.bytes();
  const auto malformed = [&](const std::string& what) { return Error{ErrorCode::kMalformed, path.string() + ": " + what}; };
  if (bytes.size() < 16)
    return malformed("has " + std::to_string(bytes.size()) + " bytes, too few for the header of a Darknet weights file");
  const auto major = read_at<std::int32_t>(bytes, 0), minor = read_at<std::int32_t>(bytes, 4);
  if (major < 0 || major > kMaxVersion || minor < 0 || minor > kMaxVersion)
    return malformed("is no Darknet weights file: its version reads " + std::to_string(major) + "." + std::to_string(minor));

  WeightsFile weights;
  weights.header_bytes_ = major * 10 + minor >= 2 ? 20 : 16;
  if (bytes.size() < weights.header_bytes_)
    return malformed("has " + std::to_string(bytes.size()) + " bytes, too few for its header of 20");
  const std::span<const std::byte> values = bytes.subspan(weights.header_bytes_);
  weights.rest_ = {reinterpret_cast<const float*>(values.data()), values.size() / sizeof(float)};
  weights.path_ = path;
  weights.file_ = std::move(file);
  return weights;
}

Status WeightsFile::require_floats(std::int64_t count) const {
  const auto expected = static_cast<std::uint64_t>(count) * sizeof(float) + header_bytes_;
  const std::uint64_t found = file_.bytes().size();
  if (expected == found) return {};
  return Error{ErrorCode::kMalformed, path_.string() + ": has " + std::to_string(found) + " bytes where the cfg asks for " +
                                          std::to_string(expected) + (found < expected ? ": cut short" : ": too long") +
                                          ", or weights of another network"};
}

std::span<const float> WeightsFile::take(std::int64_t count) {
  const auto size = static_cast<std::size_t>(count);
  OCTET_CHECK(count >= 0 && size <= rest_.size(), "more weights taken than were required");
  const std::span<const float> part = rest_.first(size);
  rest_ = rest_.subspan(size);
  return part;
}

}  // namespace octet::darknet
