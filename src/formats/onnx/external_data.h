#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace octet::onnx {

// Where a tensor says that its bytes lie.
struct ExternalPlace {
  std::string location;  // relative to the model's folder
  std::int64_t offset = 0;
  std::int64_t length = -1;  // negative: not told
};

// The files beside a model that hold its large tensors, each mapped once. A location never leaves the folder: no absolute path, no "..",
// no symbolic link on the way, no file that has a second name (a hard link may lead anywhere).
class ExternalData {
 public:
  // An empty folder refuses every location.
  explicit ExternalData(std::filesystem::path folder) : folder_(std::move(folder)) {}

  struct Bytes {
    std::span<const std::byte> bytes;
    std::shared_ptr<const void> owner;
  };

  // Exactly `expected` bytes at a place. kNotFound, kMalformed with the location.
  Result<Bytes> read(const ExternalPlace& place, std::int64_t expected);

  // Files that were opened, in order of their names.
  std::vector<std::filesystem::path> files() const;

 private:
  std::filesystem::path folder_;
  std::map<std::string, Bytes> mapped_;
};

}  // namespace octet::onnx
