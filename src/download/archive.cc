#include "download/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "base/files.h"

namespace octet {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kChunkBytes = std::size_t{1} << 20;

using Reader = std::unique_ptr<::archive, decltype([](::archive* reader) { archive_read_free(reader); })>;

Error malformed(std::string message) { return {ErrorCode::kMalformed, std::move(message)}; }

std::string reason_of(::archive* reader) {
  const char* text = archive_error_string(reader);
  return text != nullptr ? text : "is damaged";
}

Result<bool> is_gzip(const fs::path& path) {
  OCTET_ASSIGN(const MappedFile file, MappedFile::open(path));
  const auto bytes = file.bytes();
  return bytes.size() > 2 && bytes[0] == std::byte{0x1f} && bytes[1] == std::byte{0x8b};
}

// Without libarchive's search for filters, which would follow a gzip in a gzip in a gzip. Python's tarfile looks for gzip itself, too.
Result<Reader> open_archive(const fs::path& path, ArchiveFormat format) {
  OCTET_ASSIGN(const bool compressed, is_gzip(path));
  Reader reader(archive_read_new());
  int done = reader ? ARCHIVE_OK : ARCHIVE_FATAL;
  if (done == ARCHIVE_OK && format == ArchiveFormat::kZip) {
    done = archive_read_support_format_zip(reader.get());
  } else if (done == ARCHIVE_OK) {
    archive_read_support_format_gnutar(reader.get());
    done = archive_read_support_format_tar(reader.get());
    if (done == ARCHIVE_OK && compressed) done = archive_read_append_filter(reader.get(), ARCHIVE_FILTER_GZIP);
  }
  if (done == ARCHIVE_OK) done = archive_read_open_filename(reader.get(), path.c_str(), kChunkBytes);
  if (done != ARCHIVE_OK) return malformed(reader ? reason_of(reader.get()) : "out of memory");
  return reader;
}

// Names that are no UTF-8 come as their bytes.
std::string name_of(archive_entry* entry) {
  const char* name = archive_entry_pathname_utf8(entry);
  if (name == nullptr) name = archive_entry_pathname(entry);
  return name != nullptr ? name : "";
}

// What an entry is that is no file and no folder; empty for those.
std::string odd_kind(archive_entry* entry) {
  if (archive_entry_hardlink(entry) != nullptr) return "a hard link";
  const auto type = archive_entry_filetype(entry);
  if (type == AE_IFLNK) return "a symbolic link";
  return type == AE_IFREG || type == AE_IFDIR ? "" : "a device or pipe";
}

class ArchiveWalk {
 public:
  ArchiveWalk(::archive* reader, std::int64_t max_entries, std::int64_t max_bytes)
      : reader_(reader), max_entries_(max_entries), max_bytes_(max_bytes) {}

  Status each(const std::function<Result<Visit>(const ArchiveEntry&)>& visit) {
    archive_entry* entry = nullptr;
    for (std::int64_t count = 0;; ++count) {
      const int done = archive_read_next_header(reader_, &entry);
      if (done == ARCHIVE_EOF) return {};
      if (done != ARCHIVE_OK && done != ARCHIVE_WARN) return malformed(reason_of(reader_));
      if (count == max_entries_) return malformed(fmt::format("has more than {} entries", max_entries_));
      OCTET_ASSIGN(const Visit next, visit_one(entry, visit));
      if (next == Visit::kStop) return {};
    }
  }

 private:
  Result<Visit> visit_one(archive_entry* entry, const std::function<Result<Visit>(const ArchiveEntry&)>& visit) {
    const std::string name = name_of(entry);
    if (name.empty()) return malformed("has an entry without a name");
    if (const std::string kind = odd_kind(entry); !kind.empty()) return malformed(fmt::format("entry '{}' is {}", name, kind));
    // A tar tells the size of every file, a zip that of all but those that were written to a pipe and lack the directory at its end.
    const std::optional<std::int64_t> claimed =
        archive_entry_size_is_set(entry) != 0 ? std::optional(archive_entry_size(entry)) : std::nullopt;
    if (claimed && (*claimed < 0 || *claimed > max_bytes_ - bytes_)) return too_large();
    bool was_read = false;
    const auto read = [&](const ArchiveEntry::Sink& sink) {
      was_read = true;
      return read_content(name, claimed, sink);
    };
    OCTET_ASSIGN(const Visit next, visit({name, archive_entry_filetype(entry) == AE_IFDIR, read}));
    // Read and not skipped, so that what is never unpacked counts as well.
    if (next == Visit::kContinue && !was_read) OCTET_RETURN_IF_ERROR(read([](std::span<const std::byte>) { return Status(); }));
    return next;
  }

