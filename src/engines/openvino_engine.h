#pragma once

#include "engines/engine.h"

namespace octet {

// OpenVINO, through its C API, which is loaded when the first model is. It reads IRs, ONNX and TensorFlow Lite models itself; of what was
// read from other files it runs the IR that octet writes.
class OpenvinoEngine final : public Engine {
 public:
  std::string_view name() const override { return "openvino"; }
  Result<std::shared_ptr<const EngineModel>> load(const Graph& graph, const std::filesystem::path& path,
                                                  const EngineOptions& options) const override;
  std::string_view written_form() const override { return "the IR that octet writes"; }
  bool has_bf16() const override { return true; }
  bool reads(FileFormat) const override { return true; }
  Result<std::shared_ptr<const EngineModel>> open(const NetworkFile& file) const override;
};

}  // namespace octet
