#include "engines/adapted_model.h"

#include "engines/foreign_session.h"

namespace octet {
namespace {

using SharedPlan = std::shared_ptr<const Plan>;

class AdaptedSession final : public EngineSession {
 public:
  AdaptedSession(const SharedPlan& before, const EngineModel& network, const SharedPlan& after, int threads)
      : network_(network.open_session(threads)) {
    if (before) before_.emplace(before, threads);
    if (after) after_.emplace(after, threads);
  }

  Result<std::span<const Tensor>> run(std::span<const Tensor> tensors) override {
    if (before_) {
      OCTET_ASSIGN(tensors, before_->run(tensors));
    }
    OCTET_ASSIGN(tensors, network_->run(tensors));
    if (after_) return after_->run(tensors);
    return tensors;
  }

  void enable_profile(bool) override {}
  std::span<const double> step_us() const override { return {}; }

 private:
  std::optional<Session> before_, after_;
  std::unique_ptr<EngineSession> network_;
};

class AdaptedModel final : public EngineModel {
 public:
  AdaptedModel(std::vector<Port> inputs, SharedPlan before, std::shared_ptr<const EngineModel> network, SharedPlan after,
               std::vector<Port> outputs)
      : inputs_(std::move(inputs)),
        outputs_(std::move(outputs)),
        before_(std::move(before)),
        after_(std::move(after)),
        network_(std::move(network)) {}

  std::span<const Port> inputs() const override { return inputs_; }
  std::span<const Port> outputs() const override { return outputs_; }
  bool uses_integers() const override { return network_->uses_integers(); }
  std::span<const StepInfo> steps() const override { return {}; }
  std::unique_ptr<EngineSession> open_session(int threads) const override {
    return std::make_unique<AdaptedSession>(before_, *network_, after_, threads);
  }

 private:
  const std::vector<Port> inputs_, outputs_;
  const SharedPlan before_, after_;
  const std::shared_ptr<const EngineModel> network_;
};

// A graph of the same inputs that hands them on.
Graph handing_on(const Graph& graph) {
  Graph result;
  for (const Port& port : input_ports(graph)) {
    const Value value = result.emit(Parameter{port.type.element, port.type.shape}, {}, port.name);
    result.emit(Output{}, {value}, port.name + "/given");
  }
  return result;
}

}  // namespace

Result<std::shared_ptr<const EngineModel>> adapted_model(const Graph& graph, std::shared_ptr<const EngineModel> network, Adapters adapters,
                                                         const EngineOptions& options) {
  if (options.picture_input && !adapters.before) adapters.before = handing_on(graph);
  if (!adapters.before && !adapters.after) return network;
  RuntimeOptions settings;
  settings.picture_input = options.picture_input;
  SharedPlan before, after;
  std::vector<Port> inputs = input_ports(graph);
  if (adapters.before) {
    OCTET_ASSIGN(before, compile(*adapters.before, settings));
    for (std::size_t i = 0; i < inputs.size(); ++i) inputs[i].type = before->inputs()[i].type;
  }
  if (adapters.after) {
    OCTET_ASSIGN(after, compile(*adapters.after));
  }
  return std::shared_ptr<const EngineModel>(
      std::make_shared<AdaptedModel>(std::move(inputs), std::move(before), std::move(network), std::move(after), output_ports(graph)));
}

}  // namespace octet
