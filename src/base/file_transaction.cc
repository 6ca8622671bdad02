#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "base/files.h"
#include "base/journal.h"
#include "base/thread_annotations.h"

namespace octet {
namespace fs = std::filesystem;
namespace {

Error write_error(const fs::path& path, int error) {
  return {ErrorCode::kIo, path.string() + ": cannot be written: " + std::strerror(error)};
}

// The transactions of this process; what they have on disk changes under the lock alone.
struct Transactions {
  Mutex mutex;
  std::set<FileTransaction*> open OCTET_GUARDED_BY(mutex);
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

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return path.filename().empty() || fs::is_directory(path, ignored);
}

using Write = std::function<Status(const FileTransaction::Sink&)>;

Status write_into(const posix::File& file, const fs::path& path, const Write& write) {
  return write([&](std::span<const std::byte> chunk) -> Status {
    const int error = posix::write_all(file, chunk);
    return error == 0 ? Status() : write_error(path, error);
  });
}

Status write_in_place(const fs::path& path, const Write& write) {
  posix::File output;
  if (const int error = posix::open(path, O_WRONLY, output); error != 0) return write_error(path, error);
  OCTET_RETURN_IF_ERROR(write_into(output, path, write));
  const int error = output.close();
  return error == 0 ? Status() : write_error(path, error);
}

// Of one transaction: other than that of any other that writes to the same folder.
std::string new_id() { return fmt::format("{:08x}{:016x}", ::getpid(), std::chrono::system_clock::now().time_since_epoch().count()); }

}  // namespace

// What a transaction has on disk.
class FileTransaction::Files {
 public:
  Status add(const fs::path& path, const Write& write) OCTET_EXCLUDES(transactions().mutex);
  Status commit() OCTET_REQUIRES(transactions().mutex);
  void discard() OCTET_REQUIRES(transactions().mutex);

 private:
  // A folder that is written to, and its journal.
  struct Share {
    fs::path folder, journal_path;
    posix::File handle, journal;
    std::vector<std::string> files;
  };
  struct Pending {
    fs::path target, fresh, old;
    bool saved = false, placed = false;  // target renamed to old, fresh to target
  };

  Status make_folder(const fs::path& folder);
  Result<Share*> share_of(const fs::path& folder);
  Status begin_file(const fs::path& target, posix::File& output) OCTET_EXCLUDES(transactions().mutex);
  Status add_file(const fs::path& path, const Write& write) OCTET_EXCLUDES(transactions().mutex);
  void lock_folders();
  Status sync_folders();
  Status sync_made_folders();
  Status write_journal(Share& share, const JournalRecord& record);
  Status decide();
  Status place_one();
  Status place_all();
  Status save_old();
  Status place_new();
  Error roll_back(Error error);
  bool restore();
  bool revoke();
  void remove_old();
  void remove_journals();
  void finish();

