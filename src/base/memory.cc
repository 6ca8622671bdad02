#include "base/memory.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>

namespace octet {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();

std::uint64_t machine_bytes() {
  const long pages = ::sysconf(_SC_PHYS_PAGES), page = ::sysconf(_SC_PAGE_SIZE);
  if (pages <= 0 || page <= 0) return kUnlimited;
  return static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page);
}

// The number in a file; none for "max" and for a file that is not there.
std::uint64_t limit_in(const fs::path& file) {
  std::uint64_t bytes = 0;
  return std::ifstream(file) >> bytes ? bytes : kUnlimited;
}

// The least limit of a group and of those around it, up to the root. Inside a container the own group may be seen as the root.
std::uint64_t limit_of_group(const fs::path& mount, fs::path group, const char* file) {
  std::uint64_t least = limit_in(mount / file);
  for (; group.has_relative_path(); group = group.parent_path()) least = std::min(least, limit_in(mount / group.relative_path() / file));
  return least;
}

}  // namespace

std::uint64_t container_memory_bytes(const fs::path& root) {
  const fs::path mounts = root / "sys/fs/cgroup";
  std::uint64_t least = kUnlimited;
  // Lines "number:controllers:group". Version 2 has one hierarchy, without controllers; in version 1 memory has one of its own.
  std::ifstream groups(root / "proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    const std::size_t controllers = line.find(':'), group = line.find(':', controllers + 1);
    if (controllers == std::string::npos || group == std::string::npos) continue;
    const std::string named = "," + line.substr(controllers + 1, group - controllers - 1) + ",", path = line.substr(group + 1);
    if (named == ",,") least = std::min(least, limit_of_group(mounts, path, "memory.max"));
    if (named.find(",memory,") != std::string::npos)
      least = std::min(least, limit_of_group(mounts / "memory", path, "memory.limit_in_bytes"));
  }
  return least;
}

std::uint64_t memory_bytes() { return std::min(machine_bytes(), container_memory_bytes("/")); }

}  // namespace octet
