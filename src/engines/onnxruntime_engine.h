#pragma once

#include "engines/engine.h"

namespace octet {

// ONNX Runtime, through its C API, which is loaded when the first model is. It reads ONNX models itself, and runs of all others the ONNX
// that octet writes of them; a DetectionOutput, which ONNX lacks, is computed by octet.
class OnnxruntimeEngine final : public Engine {
 public:
  std::string_view name() const override { return "onnxruntime"; }
  Result<std::shared_ptr<const EngineModel>> load(const Graph& graph, const std::filesystem::path& path,
                                                  const EngineOptions& options) const override;
  std::string_view written_form() const override { return "the ONNX model that octet writes"; }
  bool reads(FileFormat format) const override { return format == FileFormat::kOnnx; }
  Result<std::shared_ptr<const EngineModel>> open(const NetworkFile& file) const override;
};

}  // namespace octet
