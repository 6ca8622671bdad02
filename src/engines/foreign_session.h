#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engines/engine.h"

// What the engines of other makers have in common.
namespace octet {

// The graph's border: its inputs as the caller gives them, and its outputs.
std::vector<Port> input_ports(const Graph& graph, const EngineOptions& options);
std::vector<Port> output_ports(const Graph& graph);

// kUnsupported, saying what to do, unless an ONNX file is one that octet wrote: only such a file is the graph that octet has of it. What
// an importer cuts off a file of others or puts in front of it, the file does not have.
Status check_own_onnx(const std::filesystem::path& path);

// Whether a graph says how its activations are quantized, so that an engine computes parts of it in integers.
bool is_quantized(const Graph& graph);

// A model as the engine of another maker has it, with the border of the graph. Its steps are not told.
class ForeignModel : public EngineModel {
 public:
  ForeignModel(const Graph& graph, const EngineOptions& options);

  std::span<const Port> inputs() const override { return inputs_; }
  std::span<const Port> outputs() const override { return outputs_; }
  bool uses_integers() const override { return is_quantized(graph_); }
  std::span<const StepInfo> steps() const override { return {}; }

 protected:
  const Graph& graph() const { return graph_; }
  const EngineOptions& options() const { return options_; }

 private:
  const Graph graph_;
  const EngineOptions options_;
  const std::vector<Port> inputs_, outputs_;
};

// Inputs in the types of the graph. The bytes of a picture become planes of floats.
class InputTensors {
 public:
  InputTensors(const Graph& graph, const EngineOptions& options);

  // As EngineSession::run takes them. The result is valid until the next call.
  Result<std::span<const Tensor>> convert(std::span<const Tensor> inputs);

 private:
  std::vector<Port> ports_;  // as given
  bool from_picture_;
  std::vector<Tensor> converted_;
};

// Its session where it could not be opened: every run says why.
std::unique_ptr<EngineSession> failed_session(Error error);

}  // namespace octet
