#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "base/result.h"

namespace octet {

// The text of a file. One that is packed by gzip or Zstandard, as its first bytes tell, is unpacked; another is mapped. Copies share it.
class FileText {
 public:
  // kNotFound: as of MappedFile. kMalformed: packed, and damaged, cut off, followed by something else, or a bomb: more than kMostPacked
  // times as large unpacked as it lies there.
  static Result<FileText> open(const std::filesystem::path& path);
  static constexpr std::size_t kMostPacked = 200;

  std::string_view text() const { return text_; }

 private:
  std::shared_ptr<const void> owner_;
  std::string_view text_;
};

}  // namespace octet
