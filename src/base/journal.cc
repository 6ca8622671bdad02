#include "base/journal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/digest.h"
#include "base/files.h"

namespace octet {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kMagic = "octet journal 1", kPrefix = ".octet-", kSuffix = ".journal";
constexpr std::size_t kMaxJournalBytes = std::size_t{64} << 20;

std::string digest_of(std::string_view text) { return sha256_hex(std::as_bytes(std::span(text.data(), text.size()))); }

void put_field(std::string& text, std::string_view key, std::string_view value) { ((text += key) += value) += '\0'; }

bool is_plain_name(std::string_view name) {
  return !name.empty() && name != "." && name != ".." && name.find('/') == std::string_view::npos && !name.starts_with(kPrefix);
}

// The value if `field` begins with `key`.
std::optional<std::string> value_of(std::string_view field, std::string_view key) {
  if (!field.starts_with(key)) return {};
  return std::string(field.substr(key.size()));
}

Error recovery_error(const fs::path& path, int error) {
  return {ErrorCode::kIo, path.string() + ": an interrupted write cannot be completed: " + std::strerror(error)};
}

bool is_journal(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.size() > kPrefix.size() + kSuffix.size() && name.starts_with(kPrefix) && name.ends_with(kSuffix);
}

// The journal of a process that has ended, locked by us.
struct DeadJournal {
  posix::File file;
  std::optional<JournalRecord> record;
};

bool is_ours(const posix::File& file) {
  struct stat info {};
  return ::fstat(file.descriptor(), &info) == 0 && S_ISREG(info.st_mode) && info.st_uid == ::geteuid() && info.st_nlink > 0;
}

std::optional<JournalRecord> read_journal(const fs::path& path) {
  const auto text = read_text(path, kMaxJournalBytes);
  return text.ok() ? parse_journal(*text) : std::nullopt;
}

std::optional<DeadJournal> open_dead(const fs::path& path, posix::Wait wait) {
  DeadJournal dead;
  if (!is_journal(path) || posix::open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK, dead.file) != 0 || !is_ours(dead.file)) return {};
  if (posix::lock(dead.file, wait) != 0 || !is_ours(dead.file)) return {};
  dead.record = read_journal(path);
  return dead;
}

std::string id_of(const fs::path& journal) {
  const std::string name = journal.filename().string();
  return name.substr(kPrefix.size(), name.size() - kPrefix.size() - kSuffix.size());
}

Result<std::vector<fs::path>> entries_of(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code failed;
  for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed)) entries.push_back(at->path());
  if (failed) return recovery_error(folder, failed.value());
  return entries;
}

// Gives every file its name: the new one's where the transaction is committed, the old one's else.
Status move_files(const fs::path& folder, const std::string& id, const JournalRecord& record, bool committed) {
  for (std::size_t n = 0; n < record.files.size(); ++n) {
    const fs::path from = committed ? new_file_path(folder, id, n) : old_file_path(folder, id, n);
    const int error = posix::rename(from, folder / record.files[n]);
    if (error != 0 && error != ENOENT) return recovery_error(folder / record.files[n], error);
  }
  return {};
}

Status remove_leftovers(const fs::path& folder, const std::string& id) {
  OCTET_ASSIGN(const std::vector<fs::path> entries, entries_of(folder));
  const std::string prefix = std::string(kPrefix) + id + "-";
  for (const fs::path& entry : entries)
    if (entry.filename().string().starts_with(prefix))
      if (const int error = posix::unlink(entry); error != 0 && error != ENOENT) return recovery_error(entry, error);
  return {};
}

// One folder's share; the journal goes last, so that who is killed here is followed in turn.
Status end_share(const fs::path& journal, const DeadJournal& dead, bool committed) {
  const fs::path folder = journal.parent_path();
  const std::string id = id_of(journal);
  posix::File handle;
  if (const int error = posix::open(folder, O_RDONLY | O_DIRECTORY, handle); error != 0) return recovery_error(folder, error);
  (void)posix::lock(handle, posix::Wait::kYes);  // where the file system has no locks, there is nobody to wait for
  if (dead.record) OCTET_RETURN_IF_ERROR(move_files(folder, id, *dead.record, committed));
  if (const int error = posix::sync(handle); error != 0) return recovery_error(folder, error);
  OCTET_RETURN_IF_ERROR(remove_leftovers(folder, id));
  if (const int error = posix::unlink(journal); error != 0 && error != ENOENT) return recovery_error(journal, error);
  return {};
}

