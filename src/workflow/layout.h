#pragma once

#include <filesystem>
#include <string_view>

#include "base/files.h"
#include "base/result.h"
#include "exporters/written.h"
#include "graph/graph.h"

namespace octet {

// What an IR stores its floats as; it computes in f32 either way.
enum class Precision { kFp32, kFp16 };

// FP32 or FP16, with -INT8 behind for what is quantized: the names of the folders in which the Open Model Zoo's tools put IRs.
std::string_view folder_of(Precision precision, bool quantized);

// OUTPUT/public/<model>/<folder>/<model>.xml. kMalformed if the name of the model would lead elsewhere.
Result<std::filesystem::path> ir_path(const std::filesystem::path& output, std::string_view model, std::string_view folder);

// What a model is written as.
struct WriteOptions {
  Precision precision = Precision::kFp32;
  bool onnx = false;  // beside the IR, as <model>.onnx
};

// Writes a graph as an IR, and as an ONNX model where that is asked for, all files or none. The path of the ONNX model, or an empty one.
// Errors as export_openvino_ir() and export_onnx() have them.
Result<std::filesystem::path> write_ir(Graph graph, const std::filesystem::path& xml, const WriteOptions& options);

// The same as part of a transaction that may hold more files.
Result<std::filesystem::path> add_ir(Graph graph, const std::filesystem::path& xml, const WriteOptions& options, FileTransaction& files,
                                     const SeeWritten& see = {});

}  // namespace octet
