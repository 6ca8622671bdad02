#include "download/package.h"

#include <algorithm>
#include <span>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "download/program.h"

namespace octet {
namespace fs = std::filesystem;
namespace {

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

// Begins with a letter or digit, so that no program takes it for an option, an address or a path.
bool is_plain_word(std::string_view word, std::string_view others) {
  return !word.empty() && word.size() <= 214 && is_letter_or_digit(word[0]) &&
         std::ranges::all_of(word, [&](char c) { return is_letter_or_digit(c) || others.find(c) != std::string_view::npos; });
}

// "name", or "@scope/name".
bool is_npm_name(std::string_view name) {
  constexpr std::string_view kOthers = "-._~";
  if (!name.starts_with('@')) return is_plain_word(name, kOthers);
  const std::size_t slash = std::min(name.find('/'), name.size());
  return is_plain_word(name.substr(1, slash - 1), kOthers) && is_plain_word(name.substr(std::min(slash + 1, name.size())), kOthers);
}

bool is_version(std::string_view version) { return is_plain_word(version, ".+-!"); }

// The last line that says something.
std::string last_line(std::string_view output) {
  std::string line;
  while (!output.empty()) {
    const std::size_t end = std::min(output.find('\n'), output.size());
    const std::string_view next = output.substr(0, end);
    if (next.find_first_not_of(" \t\r") != std::string_view::npos) line = next;
    output.remove_prefix(std::min(end + 1, output.size()));
  }
  return line;
}

Status run_to_success(const std::vector<std::string>& words) {
  OCTET_ASSIGN(const ProgramEnd end, run_program(words));
  if (end.ok) return {};
  return Error{ErrorCode::kNotFound, fmt::format("{} {} fails: {}", words[0], words[1], last_line(end.output))};
}

// The one file in `folder` with that ending.
Result<fs::path> only_file(const fs::path& folder, std::string_view ending) {
  std::error_code failed;
  for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed))
    if (at->path().filename().string().ends_with(ending)) return at->path();
  return Error{ErrorCode::kNotFound, fmt::format("no file *{} came", ending)};
}

// Scripts of the package are not run: the file is only looked into.
Result<fs::path> npm_pack(const std::string& package, const std::string& version, const fs::path& folder) {
  OCTET_RETURN_IF_ERROR(run_to_success(
      {"npm", "pack", "--ignore-scripts", "--loglevel=error", "--pack-destination", folder.string(), package + "@" + version}));
  return only_file(folder, ".tgz");
}

// A source distribution would be run to be packed: wheels alone.
Result<fs::path> pip_download(const std::string& package, const std::string& version, const fs::path& folder) {
  std::vector<std::string> words{"pip3",    "download", "--no-deps",     "--only-binary=:all:",   "--disable-pip-version-check",
                                 "--quiet", "--dest",   folder.string(), package + "==" + version};
  OCTET_RETURN_IF_ERROR(run_to_success(words));
  return only_file(folder, ".whl");
}

}  // namespace

Result<fs::path> PackageArchives::new_folder() {
  std::error_code failed;
  const fs::path parent = fs::temp_directory_path(failed);
  if (failed) return Error{ErrorCode::kIo, "there is no folder for temporary files (TMPDIR): " + failed.message()};
  if (!folder_) {
    OCTET_ASSIGN(folder_, TemporaryFolder::make(parent));
  }
  const fs::path folder = folder_->path() / std::to_string(archives_.size());
  fs::create_directories(folder, failed);
  if (failed) return Error{ErrorCode::kIo, folder.string() + ": cannot be made: " + failed.message()};
  return folder;
}

// Held while the program runs: whoever wants the same package would have to wait anyway.
Result<fs::path> PackageArchives::archive_of(const std::string& kind, const std::string& package, const std::string& version, Fetch fetch) {
  const MutexLock lock(mutex_);
  const std::string key = kind + " " + package + " " + version;
  if (const auto known = archives_.find(key); known != archives_.end()) return known->second;
  OCTET_ASSIGN(const fs::path folder, new_folder());
  OCTET_ASSIGN(fs::path archive, fetch(package, version, folder));
  archives_[key] = archive;
  return archive;
}

Result<PackageMember> PackageArchives::find(const NpmSource& source) {
  if (!is_npm_name(source.package) || !is_version(source.version))
    return Error{ErrorCode::kMalformed, fmt::format("'{}' '{}' is no name and version of an npm package", source.package, source.version)};
  OCTET_ASSIGN(const fs::path archive, archive_of("npm", source.package, source.version, npm_pack));
  return PackageMember{archive, ArchiveFormat::kGzipTar, "package/" + source.member};
}

Result<PackageMember> PackageArchives::find(const WheelSource& source) {
  if (!is_plain_word(source.package, "-._") || !is_version(source.version))
    return Error{ErrorCode::kMalformed, fmt::format("'{}' '{}' is no name and version of a wheel", source.package, source.version)};
  OCTET_ASSIGN(const fs::path archive, archive_of("wheel", source.package, source.version, pip_download));
  return PackageMember{archive, ArchiveFormat::kZip, source.member};
}

}  // namespace octet
