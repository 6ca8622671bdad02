#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "download/fetch_file.h"

namespace octet {

// A folder of published files by their SHA-384, laid out as the Open Model Zoo's downloader has it, so that both can share one:
//   <root>/1/<the first 2 hexadecimal digits>/<the other 94>
// Safe from several threads and processes. Nothing is ever taken from it unchecked, nor removed.
class FileCache {
 public:
  explicit FileCache(std::filesystem::path root) : root_(std::move(root)) {}

  // $OCTET_CACHE, else octet/ in $XDG_CACHE_HOME or ~/.cache. kNotFound where none of the three is known.
  static Result<FileCache> of_user();

  const std::filesystem::path& root() const { return root_; }
  std::filesystem::path folder() const;  // <root>/1
  std::filesystem::path path_of(const std::string& sha384) const;

  // Where a file lies in the cache, which has it from now on: it was there and is right, or is fetched.
  //   file     has a SHA-384
  //   errors   those of fetch_file()
  Result<std::filesystem::path> get(const RemoteFile& file, const FetchOptions& options, const OnFetchEvent& on_event = {}) const;

 private:
  std::filesystem::path root_;
};

}  // namespace octet
