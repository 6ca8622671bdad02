#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/thread_annotations.h"
#include "download/archive.h"
#include "download/remote_file.h"
#include "base/temporary_folder.h"

namespace octet {

// A file inside a package's archive.
struct PackageMember {
  std::filesystem::path archive;
  ArchiveFormat format;
  std::string name;  // in the archive
};

// Archives of packages, fetched by the user's own npm and pip, which know the user's registries, proxies and passwords. Nothing of a
// package is run. Each archive is fetched once and lies in a temporary folder as long as the object lives. Safe from several threads.
class PackageArchives {
 public:
  // Errors: kMalformed: name or version is none. kNotFound: npm or pip is not there, or does not find the package; with what it says.
  Result<PackageMember> find(const NpmSource& source);
  Result<PackageMember> find(const WheelSource& source);

 private:
  using Fetch = Result<std::filesystem::path> (*)(const std::string& package, const std::string& version,
                                                  const std::filesystem::path& folder);
  Result<std::filesystem::path> archive_of(const std::string& kind, const std::string& package, const std::string& version, Fetch fetch);
  Result<std::filesystem::path> new_folder() OCTET_REQUIRES(mutex_);

  Mutex mutex_;
  std::optional<TemporaryFolder> folder_ OCTET_GUARDED_BY(mutex_);
  std::map<std::string, std::filesystem::path> archives_ OCTET_GUARDED_BY(mutex_);
};

}  // namespace octet
