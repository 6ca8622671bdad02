#include "engines/octet_engine.h"
#include "engines/onnxruntime_engine.h"
#include "engines/openvino_engine.h"
#include "engines/tflite_engine.h"

namespace octet {
namespace {

const OctetEngine kOctet;
const OpenvinoEngine kOpenvino;
const OnnxruntimeEngine kOnnxruntime;
const TfliteEngine kTflite;

constexpr const Engine* kEngines[] = {&kOctet, &kOpenvino, &kOnnxruntime, &kTflite};

}  // namespace

Result<std::shared_ptr<const EngineModel>> Engine::open(const NetworkFile& file) const {
  return Error{ErrorCode::kUnsupported, std::string(name()) + " reads no files such as " + file.path.string()};
}

std::span<const Engine* const> engines() { return kEngines; }
const Engine& default_engine() { return kOctet; }

std::string engine_names() {
  std::string names;
  for (const Engine* engine : kEngines) names += (names.empty() ? "" : ", ") + std::string(engine->name());
  return names;
}

Result<const Engine*> engine_named(std::string_view name) {
  for (const Engine* engine : kEngines)
    if (engine->name() == name) return engine;
  return Error{ErrorCode::kInvalidArgument, "'" + std::string(name) + "' is no engine; there are " + engine_names()};
}

}  // namespace octet
