#pragma once

#include <filesystem>
#include <string>

#include "base/files.h"
#include "base/result.h"
#include "exporters/written.h"
#include "graph/graph.h"

namespace octet {

// Writes a graph as an ONNX model, opset 17, which appears whole or not at all. Parameters and outputs keep their names,
// Graph::model_info becomes metadata_props.
//
// A FakeQuantize whose range is that of a scale and a zero point becomes QuantizeLinear and DequantizeLinear, weights that are stored as
// integers become DequantizeLinear: the form in which ONNX Runtime and OpenVINO find what they run in integers. The model of an SSD ends
// before its DetectionOutput, which ONNX lacks, at the box codes and class scores.
//
// Errors: kUnsupported, with the node, for what ONNX cannot express, and where the constants leave no room within protobuf's 2 GiB;
// kInvalidArgument if `path` does not end in .onnx; kIo if the file cannot be written.
Status export_onnx(const Graph& graph, const std::filesystem::path& path);

// The bytes of such a file.
Result<std::string> serialize_onnx(const Graph& graph);

// The same as part of a transaction that may hold more files.
Status add_onnx(const Graph& graph, const std::filesystem::path& path, FileTransaction& files, const SeeWritten& see = {});

}  // namespace octet
