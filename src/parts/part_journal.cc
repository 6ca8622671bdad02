#include "parts/part_journal.h"

#include <fcntl.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/scratch_file.h"

namespace octet {
namespace {

namespace fs = std::filesystem;

Error unwritable(const fs::path& path, int error) {
  return {ErrorCode::kIo, path.string() + ": cannot be written: " + std::strerror(error)};
}

}  // namespace

Result<PartJournal> PartJournal::open(const fs::path& folder, const PartSetup& setup, const OnRecord& on_record, const Warn& warn) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  const fs::path path = folder / part_name(setup, kJournalExtension);
  posix::File file;
  constexpr mode_t kMode = 0666;
  if (const int error = posix::open(path, O_RDWR | O_CREAT | O_APPEND, file, kMode); error != 0) return unwritable(path, error);
  if (const int error = posix::lock(file, posix::Wait::kNo); error != 0)
    return Error{ErrorCode::kIo, path.string() + ": " + (error == EWOULDBLOCK ? "another run is at work on it" : std::strerror(error))};
  PartJournal journal(path, std::move(file));
  OCTET_RETURN_IF_ERROR(journal.load(setup, on_record, warn));
  return journal;
}

Status PartJournal::load(const PartSetup& setup, const OnRecord& on_record, const Warn& warn) {
  OCTET_ASSIGN(const MappedFile mapped, MappedFile::open(path_));
  PartReader reader(mapped.bytes());
  const auto first = reader.next();
  if (!first) {
    if (!mapped.bytes().empty() && !is_beginning_of_part(mapped.bytes()))
      return Error{ErrorCode::kMalformed, path_.string() + ": is no journal of octet"};
    if (const int error = posix::truncate(file_); error != 0) return unwritable(path_, error);
    return write(writer_.begin(setup));
  }
  OCTET_ASSIGN_AT(const PartSetup was, setup_in(*first), path_.string());
  if (const auto difference = difference_of(setup, was))
    return Error{ErrorCode::kMalformed,
                 fmt::format("{}: is of other work than this: it {}; give another folder", path_.string(), *difference)};
  std::size_t released = 0;
  while (const auto record = reader.next()) {
    if (const Status taken = on_record(*record); !taken.ok()) return taken.error().at(path_.string());
    if (reader.position() - released < kBytesReadTogether) continue;
    ScratchFile::release(mapped.bytes());
    released = reader.position();
  }
  const std::size_t whole = reader.position();
  writer_ = PartWriter(reader.records());
  if (whole == mapped.bytes().size()) return {};
  if (warn)
    warn(fmt::format("{}: its last {} bytes are not whole, and what they held is done again", path_.string(),
                     mapped.bytes().size() - whole));
  std::error_code failed;
  fs::resize_file(path_, whole, failed);
  return failed ? unwritable(path_, failed.value()) : Status();
}

Status PartJournal::append(std::string_view content) { return write(writer_.record(content)); }

Status PartJournal::write(std::string_view bytes) {
  const int error = posix::write_all(file_, bytes_of(bytes));
  return error == 0 ? Status() : unwritable(path_, error);
}

}  // namespace octet
