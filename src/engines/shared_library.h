#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace octet {

// A library of other makers that is loaded when it is first needed, and how it is found.
struct LibraryPlaces {
  std::string_view product;               // "ONNX Runtime"
  std::string_view file;                  // beginning of the file's name: "libonnxruntime.so"
  std::string_view variable;              // environment variable that names the file or its folder: "OCTET_ONNXRUNTIME"
  std::vector<std::string_view> folders;  // in Python's site-packages: "onnxruntime/capi"
};

// Files to try, in this order: what the variable names, and then nothing else; the folders of the linker; Python's packages of the
// environment that is active (VIRTUAL_ENV), of the python3 on PATH, of the user and of the system. Only files that exist.
std::vector<std::filesystem::path> library_files(const LibraryPlaces& places);

// A library in memory; it stays there until the process ends, since such libraries have threads of their own.
class SharedLibrary {
 public:
  // kNotFound, saying where it was looked for and how to name it; kUnsupported, with the loader's words, where a file was found that does
  // not load.
  static Result<SharedLibrary> load(const LibraryPlaces& places);

  // The function of that name. kUnsupported, naming file and function, where the library is a version that lacks it.
  template <typename Function>
  Status resolve(const char* name, Function*& function) const {
    OCTET_ASSIGN(void* symbol, find(name));
    function = reinterpret_cast<Function*>(symbol);
    return {};
  }

  const std::filesystem::path& path() const { return path_; }

 private:
  SharedLibrary(void* handle, std::filesystem::path path) : handle_(handle), path_(std::move(path)) {}
  Result<void*> find(const char* name) const;

  void* handle_;
  std::filesystem::path path_;
};

}  // namespace octet
