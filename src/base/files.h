#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace octet {

// Whole file as text. kNotFound if it cannot be opened, kMalformed if it is larger than `limit_bytes`.
Result<std::string> read_text(const std::filesystem::path& path, std::size_t limit_bytes = std::size_t{1} << 31);

// Bytes of a file. kNotFound if there is no such file.
Result<std::size_t> size_of_file(const std::filesystem::path& path);

// A file mapped for reading; unmapped with the last copy. An empty file is an empty span.
class MappedFile {
 public:
  static Result<MappedFile> open(const std::filesystem::path& path);

  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  std::shared_ptr<const void> owner_;
  std::span<const std::byte> bytes_;
};

// Writes beside `path` and renames, so that a reader sees the old file or the whole new one. Makes the
// folder of `path` if it is absent. On failure nothing is left behind, not even a folder that it made.
// A symbolic link stays and its file is replaced; a device or a pipe (/dev/stdout) is written into.
Status write_file(const std::filesystem::path& path, std::string_view content);
Status write_file(const std::filesystem::path& path, std::span<const std::byte> content);

// Several files that appear together or not at all: add() writes each beside its place, commit()
// renames them all, and an object that goes away uncommitted removes what it wrote.
class FileTransaction {
 public:
  FileTransaction();
  FileTransaction(const FileTransaction&) = delete;
  FileTransaction& operator=(const FileTransaction&) = delete;
  ~FileTransaction();

  Status add(const std::filesystem::path& path, std::span<const std::byte> content);
  Status add(const std::filesystem::path& path, std::string_view content);
  // `write` is called with chunks' sink; for content that is never in memory as a whole.
  using Sink = std::function<Status(std::span<const std::byte>)>;
  Status add(const std::filesystem::path& path, const std::function<Status(const Sink&)>& write);
  Status commit();

 private:
  struct Pending {
    std::filesystem::path temporary, target;
  };
  friend void discard_unfinished_files();

  Status make_folder(const std::filesystem::path& folder);
  void remove_pending();

  std::vector<Pending> pending_;
  std::vector<std::filesystem::path> made_folders_;
};

// Removes what every transaction of this process has not committed, and lets none begin a file or commit any more: for a
// program that is about to be ended by a signal.
void discard_unfinished_files();

// `base / relative`, or an error if that would leave `base` (absolute, "..", or empty).
Result<std::filesystem::path> path_inside(const std::filesystem::path& base, std::string_view relative);

}  // namespace octet
