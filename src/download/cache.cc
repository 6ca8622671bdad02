#include "download/cache.h"

#include <cstdlib>

#include <fmt/format.h>

#include "base/check.h"
#include "base/digest.h"
#include "base/files.h"

namespace octet {
namespace fs = std::filesystem;
namespace {

fs::path folder_in(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr ? fs::path(value) : fs::path();
}

// What is wrong with the cached file, in the words of the Open Model Zoo's downloader; nothing where it is right.
std::optional<FetchEvent> fault_of(const RemoteFile& file, const fs::path& cached) {
  const auto mapped = MappedFile::open(cached);
  if (!mapped.ok()) return SourceFailed{mapped.error().message, {}};
  const auto size = static_cast<std::int64_t>(mapped->bytes().size());
  if (file.size_bytes && size > *file.size_bytes)
    return SourceFailed{fmt::format("Cached file is longer than expected ({} B), copying aborted", *file.size_bytes), {}};
  if (file.size_bytes && size < *file.size_bytes)
    return SourceFailed{fmt::format("Cached file is shorter ({} B) than expected ({} B)", size, *file.size_bytes), {}};
  if (std::string actual = sha384_hex(mapped->bytes()); actual != file.sha384) return DigestDiffers{file.sha384, std::move(actual)};
  return {};
}

}  // namespace

Result<FileCache> FileCache::of_user() {
  if (const fs::path own = folder_in("OCTET_CACHE"); !own.empty()) return FileCache(own);
  // https://specifications.freedesktop.org/basedir-spec: a relative path there is to be ignored.
  if (const fs::path caches = folder_in("XDG_CACHE_HOME"); caches.is_absolute()) return FileCache(caches / "octet");
  if (const fs::path home = folder_in("HOME"); !home.empty()) return FileCache(home / ".cache" / "octet");
  return Error{ErrorCode::kNotFound, "there is no folder to keep fetched files in: set OCTET_CACHE to one"};
}

fs::path FileCache::folder() const { return root_ / "1"; }

fs::path FileCache::path_of(const std::string& sha384) const {
  OCTET_CHECK(sha384.size() > 2, "a cached file has a digest");
  return folder() / sha384.substr(0, 2) / sha384.substr(2);
}

Result<fs::path> FileCache::get(const RemoteFile& file, const FetchOptions& options, const OnFetchEvent& on_event) const {
  const auto tell = [&](const FetchEvent& event) {
    if (on_event) on_event(event);
  };
  fs::path cached = path_of(file.sha384);
  std::error_code ignored;
  if (fs::exists(cached, ignored)) {
    tell(FoundInCache{});
    const auto fault = fault_of(file, cached);
    if (!fault) return cached;
    tell(*fault);
    tell(CacheRefused{});
  }
  OCTET_RETURN_IF_ERROR(fetch_file(file, cached, options, on_event));
  return cached;
}

}  // namespace octet
