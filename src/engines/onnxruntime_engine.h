#pragma once

#include "engines/engine.h"

namespace octet {

// ONNX Runtime, through its C API, which is loaded when the first model is. It runs an .onnx file of octet's, and of any other model the
// ONNX that octet writes of it; a DetectionOutput, which ONNX lacks, is computed by octet.
class OnnxruntimeEngine final : public Engine {
 public:
  std::string_view name() const override { return "onnxruntime"; }
  Result<std::shared_ptr<const EngineModel>> load(const Graph& graph, const std::filesystem::path& path,
                                                  const EngineOptions& options) const override;
};

}  // namespace octet
