#pragma once

#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>

namespace octet::fuzz {

// A file in a folder of this process or below it, for what octet reads by path alone.
class ScratchFile {
 public:
  ScratchFile(const std::string& name, std::span<const std::uint8_t> bytes) : path_(folder() / name) {
    std::filesystem::create_directories(path_.parent_path());
    std::ofstream file(path_, std::ios::binary);
    file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    if (!file) std::abort();
  }
  ~ScratchFile() { std::filesystem::remove(path_); }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  const std::filesystem::path& path() const { return path_; }

  static std::filesystem::path folder() {
    const auto made = std::filesystem::temp_directory_path() / ("octet-fuzz-" + std::to_string(::getpid()));
    std::filesystem::create_directories(made);
    return made;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace octet::fuzz
