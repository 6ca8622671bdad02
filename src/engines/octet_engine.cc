#include "engines/octet_engine.h"

#include <algorithm>

#include "passes/standard.h"

namespace octet {
namespace {

class OctetSession final : public EngineSession {
 public:
  OctetSession(std::shared_ptr<const Plan> plan, int threads) : session_(std::move(plan), threads) {}
  Result<std::span<const Tensor>> run(std::span<const Tensor> inputs) override { return session_.run(inputs); }
  void enable_profile(bool on) override { session_.enable_profile(on); }
  std::span<const double> step_us() const override { return session_.step_us(); }

 private:
  Session session_;
};

class OctetModel final : public EngineModel {
 public:
  explicit OctetModel(std::shared_ptr<const Plan> plan) : plan_(std::move(plan)) {}

  std::span<const Port> inputs() const override { return plan_->inputs(); }
  std::span<const Port> outputs() const override { return plan_->outputs(); }
  bool uses_integers() const override { return std::ranges::any_of(plan_->steps(), &StepInfo::integer); }
  std::span<const StepInfo> steps() const override { return plan_->steps(); }
  std::unique_ptr<EngineSession> open_session(int threads) const override { return std::make_unique<OctetSession>(plan_, threads); }

 private:
  std::shared_ptr<const Plan> plan_;
};

}  // namespace

Result<std::shared_ptr<const EngineModel>> OctetEngine::load(const Graph& graph, const std::filesystem::path&,
                                                             const EngineOptions& options) const {
  RuntimeOptions settings;
  settings.picture_input = options.picture_input;
  settings.precision = options.precision;
  OCTET_ASSIGN(auto plan, make_plan(graph, settings));
  return engine_model(std::move(plan));
}

Result<std::shared_ptr<const Plan>> make_plan(Graph graph, const RuntimeOptions& options) {
  passes::run_execution_passes(graph);
  return compile(graph, options);
}

std::shared_ptr<const EngineModel> engine_model(std::shared_ptr<const Plan> plan) { return std::make_shared<OctetModel>(std::move(plan)); }

}  // namespace octet
