#pragma once

#include <memory>
#include <span>
#include <vector>

#include "engines/engine.h"

// What the engines of other makers have in common.
namespace octet {

// The border of a graph: its inputs and its outputs, as they are.
std::vector<Port> input_ports(const Graph& graph);
std::vector<Port> output_ports(const Graph& graph);

// Whether a graph says how its activations are quantized, so that an engine computes parts of it in integers.
bool is_quantized(const Graph& graph);

// A model as the engine of another maker has it. Its steps are not told.
class ForeignModel : public EngineModel {
 public:
  explicit ForeignModel(const NetworkFile& file) : inputs_(file.inputs), outputs_(file.outputs), is_quantized_(file.is_quantized) {}

  std::span<const Port> inputs() const override { return inputs_; }
  std::span<const Port> outputs() const override { return outputs_; }
  bool uses_integers() const override { return is_quantized_; }
  std::span<const StepInfo> steps() const override { return {}; }

 private:
  const std::vector<Port> inputs_, outputs_;
  const bool is_quantized_;
};

// A session of it. Its results are copies.
class ForeignSession : public EngineSession {
 public:
  explicit ForeignSession(const ForeignModel& model);

  Result<std::span<const Tensor>> run(std::span<const Tensor> inputs) final;
  void enable_profile(bool) final {}
  std::span<const double> step_us() const final { return {}; }

 protected:
  // Runs on inputs that fit the ports and fills the results, which have the types of the outputs.
  virtual Status compute(std::span<const Tensor> inputs, std::span<Tensor> results) = 0;

 private:
  const std::vector<Port> ports_;
  std::vector<Tensor> results_;
};

// A session that could not be opened: every run says why.
std::unique_ptr<EngineSession> failed_session(Error error);

}  // namespace octet
