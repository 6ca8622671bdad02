#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "base/result.h"
#include "base/image_size.h"
#include "graph/graph.h"
#include "importers/onnx/tail.h"
#include "importers/openvino_ir/converter_steps.h"
#include "model/info_reader.h"

namespace octet {

// The graph of an OpenVINO IR (versions 10 and 11): `xml` and the .bin file of the same stem beside it, which stays mapped as
// long as a constant of it lives.
//
// Parameters and outputs have the names that OpenVINO reports for their tensors (get_any_name()), or where there are none those of
// their layers. Windows given by auto_pad become explicit, sizes that are computed from shapes become constants, layers that no
// output needs are dropped. Floats of 16 bits become floats of 32, at the border as well, as OpenVINO computes them on a CPU.
// rt_info/model_info becomes Graph::model_info, keys of nested elements joined by '.'.
//
// A picture [N,3,H,W] or [N,H,W,3] with an open batch has one of 1; open sides are those that `declared` or a file beside it states
// (recognise/beside/beside.h).
//
// Errors name file and layer: kNotFound for a missing file, kMalformed where the file contradicts itself, kUnsupported for
// operations, attributes and dynamic shapes that octet lacks.
Result<Graph> import_openvino_ir(const std::filesystem::path& xml, const ModelInfo& declared = {});

// The same from memory: the text of the .xml, and the content of the .bin, which `owner` keeps alive; `open`: the sides of a picture that
// are open. Errors name no file.
Result<Graph> import_openvino_ir(std::string_view xml, std::span<const std::byte> weights, std::shared_ptr<const void> owner,
                                 ImageSize open = {});

// An IR cut in front of the end by which it chooses among its boxes (NonMaxSuppression, MulticlassNms, MatrixNms, TopK), whole where it
// ends otherwise.
struct ImportedIr {
  Graph graph;                    // where it is cut: with the scores and the boxes as outputs
  std::optional<onnx::Tail> end;  // of the network, where it is cut
  openvino_ir::ConverterSteps converter{};
};

// As import_openvino_ir() imports it.
Result<ImportedIr> import_openvino_detector(const std::filesystem::path& xml, const ModelInfo& declared = {});
Result<ImportedIr> import_openvino_detector(std::string_view xml, std::span<const std::byte> weights, std::shared_ptr<const void> owner);

// Whether a file that begins with these bytes is an IR.
bool is_openvino_ir(std::string_view start);

// Whether an IR says by octet's keys how it is used (docs/model_info.md).
bool describes_itself(const Graph& graph);

}  // namespace octet
