#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

#include "base/result.h"

namespace octet {

// A file that is built into the program.
struct EmbeddedFile {
  std::string_view path;  // inside the demo folder, with '/'
  std::span<const std::byte> bytes;
};

// The folder demo/ of the source: photographs in COCO's layout (coco/), a Darknet model (yolo-fastest-1.1-xl/) and
// ATTRIBUTION.md, which says whose they are. Sorted by path. Empty in the Python package, where it would be too large.
std::span<const EmbeddedFile> embedded_demo();

// Writes all of it below `dir`, or nothing. kUnsupported where there is none.
Status write_embedded_demo(const std::filesystem::path& dir);

}  // namespace octet
