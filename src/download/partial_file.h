#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>

#include "base/digest.h"
#include "base/posix_file.h"
#include "base/result.h"

namespace octet {

// A file on its way to its place: ".NAME.part" beside it, locked as long as the object lives, so that no two processes or threads
// write the same one. What a process that was killed has left of it is taken over. Not for use from two threads.
class PartialFile {
 public:
  // Opens, or makes, the partial file of `place`, and the folders above it. Where another holds it, calls `on_wait` and waits; where the
  // file system has no locks, it does neither.
  //   errors   kIo
  static Result<PartialFile> open(const std::filesystem::path& place, const std::function<void()>& on_wait = {});

  bool had_to_wait() const { return had_to_wait_; }  // and so may find that the file is in its place by now
  std::int64_t size() const { return size_; }
  std::string sha384() const { return digest_.hex(); }

  Status restart();  // from no byte
  Status append(std::span<const std::byte> bytes);

  // Syncs the bytes and renames the file to its place. Nothing may follow.
  Status put_in_place();
  void remove();

 private:
  PartialFile(std::filesystem::path place, std::filesystem::path path) : place_(std::move(place)), path_(std::move(path)) {}
  Status open_and_lock(const std::function<void()>& on_wait);
  Status take_over();
  Error cannot_be_written(int error) const;

  std::filesystem::path place_, path_;
  posix::File file_;
  std::int64_t size_ = 0;
  Sha384 digest_;
  bool had_to_wait_ = false;
};

}  // namespace octet
