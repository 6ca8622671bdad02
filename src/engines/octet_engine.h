#pragma once

#include "engines/engine.h"

namespace octet {

// Octet's own runtime.
class OctetEngine final : public Engine {
 public:
  std::string_view name() const override { return "octet"; }
  Result<std::shared_ptr<const EngineModel>> load(const Graph& graph, const std::filesystem::path& path,
                                                  const EngineOptions& options) const override;
  bool has_bf16() const override { return true; }
};

// The plan of a graph as the engine runs it, of whatever program wrote it: brought into the runtime's form before it is compiled.
Result<std::shared_ptr<const Plan>> make_plan(Graph graph, const RuntimeOptions& options = {});

// A plan behind the interface, for those who need the plan as well.
std::shared_ptr<const EngineModel> engine_model(std::shared_ptr<const Plan> plan);

}  // namespace octet
