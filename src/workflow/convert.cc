#include "workflow/convert.h"

namespace octet {

Result<ConvertedIr> convert_source(const std::filesystem::path& source, const std::filesystem::path& output, const ConvertOptions& options,
                                   const WriteOptions& written) {
  OCTET_ASSIGN(const Graph graph, import_source(source, options));
  OCTET_ASSIGN_AT(const auto target, ir_path(output, graph.name, folder_of(written.precision, false)), source.string());
  OCTET_ASSIGN(const auto onnx, write_ir(graph, target, written));
  ConvertedIr converted{target, onnx, {}, {}};
  for (const NodeId id : graph.parameters()) converted.inputs.push_back({graph.node(id).name, graph.node(id).outputs[0]});
  for (const NodeId id : graph.outputs()) converted.outputs.push_back({graph.node(id).name, graph.type(graph.node(id).inputs[0])});
  return converted;
}

}  // namespace octet
