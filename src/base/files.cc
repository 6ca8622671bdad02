#include "base/files.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <set>

namespace octet {
namespace fs = std::filesystem;
namespace {

Error open_error(const fs::path& path, int error) {
  return {ErrorCode::kNotFound, path.string() + ": cannot be opened: " + std::strerror(error)};
}

Error write_error(const fs::path& path, int error) {
  return {ErrorCode::kIo, path.string() + ": cannot be written: " + std::strerror(error)};
}

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

fs::path temporary_beside(const fs::path& path) {
  static std::atomic<unsigned> counter{0};
  return path.string() + ".part-" + std::to_string(::getpid()) + "-" + std::to_string(counter++);
}

// The transactions of this process; what they have on disk changes under the lock alone.
struct Transactions {
  std::mutex mutex;
  std::set<FileTransaction*> open;
};

Transactions& transactions() {
  static auto* const all = new Transactions;  // outlives whatever ends after main()
  return *all;
}

// Where the bytes for `path` go: the file behind a symbolic link, else the path itself.
fs::path followed(const fs::path& path) {
  std::error_code error;
  const fs::path target = fs::is_symlink(path, error) ? fs::canonical(path, error) : path;
  return error ? path : target;
}

// What keeps its place when it is written, unlike a file, whose name a new one takes over.
bool is_device_or_pipe(const fs::path& path) {
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  return fs::is_other(status) && !fs::is_socket(status);
}

Status write_all(int fd, std::span<const std::byte> content, const fs::path& path) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return write_error(path, errno);
    content = content.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Status write_in_place(const fs::path& path, const std::function<Status(const FileTransaction::Sink&)>& write) {
  const FileDescriptor output(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (output.get() < 0) return write_error(path, errno);
  return write([&](std::span<const std::byte> chunk) { return write_all(output.get(), chunk, path); });
}

}  // namespace

Result<MappedFile> MappedFile::open(const fs::path& path) {
  // Not waiting: a pipe is refused below.
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) return open_error(path, errno);
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) return open_error(path, errno);
  if (!S_ISREG(info.st_mode)) return Error{ErrorCode::kNotFound, path.string() + ": is not a file"};
  MappedFile mapped;
  const auto size = static_cast<std::size_t>(info.st_size);
  if (size == 0) return mapped;
  void* start = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (start == MAP_FAILED) return open_error(path, errno);
  mapped.owner_ = std::shared_ptr<const void>(start, [size](const void* p) { ::munmap(const_cast<void*>(p), size); });
  mapped.bytes_ = {static_cast<const std::byte*>(start), size};
  return mapped;
}

Result<std::string> read_text(const fs::path& path, std::size_t limit_bytes) {
  OCTET_ASSIGN(const MappedFile file, MappedFile::open(path));
  if (file.bytes().size() > limit_bytes)
    return Error{ErrorCode::kMalformed, path.string() + ": has " + std::to_string(file.bytes().size()) + " bytes, more than the limit of " +
                                            std::to_string(limit_bytes)};
  return std::string(reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size());
}

Result<std::size_t> size_of_file(const fs::path& path) {
  std::error_code failed;
  const std::uintmax_t size = fs::file_size(path, failed);  // all ones where it failed
  if (failed) return open_error(path, failed.value());
  return static_cast<std::size_t>(size);
}

Status write_file(const fs::path& path, std::span<const std::byte> content) {
  FileTransaction transaction;
  OCTET_RETURN_IF_ERROR(transaction.add(path, content));
  return transaction.commit();
}

Status write_file(const fs::path& path, std::string_view content) {
  return write_file(path, std::as_bytes(std::span(content.data(), content.size())));
}

FileTransaction::FileTransaction() {
  const std::lock_guard lock(transactions().mutex);
  transactions().open.insert(this);
}

FileTransaction::~FileTransaction() {
  const std::lock_guard lock(transactions().mutex);
  transactions().open.erase(this);
  remove_pending();
}

void FileTransaction::remove_pending() {
  std::error_code ignored;
  for (const Pending& file : pending_) fs::remove(file.temporary, ignored);
  for (auto folder = made_folders_.rbegin(); folder != made_folders_.rend(); ++folder) fs::remove(*folder, ignored);
}

void discard_unfinished_files() {
  transactions().mutex.lock();  // and never again: who waits for it is not to write
  for (FileTransaction* transaction : transactions().open) transaction->remove_pending();
}

Status FileTransaction::make_folder(const fs::path& folder) {
  if (folder.empty()) return {};
  std::error_code error;
  if (fs::is_directory(folder, error)) return {};
  OCTET_RETURN_IF_ERROR(make_folder(folder.parent_path()));
  if (fs::create_directory(folder, error)) made_folders_.push_back(folder);
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) return write_error(folder, error ? error.value() : EEXIST);
  return {};
}

Status FileTransaction::add(const fs::path& path, std::span<const std::byte> content) {
  return add(path, [&](const Sink& sink) { return sink(content); });
}

Status FileTransaction::add(const fs::path& path, std::string_view content) {
  return add(path, std::as_bytes(std::span(content.data(), content.size())));
}

Status FileTransaction::add(const fs::path& path, const std::function<Status(const Sink&)>& write) {
  std::error_code failed;
  const fs::path target = followed(fs::absolute(path, failed));
  if (failed) return write_error(path, failed.value());
  if (is_device_or_pipe(target)) return write_in_place(target, write);
  const Pending file{temporary_beside(target), target};
  std::unique_lock lock(transactions().mutex);
  OCTET_RETURN_IF_ERROR(make_folder(target.parent_path()));
  const FileDescriptor output(::open(file.temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (output.get() < 0) return write_error(path, errno);
  pending_.push_back(file);
  lock.unlock();
  return write([&](std::span<const std::byte> chunk) { return write_all(output.get(), chunk, path); });
}

Status FileTransaction::commit() {
  const std::lock_guard lock(transactions().mutex);
  for (const Pending& file : pending_)
    if (::rename(file.temporary.c_str(), file.target.c_str()) != 0) return write_error(file.target, errno);
  pending_.clear();
  made_folders_.clear();
  return {};
}

Result<fs::path> path_inside(const fs::path& base, std::string_view relative) {
  const fs::path part(relative);
  bool inside = !part.empty() && part.is_relative();
  for (const fs::path& step : part) inside = inside && step != "..";
  if (!inside) return Error{ErrorCode::kMalformed, "path '" + std::string(relative) + "' leaves its folder"};
  return base / part;
}

}  // namespace octet
