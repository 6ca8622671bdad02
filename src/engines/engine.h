#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

#include "base/result.h"
#include "graph/original_file.h"
#include "runtime/plan.h"
#include "tensor/tensor.h"

namespace octet {

// One stream of inferences with memory and threads of its own. Not for use from two threads at once.
class EngineSession {
 public:
  virtual ~EngineSession() = default;

  // Inputs in the order of the model's inputs(), of their types and shapes; kInvalidArgument otherwise. The outputs, in the order
  // of outputs(), stay valid until the next run.
  virtual Result<std::span<const Tensor>> run(std::span<const Tensor> inputs) = 0;

  // Microseconds that each of the model's steps() took in the last run; filled from the next run on if enabled.
  virtual void enable_profile(bool on) = 0;
  virtual std::span<const double> step_us() const = 0;
};

// A model that an engine has made ready to run. Immutable, safe from several threads; sessions keep it alive.
class EngineModel {
 public:
  virtual ~EngineModel() = default;

  virtual std::span<const Port> inputs() const = 0;
  virtual std::span<const Port> outputs() const = 0;
  // Whether a part of it computes in 8-bit integers.
  virtual bool uses_integers() const = 0;
  // Its units of work in the order of execution; empty where an engine does not tell.
  virtual std::span<const StepInfo> steps() const = 0;
  virtual std::unique_ptr<EngineSession> open_session(int threads) const = 0;
};

struct EngineOptions {
  // The one input of the graph, f32 [N,C,H,W], is given as the bytes of a picture, u8 [N,H,W,C], for the numbers 0 to 255; the
  // results are the same.
  bool picture_input = false;
  InferencePrecision precision = InferencePrecision::kF32;  // kBf16: of an engine that has_bf16()
};

// A file as an engine runs it: the tensors that it is given and asked for, by the file's own names.
struct NetworkFile {
  FileFormat format = FileFormat::kOnnx;
  std::filesystem::path path;
  std::vector<Port> inputs, outputs;  // all of its inputs, those of its outputs that are wanted
  bool is_quantized = false;
  InferencePrecision precision = InferencePrecision::kF32;
};

// A program that runs networks. An engine is one file that implements this and a line in the list of engines.cc.
class Engine {
 public:
  virtual ~Engine() = default;

  virtual std::string_view name() const = 0;
  // Runs a graph as octet has it. `path`, if it ends in .xml, is the IR that the graph was read from, for engines that read it themselves;
  // what stands there else is for messages. kUnsupported names the node that cannot be run. The graph is not needed afterwards.
  virtual Result<std::shared_ptr<const EngineModel>> load(const Graph& graph, const std::filesystem::path& path,
                                                          const EngineOptions& options = {}) const = 0;
  // What load() makes of a graph that is no IR on disk, for messages: "the ONNX model that octet writes". Empty where it makes nothing.
  virtual std::string_view written_form() const { return {}; }

  // Whether it can be asked for products of bf16.
  virtual bool has_bf16() const { return false; }

  // Whether the engine reads files of a format itself.
  virtual bool reads(FileFormat) const { return false; }
  // Runs such a file as it lies there. kUnsupported for others, and what the engine says against the file.
  virtual Result<std::shared_ptr<const EngineModel>> open(const NetworkFile& file) const;
};

// All engines; octet's own runtime is the first.
std::span<const Engine* const> engines();
const Engine& default_engine();
// Their names, with commas between them.
std::string engine_names();
// kInvalidArgument, with the names that there are.
Result<const Engine*> engine_named(std::string_view name);

}  // namespace octet
