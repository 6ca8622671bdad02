#include "data/list_pictures.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <system_error>

#include "image/formats.h"

namespace octet {
namespace fs = std::filesystem;
namespace {

std::string lower_extension(const fs::path& path) {
  std::string extension = path.extension().string();
  std::ranges::transform(extension, extension.begin(), [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return extension;
}

bool lies_beside_pictures(const std::string& extension) {
  constexpr std::array kUsual = {".json", ".txt", ".xml", ".csv", ".md", ".yaml", ".yml", ".names", ".html", ".log", ".part"};
  return std::ranges::find(kUsual, extension) != kUsual.end();
}

class Walk {
 public:
  explicit Walk(fs::path root) : root_(std::move(root)) {}

  Result<FolderListing> run() {
    for (waiting_.push_back(root_); !waiting_.empty();) {
      const fs::path folder = waiting_.back();
      waiting_.pop_back();
      OCTET_RETURN_IF_ERROR(visit(folder));
    }
    std::ranges::sort(listing_.pictures);
    return std::move(listing_);
  }

 private:
  Status visit(const fs::path& folder) {
    std::error_code failed;
    if (!visited_.insert(fs::canonical(folder, failed)).second) return {};
    for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed)) take(at->path());
    if (failed) return Error{ErrorCode::kNotFound, folder.string() + ": cannot be listed: " + failed.message()};
    return {};
  }

  void take(const fs::path& path) {
    if (path.filename().string().starts_with('.')) return;
    std::error_code ignored;
    if (fs::is_directory(path, ignored))
      waiting_.push_back(path);
    else if (is_picture_name(path))
      listing_.pictures.push_back(path.lexically_relative(root_));
    else if (const std::string extension = lower_extension(path); !lies_beside_pictures(extension))
      ++listing_.others[extension];
  }

  const fs::path root_;
  std::vector<fs::path> waiting_;
  std::set<fs::path> visited_;  // canonical: a link may lead back
  FolderListing listing_;
};

}  // namespace

Result<FolderListing> list_pictures(const fs::path& folder) {
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) return Error{ErrorCode::kNotFound, folder.string() + ": no such folder"};
  return Walk(folder).run();
}

}  // namespace octet
