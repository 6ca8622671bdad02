#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>

#include "base/result.h"
#include "download/remote_file.h"

// Archives of others, by libarchive. Everything in them is hostile.
namespace octet {

using ArchiveFormat = UnpackArchive::Format;

// Against archives that are small on disk and endless when they are unpacked. Bytes are those of all entries together, those included that
// nobody reads: what they claim, before anything is written, and what comes out.
struct ArchiveLimits {
  std::int64_t entries = 20'000;
  std::int64_t bytes = std::int64_t{16} << 30;
  // The above for an archive of any size; a small one may not unpack to more than this and `growth` times its size on disk. Weights
  // shrink by a half at most and text twentyfold, runs of zeros a thousandfold.
  std::int64_t small_bytes = std::int64_t{256} << 20;
  std::int64_t growth = 64;
};

// One file of an archive that is being read.
struct ArchiveEntry {
  std::string name;  // as it is in the archive: nothing is known of it
  bool is_folder = false;

  using Sink = std::function<Status(std::span<const std::byte>)>;
  std::function<Status(const Sink&)> read;  // gives the content; at most once, before the visitor returns
};

enum class Visit { kContinue, kStop };

// Calls `visit` for every file and folder of an archive in its order. Only the named format is read, and of compressions only gzip, once.
//   errors   kNotFound: cannot be opened. kMalformed: is no such archive, or damaged; an entry is a link or a device, or has more bytes
//            than it claims; a limit is passed.
//            Those of `visit`
Status read_archive(const std::filesystem::path& archive, ArchiveFormat format, const ArchiveLimits& limits,
                    const std::function<Result<Visit>(const ArchiveEntry&)>& visit);

// Reads the one file of that name. kMalformed where there is none.
Status read_archive_member(const std::filesystem::path& archive, ArchiveFormat format, const std::string& name, const ArchiveLimits& limits,
                           const ArchiveEntry::Sink& sink);

// Unpacks a whole archive into a folder, all or nothing: what was there of the same names is replaced.
//   errors   as above; kMalformed where a name is absolute, has "..", or stands there twice; kIo
Status unpack_archive(const std::filesystem::path& archive, ArchiveFormat format, const std::filesystem::path& folder,
                      const ArchiveLimits& limits = {});

// Where an entry of that name goes. kMalformed for a name that leaves the folder or is one of a transaction's own.
Result<std::filesystem::path> place_of_entry(const std::filesystem::path& folder, const std::string& name);

}  // namespace octet
