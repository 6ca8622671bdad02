#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <span>
#include <utility>

// The system calls that writing a file takes. Each is repeated where a signal interrupted it, and answers 0 or the errno.
namespace octet::posix {

// An open file, closed with the object.
class File {
 public:
  File() = default;
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  File& operator=(File&& other) noexcept;
  ~File();

  int descriptor() const { return descriptor_; }
  bool is_open() const { return descriptor_ >= 0; }

  // What the destructor does without a word: some file systems say only here that the bytes found no place.
  [[nodiscard]] int close();

 private:
  int descriptor_ = -1;
};

// `flags` as open(2) takes them; O_CLOEXEC is added.
[[nodiscard]] int open(const std::filesystem::path& path, int flags, File& file, mode_t mode = 0);
[[nodiscard]] int write_all(const File& file, std::span<const std::byte> content);
// Until the bytes are on the disk, or the entries of a folder are.
[[nodiscard]] int sync(const File& file);
[[nodiscard]] int truncate(const File& file);
// Waits for an exclusive lock (flock), which ends with `file` or its process; EWOULDBLOCK where it may not wait.
enum class Wait { kYes, kNo };
[[nodiscard]] int lock(const File& file, Wait wait);
[[nodiscard]] int lock_shared(const File& file);
[[nodiscard]] int rename(const std::filesystem::path& from, const std::filesystem::path& to);
[[nodiscard]] int unlink(const std::filesystem::path& path);
[[nodiscard]] int make_folder(const std::filesystem::path& path);

}  // namespace octet::posix
