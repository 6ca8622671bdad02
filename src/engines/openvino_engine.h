#pragma once

#include "engines/engine.h"

namespace octet {

// OpenVINO, through its C API, which is loaded when the first model is. It reads the IR's files itself.
class OpenvinoEngine final : public Engine {
 public:
  std::string_view name() const override { return "openvino"; }
  Result<std::shared_ptr<const EngineModel>> load(const Graph& graph, const std::filesystem::path& path,
                                                  const EngineOptions& options) const override;
};

}  // namespace octet
