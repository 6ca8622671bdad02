#include "workflow/quantize.h"

#include "importers/openvino_ir/import.h"
#include "model/model_info.h"

namespace octet {

namespace {

Result<QuantizedIr> quantize_graph(const Graph& graph, const std::filesystem::path& target, const std::filesystem::path& xml,
                                   const Dataset& pictures, const quant::CalibrationOptions& options, const WriteOptions& written) {
  OCTET_ASSIGN(const auto quantized, quantize_model(graph, xml, pictures, options));
  OCTET_ASSIGN(const auto onnx, write_ir(quantized.graph, target, written));
  return QuantizedIr{target, quantized.images, quantized.convolutions, quantized.points, onnx};
}

}  // namespace

Result<QuantizedIr> quantize_ir(const std::filesystem::path& model, const Dataset& pictures, const std::filesystem::path& output,
                                const quant::CalibrationOptions& options, const WriteOptions& written, ConvertOptions opening) {
  opening.warn = options.warn;
  OCTET_ASSIGN(const Graph graph, open_model(model, opening));
  OCTET_ASSIGN_AT(const auto description, read_model_info(graph.model_info), model.string());
  const std::string name = description.name.empty() ? model.stem().string() : description.name;
  OCTET_ASSIGN(const auto target, ir_path(output, name, folder_of(written.precision, true)));
  return quantize_graph(graph, target, model, pictures, options, written);
}

Result<QuantizedIr> quantize_ir_to(const std::filesystem::path& target, const std::filesystem::path& xml, const Dataset& pictures,
                                   const quant::CalibrationOptions& options, Precision precision) {
  OCTET_ASSIGN(const Graph graph, import_openvino_ir(xml));
  return quantize_graph(graph, target, xml, pictures, options, {precision});
}

}  // namespace octet