// All shares of a committed transaction, the home journal's own last.
Status complete(const fs::path& home, const DeadJournal& dead) {
  for (const std::string& member : dead.record->members) {
    const auto share = open_dead(member, posix::Wait::kYes);
    if (share && share->record && share->record->home == home.string()) OCTET_RETURN_IF_ERROR(end_share(member, *share, true));
  }
  return end_share(home, dead, true);
}

bool is_committed(const fs::path& home, const fs::path& member) {
  const auto record = read_journal(home);
  return record && record->home.empty() && std::ranges::count(record->members, member.string()) > 0;
}

Status recover_journal(const fs::path& path) {
  auto dead = open_dead(path, posix::Wait::kNo);
  if (!dead) return {};
  if (!dead->record) return end_share(path, *dead, false);
  if (dead->record->home.empty()) return complete(path, *dead);
  const fs::path home = dead->record->home;
  if (!is_committed(home, path)) return end_share(path, *dead, false);
  dead.reset();  // whose lock the home journal's recovery takes
  const auto decider = open_dead(home, posix::Wait::kYes);
  return decider && decider->record ? complete(home, *decider) : Status();
}

}  // namespace

std::string format_journal(const JournalRecord& record) {
  std::string text;
  put_field(text, kMagic, "");
  if (!record.home.empty()) put_field(text, "home=", record.home);
  for (const std::string& member : record.members) put_field(text, "member=", member);
  for (const std::string& file : record.files) put_field(text, "file=", file);
  put_field(text, "end=", digest_of(text));
  return text;
}

std::optional<JournalRecord> parse_journal(std::string_view text) {
  JournalRecord record;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\0', begin);
    if (end == std::string_view::npos) return {};
    const std::string_view field = text.substr(begin, end - begin);
    if (begin == 0 && field != kMagic) return {};
    if (const auto digest = value_of(field, "end="))
      return end + 1 == text.size() && *digest == digest_of(text.substr(0, begin)) ? std::optional(record) : std::nullopt;
    if (auto home = value_of(field, "home=")) record.home = *home;
    if (auto member = value_of(field, "member=")) record.members.push_back(*member);
    if (auto file = value_of(field, "file=")) record.files.push_back(*file);
    if (!record.files.empty() && !is_plain_name(record.files.back())) return {};
    begin = end + 1;
  }
  return {};
}

fs::path journal_path(const fs::path& folder, const std::string& id) { return folder / (std::string(kPrefix) + id + std::string(kSuffix)); }

fs::path new_file_path(const fs::path& folder, const std::string& id, std::size_t n) {
  return folder / (std::string(kPrefix) + id + "-" + std::to_string(n) + ".new");
}

fs::path old_file_path(const fs::path& folder, const std::string& id, std::size_t n) {
  return folder / (std::string(kPrefix) + id + "-" + std::to_string(n) + ".old");
}

// Somebody's recovery may see the journal before it is locked, and removes it then: once more.
int begin_journal(const fs::path& path, posix::File& journal) {
  for (;;) {
    if (const int error = posix::open(path, O_RDWR | O_CREAT | O_EXCL, journal, 0644); error != 0) return error;
    (void)posix::lock(journal, posix::Wait::kYes);  // without locks on this file system nobody recovers either
    struct stat info {};
    if (::fstat(journal.descriptor(), &info) != 0) return errno;
    if (info.st_nlink > 0) return 0;
  }
}

Status recover_folder(const fs::path& folder) {
  std::error_code failed;
  const auto entries = entries_of(fs::canonical(folder, failed));  // as journals name each other
  if (failed || !entries.ok()) return {};                          // absent, or not ours to list: its files may be read all the same
  for (const fs::path& entry : *entries)
    if (is_journal(entry)) OCTET_RETURN_IF_ERROR(recover_journal(entry));
  return {};
}

}  // namespace octet
