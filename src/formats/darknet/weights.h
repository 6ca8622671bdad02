#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "base/files.h"
#include "base/result.h"

namespace octet::darknet {

// A .weights file, mapped: its header, then a flat stream of floats that only the cfg gives a meaning.
class WeightsFile {
 public:
  // kNotFound if the file cannot be opened, kMalformed if it has no plausible header.
  static Result<WeightsFile> open(const std::filesystem::path& path);

  // kMalformed unless exactly `count` floats follow the header, to the byte.
  Status require_floats(std::int64_t count) const;

  // The next `count` floats; the caller has checked that the file holds them. Valid while this object or a copy lives.
  std::span<const float> take(std::int64_t count);

 private:
  MappedFile file_;
  std::filesystem::path path_;
  std::size_t header_bytes_ = 0;
  std::span<const float> rest_;
};

}  // namespace octet::darknet