  const std::string id_ = new_id();
  std::vector<std::unique_ptr<Share>> shares_;  // the first one's journal decides for all
  std::vector<Pending> pending_;                // in the order of add()
  std::vector<fs::path> made_folders_;
  std::optional<Error> failure_;
  bool decided_ = false;    // the first journal may say that the transaction is committed
  bool abandoned_ = false;  // what is on disk is for the next one's recovery
};

Status FileTransaction::Files::make_folder(const fs::path& folder) {
  std::error_code error;
  if (folder.empty() || fs::is_directory(folder, error)) return {};
  OCTET_RETURN_IF_ERROR(make_folder(folder.parent_path()));
  const int made = posix::make_folder(folder);
  if (made == 0) made_folders_.push_back(folder);
  return fs::is_directory(folder, error) ? Status() : write_error(folder, made != 0 ? made : ENOTDIR);
}

Result<FileTransaction::Files::Share*> FileTransaction::Files::share_of(const fs::path& folder) {
  for (const auto& share : shares_)
    if (share->folder == folder) return share.get();
  OCTET_RETURN_IF_ERROR(recover_folder(folder));
  auto share = std::make_unique<Share>(Share{folder, journal_path(folder, id_), {}, {}, {}});
  if (const int error = posix::open(folder, O_RDONLY | O_DIRECTORY, share->handle); error != 0) return write_error(folder, error);
  if (const int error = begin_journal(share->journal_path, share->journal); error != 0) return write_error(folder, error);
  shares_.push_back(std::move(share));
  return shares_.back().get();
}

// Opens the new file that is to be `target`.
Status FileTransaction::Files::begin_file(const fs::path& target, posix::File& output) {
  const MutexLock lock(transactions().mutex);
  OCTET_RETURN_IF_ERROR(make_folder(target.parent_path()));
  std::error_code failed;
  const fs::path folder = fs::canonical(target.parent_path(), failed);
  if (failed) return write_error(target, failed.value());
  OCTET_ASSIGN(Share* const share, share_of(folder));
  const std::string name = target.filename().string();
  if (std::ranges::count(share->files, name) > 0) return Error{ErrorCode::kInvalidArgument, target.string() + ": would be written twice"};
  const std::size_t n = share->files.size();
  const Pending file{folder / name, new_file_path(folder, id_, n), old_file_path(folder, id_, n)};
  if (const int error = posix::open(file.fresh, O_WRONLY | O_CREAT | O_EXCL, output, 0644); error != 0) return write_error(target, error);
  share->files.push_back(name);
  pending_.push_back(file);
  return {};
}

Status FileTransaction::Files::add_file(const fs::path& path, const Write& write) {
  std::error_code failed;
  const fs::path target = followed(fs::absolute(path, failed));
  if (failed) return write_error(path, failed.value());
  if (is_device_or_pipe(target)) return write_in_place(target, write);
  if (is_folder(target)) return write_error(path, EISDIR);
  posix::File output;
  OCTET_RETURN_IF_ERROR(begin_file(target, output));
  OCTET_RETURN_IF_ERROR(write_into(output, path, write));
  if (const int error = posix::sync(output); error != 0) return write_error(path, error);
  if (const int error = output.close(); error != 0) return write_error(path, error);
  return {};
}

Status FileTransaction::Files::add(const fs::path& path, const Write& write) {
  Status added = add_file(path, write);
  if (!added.ok() && !failure_) failure_ = added.error();
  return added;
}

// In one order for all, so that two transactions cannot wait for each other. Without locks on the file system they may overlap.
void FileTransaction::Files::lock_folders() {
  std::vector<Share*> ordered;
  for (const auto& share : shares_) ordered.push_back(share.get());
  std::ranges::sort(ordered, {}, &Share::folder);
  for (const Share* share : ordered) (void)posix::lock(share->handle, posix::Wait::kYes);
}

Status FileTransaction::Files::sync_folders() {
  for (const auto& share : shares_)
    if (const int error = posix::sync(share->handle); error != 0) return write_error(share->folder, error);
  return {};
}

Status FileTransaction::Files::sync_made_folders() {
  for (const fs::path& made : made_folders_) {
    posix::File parent;
    int error = posix::open(made.parent_path(), O_RDONLY | O_DIRECTORY, parent);
    if (error == 0) error = posix::sync(parent);
    if (error != 0) return write_error(made, error);
  }
  return {};
}

Status FileTransaction::Files::write_journal(Share& share, const JournalRecord& record) {
  const std::string text = format_journal(record);
  int error = posix::write_all(share.journal, std::as_bytes(std::span(text)));
  if (error == 0) error = posix::sync(share.journal);
  return error == 0 ? Status() : write_error(share.journal_path, error);
}

// Commits: from the end of this on, whoever finds the journals puts the new files in place.
Status FileTransaction::Files::decide() {
  JournalRecord home{{}, {}, shares_[0]->files};
  for (std::size_t i = 1; i < shares_.size(); ++i) {
    OCTET_RETURN_IF_ERROR(write_journal(*shares_[i], {shares_[0]->journal_path.string(), {}, shares_[i]->files}));
    home.members.push_back(shares_[i]->journal_path.string());
  }
  OCTET_RETURN_IF_ERROR(sync_folders());
  decided_ = true;
  return write_journal(*shares_[0], home);
}

// The last file first: who reads it finds it missing, and never beside others that it does not belong to.
Status FileTransaction::Files::save_old() {
  for (auto file = pending_.rbegin(); file != pending_.rend(); ++file) {
    const int error = posix::rename(file->target, file->old);
    if (error != 0 && error != ENOENT) return write_error(file->target, error);
    file->saved = error == 0;
  }
  return sync_folders();
}

Status FileTransaction::Files::place_new() {
  for (Pending& file : pending_) {
    if (const int error = posix::rename(file.fresh, file.target); error != 0) return write_error(file.target, error);
    file.placed = true;
  }
  return sync_folders();
}

bool FileTransaction::Files::restore() {
  bool done = true;
  for (auto file = pending_.rbegin(); file != pending_.rend(); ++file)
    if (file->placed) done = posix::rename(file->target, file->fresh) == 0 && done;
  for (const Pending& file : pending_)
    if (file.saved) done = done && posix::rename(file.old, file.target) == 0;
  return done;
}

// The journal that decides says so no more.
bool FileTransaction::Files::revoke() {
  return sync_folders().ok() && posix::truncate(shares_[0]->journal) == 0 && posix::sync(shares_[0]->journal) == 0;
}

Error FileTransaction::Files::roll_back(Error error) {
  if (!decided_ || (restore() && revoke())) return error;
  abandoned_ = true;
  error.message += "; the files are half-written, and the next run that uses their folder completes them";
  return error;
}

Status FileTransaction::Files::place_all() {
  if (auto status = decide(); !status.ok()) return roll_back(status.error());
  if (auto status = save_old(); !status.ok()) return roll_back(status.error());
  if (auto status = place_new(); !status.ok()) return roll_back(status.error());
  return {};
}

// A single rename is one step without a journal.
Status FileTransaction::Files::place_one() {
  Pending& file = pending_[0];
  if (const int error = posix::rename(file.fresh, file.target); error != 0) return write_error(file.target, error);
  file.placed = true;
  if (sync_folders().ok()) return {};
  return Error{ErrorCode::kIo, file.target.string() + ": is written, but the disk does not confirm it"};
}

Status FileTransaction::Files::commit() {
  if (failure_) return *failure_;
  lock_folders();
  for (const Pending& file : pending_)
    if (is_folder(file.target)) return write_error(file.target, EISDIR);
  OCTET_RETURN_IF_ERROR(sync_made_folders());
  if (pending_.size() == 1) {
    OCTET_RETURN_IF_ERROR(place_one());
  } else if (pending_.size() > 1) {
    OCTET_RETURN_IF_ERROR(place_all());
  }
  finish();
  return {};
}

// What cannot be removed is left to the next one's recovery.
void FileTransaction::Files::remove_journals() {
  for (auto share = shares_.rbegin(); share != shares_.rend(); ++share) (void)posix::unlink((*share)->journal_path);
}

void FileTransaction::Files::finish() {
  for (const Pending& file : pending_)
    if (file.saved) (void)posix::unlink(file.old);
  remove_journals();
  pending_.clear();
  shares_.clear();
  made_folders_.clear();
}

void FileTransaction::Files::discard() {
  if (abandoned_) return;
  for (const Pending& file : pending_) (void)posix::unlink(file.fresh);
  remove_journals();
  std::error_code ignored;
  for (auto folder = made_folders_.rbegin(); folder != made_folders_.rend(); ++folder) fs::remove(*folder, ignored);
}

FileTransaction::FileTransaction() : files_(std::make_unique<Files>()) {
  const MutexLock lock(transactions().mutex);
  transactions().open.insert(this);
}

FileTransaction::~FileTransaction() {
  const MutexLock lock(transactions().mutex);
  transactions().open.erase(this);
  files_->discard();
}

void discard_unfinished_files() OCTET_NO_THREAD_SAFETY_ANALYSIS {
  transactions().mutex.lock();  // and never again: who waits for it is not to write
  for (FileTransaction* transaction : transactions().open) transaction->files_->discard();
}

Status FileTransaction::add(const fs::path& path, std::span<const std::byte> content) {
  return add(path, [&](const Sink& sink) { return sink(content); });
}

Status FileTransaction::add(const fs::path& path, std::string_view content) {
  return add(path, std::as_bytes(std::span(content.data(), content.size())));
}

Status FileTransaction::add(const fs::path& path, const Write& write) { return files_->add(path, write); }

Status FileTransaction::commit() {
  const MutexLock lock(transactions().mutex);
  return files_->commit();
}

Status write_file(const fs::path& path, std::span<const std::byte> content) {
  FileTransaction transaction;
  OCTET_RETURN_IF_ERROR(transaction.add(path, content));
  return transaction.commit();
}

Status write_file(const fs::path& path, std::string_view content) {
  return write_file(path, std::as_bytes(std::span(content.data(), content.size())));
}

}  // namespace octet
