#include "base/temporary_folder.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace octet {
namespace fs = std::filesystem;

Result<TemporaryFolder> TemporaryFolder::make(const fs::path& parent) {
  std::error_code failed;
  fs::create_directories(parent, failed);
  std::string name = (parent / "octet-XXXXXX").string();
  if (!failed && ::mkdtemp(name.data()) != nullptr) return TemporaryFolder(name);
  return Error{ErrorCode::kIo, parent.string() + ": no folder can be made there: " + (failed ? failed.message() : std::strerror(errno))};
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

}  // namespace octet
