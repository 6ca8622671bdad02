#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.h"
#include "download/fetch_event.h"
#include "download/package.h"
#include "download/remote_file.h"

namespace octet {

struct FetchOptions {
  int attempts = 4;                             // at each source
  std::chrono::milliseconds retry_delay{1000};  // before the second attempt,
  int retry_factor = 2;                         // and so many times longer before each further one
  bool retry_refusals = false;                  // ask again where the answer was that there is no such file, or that it is forbidden
  std::chrono::seconds stall_limit{300};        // a transfer without a byte for so long has failed
  std::int64_t unknown_size_limit = std::int64_t{4} << 30;  // of a file whose size is not stated
  bool keep_partial = true;                                 // what has come of a file that failed, for the next time
  std::string google_drive = "https://docs.google.com/uc";
  bool continue_unchecked = false;      // go on with the beginning of a file of no stated SHA-384: the caller checks its content
  PackageArchives* packages = nullptr;  // where several files come from the same packages; not owned
};

// Brings a file to `place` from the first of its sources that gives it, size and SHA-384 checked while it comes. It is complete there or
// absent: it is written beside, synced and renamed. An interrupted transfer goes on where it ended, also in the next process. Where another
// process or thread fetches to the same place, it is waited for, and what it brought is taken.
//
// Where no source gives the file and the right one, by its SHA-384, lies at `place` already, that is success.
//
//   errors   kNotFound: no source gave it; one message with each address and what it answered, and where to put it by hand. kIo
Status fetch_file(const RemoteFile& file, const std::filesystem::path& place, const FetchOptions& options,
                  const OnFetchEvent& on_event = {});

// Whether the file at `path` has the stated size and digest. kNotFound: there is none; kMalformed: it is another one.
Status check_file(const RemoteFile& file, const std::filesystem::path& path);

}  // namespace octet
