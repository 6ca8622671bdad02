#pragma once

#include <filesystem>

#include "base/files.h"
#include "base/result.h"
#include "exporters/written.h"
#include "graph/graph.h"

namespace octet {

// Writes a graph as an OpenVINO IR, version 11: `xml` and a .bin file of the same stem beside it, which appear together or not at
// all. Parameters and outputs keep their names as names of tensors, Graph::model_info becomes rt_info/model_info.
//
// Constants of equal content are stored once, each at a multiple of 64 bytes, and written without a copy in memory.
// Errors: kIo if a file cannot be written; kInvalidArgument if `xml` does not end in .xml.
Status export_openvino_ir(const Graph& graph, const std::filesystem::path& xml);

// The same as part of a transaction that may hold more files.
Status add_openvino_ir(const Graph& graph, const std::filesystem::path& xml, FileTransaction& files, const SeeWritten& see = {});

}  // namespace octet
