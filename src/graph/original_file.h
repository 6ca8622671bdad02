#pragma once

#include <filesystem>

#include "graph/graph.h"

namespace octet {

// Formats of networks that other programs run as well.
enum class FileFormat { kOpenvinoIr, kOnnx, kTflite };

// The file that a graph was read from, and what stands between the border of the file and that of the graph:
//
//   graph(x) = after(file(before(x)))
//
// but for rounding. So whoever runs such files can run this one as it lies there, and gets what the graph would give.
struct OriginalFile {
  FileFormat format = FileFormat::kOnnx;
  std::filesystem::path path;
  Graph before;  // takes the graph's inputs, in their order; its outputs are all inputs of the file, by their names and of their types
  Graph after;   // its parameters are outputs of the file, by their names and of their types; gives the graph's outputs, in their order
};

}  // namespace octet
