#pragma once

#include <filesystem>
#include <utility>

#include "base/result.h"

namespace octet {

// A new folder that is removed, with all that is in it, when the object goes.
class TemporaryFolder {
 public:
  // Makes it in `parent`, which is made if it is absent. kIo where that cannot be.
  static Result<TemporaryFolder> make(const std::filesystem::path& parent);

  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryFolder& operator=(TemporaryFolder&& other) noexcept {
    std::swap(path_, other.path_);
    return *this;
  }
  ~TemporaryFolder();

  const std::filesystem::path& path() const { return path_; }

 private:
  explicit TemporaryFolder(std::filesystem::path path) : path_(std::move(path)) {}

  std::filesystem::path path_;
};

}  // namespace octet
