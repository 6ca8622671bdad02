#include "workflow/layout.h"

#include <string>
#include <utility>

#include "base/files.h"
#include "exporters/onnx/export.h"
#include "exporters/openvino_ir/export.h"
#include "passes/passes.h"

namespace octet {

std::string_view folder_of(Precision precision, bool quantized) {
  if (precision == Precision::kFp16) return quantized ? "FP16-INT8" : "FP16";
  return quantized ? "FP32-INT8" : "FP32";
}

Result<std::filesystem::path> ir_path(const std::filesystem::path& output, std::string_view model, std::string_view folder) {
  if (model.find('/') != std::string_view::npos) return Error{ErrorCode::kMalformed, "'" + std::string(model) + "' is no name for a model"};
  OCTET_ASSIGN(const auto inside, path_inside(output / "public", model));
  return inside / folder / (std::string(model) + ".xml");
}

Result<std::filesystem::path> add_ir(Graph graph, const std::filesystem::path& xml, const WriteOptions& options, FileTransaction& files,
                                     const SeeWritten& see) {
  if (options.precision == Precision::kFp16) passes::compress_constants(graph);
  std::filesystem::path onnx;
  if (options.onnx) {
    onnx = std::filesystem::path(xml).replace_extension(".onnx");
    OCTET_RETURN_IF_ERROR(add_onnx(graph, onnx, files, see));
  }
  OCTET_RETURN_IF_ERROR(add_openvino_ir(graph, xml, files, see));
  return onnx;
}

Result<std::filesystem::path> write_ir(Graph graph, const std::filesystem::path& xml, const WriteOptions& options) {
  FileTransaction files;
  OCTET_ASSIGN(std::filesystem::path onnx, add_ir(std::move(graph), xml, options, files));
  OCTET_RETURN_IF_ERROR(files.commit());
  return onnx;
}

}  // namespace octet
