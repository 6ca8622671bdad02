#include "workflow/layout.h"

#include <string>
#include <utility>

#include "base/files.h"
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

Status write_ir(Graph graph, const std::filesystem::path& xml, Precision precision) {
  if (precision == Precision::kFp16) passes::compress_constants(graph);
  return export_openvino_ir(graph, xml);
}

}  // namespace octet
