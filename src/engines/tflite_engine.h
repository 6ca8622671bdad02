#pragma once

#include "engines/engine.h"

namespace octet {

// LiteRT, TensorFlow Lite's runtime, through its C API, which is loaded when the first model is. It runs .tflite files, of which octet
// writes none.
class TfliteEngine final : public Engine {
 public:
  std::string_view name() const override { return "tflite"; }
  Result<std::shared_ptr<const EngineModel>> load(const Graph& graph, const std::filesystem::path& path,
                                                  const EngineOptions& options) const override;
  bool reads(FileFormat format) const override { return format == FileFormat::kTflite; }
  Result<std::shared_ptr<const EngineModel>> open(const NetworkFile& file) const override;
};

}  // namespace octet
