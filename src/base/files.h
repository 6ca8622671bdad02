#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/posix_file.h"
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

// Writes beside `path`, syncs and renames, so that a reader sees the old file or the whole new one, after a crash as well. Makes the
// folder of `path` if it is absent. On failure nothing is left behind, not even a folder that it made.
// A symbolic link stays and its file is replaced; a device or a pipe (/dev/stdout) is written into.
Status write_file(const std::filesystem::path& path, std::string_view content);
Status write_file(const std::filesystem::path& path, std::span<const std::byte> content);

// Whether files can be put at `path` or below it, as far as can be told without a write: kIo where what should be one of its folders is
// none, or may not be written to. To be asked before long work whose result goes there. An empty path is no place and no error.
Status check_output_folder(const std::filesystem::path& path);
// The same of a single file, where no folder may stand.
Status check_output_file(const std::filesystem::path& path);

// Several files that appear together or not at all: add() writes each beside its place, commit() puts all in place, and an object
// that goes away uncommitted removes what it wrote. An error of commit() leaves the old files, unless its message says otherwise.
//
// A process that is killed at any point leaves the old files, or the new ones, or work that is completed or undone by the next
// transaction that writes to the folder, or by FolderView. Until then the files that were added last are missing rather than
// beside files that they do not belong to: add a file that names another one after it. journal.h has the form on disk.
//
// Not for use from two threads at once; several objects may be used at a time, in one process or several.
class FileTransaction {
 public:
  FileTransaction();
  FileTransaction(const FileTransaction&) = delete;
  FileTransaction& operator=(const FileTransaction&) = delete;
  ~FileTransaction();

  // kIo where the file cannot be written, kInvalidArgument where it was added before. After an error only the destructor is of use.
  Status add(const std::filesystem::path& path, std::span<const std::byte> content);
  Status add(const std::filesystem::path& path, std::string_view content);
  // `write` is called with chunks' sink; for content that is never in memory as a whole.
  using Sink = std::function<Status(std::span<const std::byte>)>;
  Status add(const std::filesystem::path& path, const std::function<Status(const Sink&)>& write);
  Status commit();

 private:
  class Files;
  friend void discard_unfinished_files();
  std::unique_ptr<Files> files_;
};

// Removes what every transaction of this process has not committed, and lets none begin a file or commit any more: for a
// program that is about to be ended by a signal.
void discard_unfinished_files();

// While it lives, no transaction changes the files of a folder: what is opened meanwhile belongs together. Work that a killed
// process left there is ended first. Holds nothing back where the file system has no locks.
class FolderView {
 public:
  static Result<FolderView> open(const std::filesystem::path& folder);

 private:
  explicit FolderView(posix::File folder) : folder_(std::move(folder)) {}
  posix::File folder_;
};

// `base / relative`, or an error if that would leave `base` (absolute, "..", or empty).
Result<std::filesystem::path> path_inside(const std::filesystem::path& base, std::string_view relative);

}  // namespace octet
