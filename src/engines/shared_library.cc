#include "engines/shared_library.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstdlib>

namespace octet {
namespace {

namespace fs = std::filesystem;

std::string variable(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  return value ? value : "";
}

// Files of a folder whose names begin so, the highest version first.
std::vector<fs::path> files_in(const fs::path& folder, std::string_view beginning) {
  std::vector<fs::path> files;
  std::error_code ignored;
  for (fs::directory_iterator entry(folder, ignored), end; entry != end; entry.increment(ignored)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with(beginning) && entry->is_regular_file(ignored)) files.push_back(entry->path());
  }
  std::ranges::sort(files, std::greater<>());
  return files;
}

// Folders of the form PREFIX/lib/python3*/site-packages, and dist-packages, which Debian has as well.
std::vector<fs::path> packages_below(const fs::path& prefix) {
  std::vector<fs::path> folders;
  std::error_code ignored;
  for (fs::directory_iterator entry(prefix / "lib", ignored), end; entry != end; entry.increment(ignored)) {
    if (!entry->path().filename().string().starts_with("python3")) continue;
    folders.push_back(entry->path() / "site-packages");
    folders.push_back(entry->path() / "dist-packages");
  }
  std::ranges::sort(folders, std::greater<>());
  return folders;
}

std::vector<fs::path> split_path(const std::string& list) {
  std::vector<fs::path> folders;
  for (std::size_t first = 0; first < list.size();) {
    const std::size_t end = std::min(list.find(':', first), list.size());
    if (end > first) folders.emplace_back(list.substr(first, end - first));
    first = end + 1;
  }
  return folders;
}

// Where Python's packages lie: bin/python3 has them in lib/ beside bin/.
std::vector<fs::path> python_prefixes() {
  std::vector<fs::path> prefixes;
  if (const std::string active = variable("VIRTUAL_ENV"); !active.empty()) prefixes.emplace_back(active);
  std::error_code ignored;
  for (const fs::path& folder : split_path(variable("PATH")))
    if (fs::exists(folder / "python3", ignored)) {
      prefixes.push_back(folder.parent_path());
      break;
    }
  if (const std::string home = variable("HOME"); !home.empty()) prefixes.push_back(fs::path(home) / ".local");
  prefixes.emplace_back("/usr/local");
  prefixes.emplace_back("/usr");
  return prefixes;
}

std::vector<fs::path> linker_folders() {
  std::vector<fs::path> folders = split_path(variable("LD_LIBRARY_PATH"));
  for (const char* folder : {"/usr/local/lib", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib"})
    folders.emplace_back(folder);
  return folders;
}

std::string how_to_name(const LibraryPlaces& places) {
  return "; name the file or its folder in the environment variable " + std::string(places.variable) +
         ", or activate a Python environment with it";
}

}  // namespace

std::vector<fs::path> library_files(const LibraryPlaces& places) {
  std::error_code ignored;
  std::vector<fs::path> folders, files;
  if (const std::string named = variable(places.variable); !named.empty()) {
    if (fs::is_regular_file(named, ignored)) return {named};
    folders = {named};
    for (const std::string_view inside : places.folders) folders.push_back(fs::path(named) / inside);
  } else {
    folders = linker_folders();
    for (const fs::path& prefix : python_prefixes())
      for (const fs::path& packages : packages_below(prefix))
        for (const std::string_view inside : places.folders) folders.push_back(packages / inside);
  }
  for (const fs::path& folder : folders)
    for (fs::path& file : files_in(folder, places.file)) files.push_back(std::move(file));
  return files;
}

Result<SharedLibrary> SharedLibrary::load(const LibraryPlaces& places) {
  const std::string product(places.product), file(places.file);
  std::string reason;
  for (const fs::path& path : library_files(places)) {
    if (void* handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) return SharedLibrary(handle, path);
    if (const char* words = ::dlerror(); words && reason.empty()) reason = words;
  }
  if (!reason.empty()) return Error{ErrorCode::kUnsupported, product + " does not load: " + reason + how_to_name(places)};
  if (const std::string named = variable(places.variable); !named.empty())
    return Error{ErrorCode::kNotFound,
                 product + ": there is no " + file + " at " + named + ", which " + std::string(places.variable) + " names"};
  return Error{ErrorCode::kNotFound, product + " is not installed: there is no " + file +
                                         " in the folders of the linker and of Python's packages" + how_to_name(places)};
}

Result<void*> SharedLibrary::find(const char* name) const {
  if (void* symbol = ::dlsym(handle_, name)) return symbol;
  return Error{ErrorCode::kUnsupported, path_.string() + " has no function " + name + ": it is another version than octet knows"};
}

}  // namespace octet