  Error too_large() const { return malformed(fmt::format("unpacks to more than {} bytes", max_bytes_)); }

  Status read_content(const std::string& name, std::optional<std::int64_t> claimed, const ArchiveEntry::Sink& sink) {
    for (std::int64_t entry_bytes = 0;;) {
      const la_ssize_t got = archive_read_data(reader_, buffer_.data(), buffer_.size());
      if (got == ARCHIVE_RETRY) continue;
      if (got < 0) return malformed(fmt::format("entry '{}': {}", name, reason_of(reader_)));
      if (got == 0) return {};
      bytes_ += got;
      entry_bytes += got;
      if (bytes_ > max_bytes_) return too_large();
      if (claimed && entry_bytes > *claimed)
        return malformed(fmt::format("entry '{}' has more than the {} bytes that it claims", name, *claimed));
      OCTET_RETURN_IF_ERROR(sink(std::span(buffer_).first(static_cast<std::size_t>(got))));
    }
  }

  ::archive* reader_;
  const std::int64_t max_entries_, max_bytes_;
  std::int64_t bytes_ = 0;
  std::vector<std::byte> buffer_ = std::vector<std::byte>(kChunkBytes);
};

// How much an archive of so many bytes may unpack to.
std::int64_t max_unpacked(const ArchiveLimits& limits, std::uint64_t packed_bytes) {
  const auto times = static_cast<std::uint64_t>(std::max<std::int64_t>(limits.bytes - limits.small_bytes, 0) / limits.growth);
  if (packed_bytes >= times) return limits.bytes;
  return limits.small_bytes + limits.growth * static_cast<std::int64_t>(packed_bytes);
}

}  // namespace

Status read_archive(const fs::path& archive, ArchiveFormat format, const ArchiveLimits& limits,
                    const std::function<Result<Visit>(const ArchiveEntry&)>& visit) {
  OCTET_ASSIGN_AT(const Reader reader, open_archive(archive, format), archive.string());
  OCTET_ASSIGN(const std::uint64_t packed_bytes, size_of_file(archive));
  const Status walked = ArchiveWalk(reader.get(), limits.entries, max_unpacked(limits, packed_bytes)).each(visit);
  return walked.ok() ? walked : walked.error().at(archive.string());
}

Status read_archive_member(const fs::path& archive, ArchiveFormat format, const std::string& name, const ArchiveLimits& limits,
                           const ArchiveEntry::Sink& sink) {
  bool found = false;
  Status walked = read_archive(archive, format, limits, [&](const ArchiveEntry& entry) -> Result<Visit> {
    if (entry.is_folder || entry.name != name) return Visit::kContinue;
    found = true;
    OCTET_RETURN_IF_ERROR(entry.read(sink));
    return Visit::kStop;
  });
  if (!walked.ok()) return walked;
  return found ? Status() : malformed(fmt::format("{}: has no file '{}'", archive.string(), name));
}

Result<fs::path> place_of_entry(const fs::path& folder, const std::string& name) {
  OCTET_ASSIGN(const fs::path place, path_inside(folder, name));
  for (const fs::path& step : fs::path(name))
    if (step.string().starts_with(".octet-")) return malformed(fmt::format("path '{}' has a name that octet uses itself", name));
  return place.lexically_normal();
}

Status unpack_archive(const fs::path& archive, ArchiveFormat format, const fs::path& folder, const ArchiveLimits& limits) {
  FileTransaction transaction;
  std::vector<fs::path> folders;
  std::set<fs::path> places;
  Status walked = read_archive(archive, format, limits, [&](const ArchiveEntry& entry) -> Result<Visit> {
    OCTET_ASSIGN_AT(const fs::path place, place_of_entry(folder, entry.name), "entry");
    if (entry.is_folder) {
      folders.push_back(place);
      return Visit::kContinue;
    }
    if (!place.has_filename() || !places.insert(place).second)
      return malformed(fmt::format("entry '{}' is no file, or stands there twice", entry.name));
    OCTET_RETURN_IF_ERROR(transaction.add(place, entry.read));
    return Visit::kContinue;
  });
  if (!walked.ok()) return walked;
  OCTET_RETURN_IF_ERROR(transaction.commit());
  for (const fs::path& place : folders) {
    std::error_code failed;
    fs::create_directories(place, failed);
    if (failed) return Error{ErrorCode::kIo, place.string() + ": cannot be made: " + failed.message()};
  }
  return {};
}

}  // namespace octet
