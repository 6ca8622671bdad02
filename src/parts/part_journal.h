#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <string_view>

#include "base/posix_file.h"
#include "base/progress.h"
#include "parts/part.h"

namespace octet {

// A part in the making, record by record, in a file of a folder: what is whole there is known to the next run.
class PartJournal {
 public:
  using OnRecord = std::function<Status(std::span<const std::byte> content)>;

  // Makes folder and file where they are absent, and shows each record that is there. kMalformed where the file is of other work or none
  // of octet's, or where `on_record` says so; kIo where it cannot be written or another process has it open. `warn` is told of an end that
  // was cut off.
  static Result<PartJournal> open(const std::filesystem::path& folder, const PartSetup& setup, const OnRecord& on_record, const Warn& warn);

  // Not for two threads at once.
  Status append(std::string_view content);

 private:
  PartJournal(std::filesystem::path path, posix::File file) : path_(std::move(path)), file_(std::move(file)) {}
  Status load(const PartSetup& setup, const OnRecord& on_record, const Warn& warn);
  Status write(std::string_view bytes);

  std::filesystem::path path_;
  posix::File file_;
  PartWriter writer_;
};

}  // namespace octet
