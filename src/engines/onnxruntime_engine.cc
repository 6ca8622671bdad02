#include "engines/onnxruntime_engine.h"

#include <algorithm>
#include <array>
#include <map>
#include <mutex>

#include "base/files.h"
#include "engines/foreign_session.h"
#include "engines/shared_library.h"
#include "exporters/onnx/export.h"
#include "graph/evaluate.h"
#include "graph/patterns.h"
#include "runtime/constants.h"

namespace octet {
namespace {

const LibraryPlaces kPlaces{"ONNX Runtime", "libonnxruntime.so", "OCTET_ONNXRUNTIME", {"onnxruntime/capi"}};

// Version 16 of the interface came with ONNX Runtime 1.16; later ones still serve it.
constexpr std::uint32_t kApiVersion = 16;

// ONNX Runtime's C API is a table of functions that only ever grows at its end. These are the places of those that are used.
enum class Entry : std::size_t {
  kGetErrorMessage = 2,
  kCreateEnv = 3,
  kCreateSessionFromArray = 8,
  kRun = 9,
  kCreateSessionOptions = 10,
  kSetIntraOpNumThreads = 24,
  kSetInterOpNumThreads = 25,
  kCreateTensorWithDataAsOrtValue = 49,
  kCreateCpuMemoryInfo = 69,
  kReleaseStatus = 93,
  kReleaseMemoryInfo = 94,
  kReleaseSession = 95,
  kReleaseValue = 96,
  kReleaseSessionOptions = 100,
};

using AnyFunction = void (*)();

struct ApiBase {
  const AnyFunction* (*get_api)(std::uint32_t version);
  const char* (*version)();
};

// Objects are opaque: a status, which is null for success, and what the functions make.
using Object = void*;

class Api {
 public:
  static Result<Api> load() {
    OCTET_ASSIGN(const SharedLibrary library, SharedLibrary::load(kPlaces));
    const ApiBase* (*base)() = nullptr;
    OCTET_RETURN_IF_ERROR(library.resolve("OrtGetApiBase", base));
    // It prints a line of its own where it is too old, and gives nothing.
    const AnyFunction* functions = base()->get_api(kApiVersion);
    if (!functions)
      return Error{ErrorCode::kUnsupported,
                   library.path().string() + " is ONNX Runtime " + base()->version() + "; 1.16 or later is needed"};
    Api api(functions);
    constexpr int kFatal = 4;  // its complaints become our errors
    OCTET_RETURN_IF_ERROR((api.call<int, const char*, Object*>("start", Entry::kCreateEnv, kFatal, "octet", &api.environment_)));
    return api;
  }

  // A function that gives a status.
  template <typename... Parameters>
  Status call(const std::string& what, Entry entry, Parameters... arguments) const {
    const Object status = reinterpret_cast<Object (*)(Parameters...)>(at(entry))(arguments...);
    if (!status) return {};
    std::string message = reinterpret_cast<const char* (*)(Object)>(at(Entry::kGetErrorMessage))(status);
    release(Entry::kReleaseStatus, status);
    std::ranges::replace(message, '\n', ' ');
    return Error{ErrorCode::kUnsupported, "ONNX Runtime cannot " + what + ": " + message};
  }

  void release(Entry entry, Object object) const { reinterpret_cast<void (*)(Object)>(at(entry))(object); }

  Object environment() const { return environment_; }

 private:
  explicit Api(const AnyFunction* functions) : functions_(functions) {}
  AnyFunction at(Entry entry) const { return functions_[static_cast<std::size_t>(entry)]; }

  const AnyFunction* functions_;
  Object environment_ = nullptr;  // one for the process, never released: its threads may outlive any of our objects
};

const Result<Api>& api() {
  static const Result<Api> loaded = Api::load();
  return loaded;
}

// An object and the function that releases it.
class Owned {
 public:
  Owned(const Api& ort, Entry release) : ort_(&ort), release_(release) {}
  Owned(Owned&& other) noexcept : ort_(other.ort_), release_(other.release_), object_(std::exchange(other.object_, nullptr)) {}
  Owned& operator=(Owned&&) = delete;
  ~Owned() {
    if (object_) ort_->release(release_, object_);
  }

  Object get() const { return object_; }
  Object* out() { return &object_; }

 private:
  const Api* ort_;
  Entry release_;
  Object object_ = nullptr;
};

// ONNX's number of an element type.
int data_type_of(ElementType type) {
  constexpr std::array<std::pair<ElementType, int>, 12> kNumbers{{{ElementType::kF32, 1},
                                                                  {ElementType::kU8, 2},
                                                                  {ElementType::kI8, 3},
                                                                  {ElementType::kU16, 4},
                                                                  {ElementType::kI16, 5},
                                                                  {ElementType::kI32, 6},
                                                                  {ElementType::kI64, 7},
                                                                  {ElementType::kBoolean, 9},
                                                                  {ElementType::kF16, 10},
                                                                  {ElementType::kF64, 11},
                                                                  {ElementType::kU32, 12},
                                                                  {ElementType::kU64, 13}}};
  return std::ranges::find(kNumbers, type, &std::pair<ElementType, int>::first)->second;
}

// An output of the graph by those of the ONNX model: itself, or a DetectionOutput of the codes and scores that enter it.
struct GraphOutput {
  TensorType type;
  std::vector<std::size_t> sources;            // among the outputs of the model
  std::optional<DetectionOutput> detection{};  // with these priors
  Tensor priors{};
};

// The border of the ONNX model.
struct Border {
  std::vector<std::string> inputs, outputs;
  std::vector<TensorType> output_types;
  std::vector<GraphOutput> graph_outputs;
};

Result<Border> border_of(const Graph& graph) {
  Border border;
  for (const NodeId id : graph.parameters()) border.inputs.push_back(graph.node(id).name);
  const auto add = [&](const std::string& name, const TensorType& type) {
    border.outputs.push_back(name);
    border.output_types.push_back(type);
    return border.outputs.size() - 1;
  };
  const Constants constants(graph);
  for (const NodeId id : graph.outputs()) {
    const Node& node = graph.node(id);
    const Value value = node.inputs[0];
    GraphOutput output{graph.type(value), {}};
    if (const auto* detection = op_of<DetectionOutput>(graph, value)) {
      const auto& in = graph.node(value).inputs;
      if (!constants.is_constant(in[2]))
        return Error{ErrorCode::kUnsupported, "node '" + graph.node(value).name + "' has priors that are computed"};
      output.detection = *detection;
      output.priors = constants[in[2]];
      output.sources = {add(node.name + "/box_codes", graph.type(in[0])), add(node.name + "/class_scores", graph.type(in[1]))};
    } else {
      output.sources = {add(node.name, graph.type(value))};
    }
    border.graph_outputs.push_back(std::move(output));
  }
  return border;
}

class OnnxruntimeSession final : public EngineSession {
 public:
  OnnxruntimeSession(const Api& ort, std::shared_ptr<const Owned> session, std::shared_ptr<const Border> border, const Graph& graph,
                     const EngineOptions& options)
      : ort_(ort), session_(std::move(session)), border_(std::move(border)), inputs_(graph, options) {
    for (const TensorType& type : border_->output_types) tensors_.emplace_back(type.element, type.shape);
    results_.resize(border_->graph_outputs.size());
  }

  Result<std::span<const Tensor>> run(std::span<const Tensor> inputs) override {
    OCTET_ASSIGN(const auto given, inputs_.convert(inputs));
    // Values are views of our tensors: ONNX Runtime reads and writes them in place.
    std::vector<Owned> values;
    for (const Tensor& tensor : given) OCTET_RETURN_IF_ERROR(add_view(values, tensor.bytes(), {tensor.type(), tensor.shape()}));
    for (std::size_t i = 0; i < tensors_.size(); ++i)
      OCTET_RETURN_IF_ERROR(add_view(values, tensors_[i].mutable_bytes(), border_->output_types[i]));
    OCTET_RETURN_IF_ERROR(run_on(values, given.size()));
    for (std::size_t i = 0; i < results_.size(); ++i) results_[i] = result(border_->graph_outputs[i]);
    return std::span<const Tensor>(results_);
  }

  void enable_profile(bool) override {}
  std::span<const double> step_us() const override { return {}; }

 private:
  Status add_view(std::vector<Owned>& values, std::span<const std::byte> bytes, const TensorType& type) const {
    Owned memory(ort_, Entry::kReleaseMemoryInfo);
    constexpr int kArenaAllocator = 1, kDefaultMemory = 0;
    OCTET_RETURN_IF_ERROR(
        (ort_.call<int, int, Object*>("describe memory", Entry::kCreateCpuMemoryInfo, kArenaAllocator, kDefaultMemory, memory.out())));
    Owned& value = values.emplace_back(ort_, Entry::kReleaseValue);
    return ort_.call<Object, void*, std::size_t, const std::int64_t*, std::size_t, int, Object*>(
        "take a tensor", Entry::kCreateTensorWithDataAsOrtValue, memory.get(), const_cast<std::byte*>(bytes.data()), bytes.size(),
        type.shape.data(), type.shape.size(), data_type_of(type.element), value.out());
  }

  Status run_on(const std::vector<Owned>& values, std::size_t input_count) const {
    std::vector<const char*> input_names, output_names;
    for (const std::string& name : border_->inputs) input_names.push_back(name.c_str());
    for (const std::string& name : border_->outputs) output_names.push_back(name.c_str());
    std::vector<Object> objects;
    for (const Owned& value : values) objects.push_back(value.get());
    return ort_.call<Object, Object, const char* const*, Object*, std::size_t, const char* const*, std::size_t, Object*>(
        "run the model", Entry::kRun, session_->get(), nullptr, input_names.data(), objects.data(), input_count, output_names.data(),
        output_names.size(), objects.data() + input_count);
  }

  Tensor result(const GraphOutput& output) const {
    if (!output.detection) return tensors_[output.sources[0]];
    const Tensor arguments[] = {tensors_[output.sources[0]], tensors_[output.sources[1]], output.priors};
    return evaluate(*output.detection, arguments, std::span(&output.type, 1))[0];
  }

  const Api& ort_;
  std::shared_ptr<const Owned> session_;
  std::shared_ptr<const Border> border_;
  InputTensors inputs_;
  std::vector<Tensor> tensors_, results_;  // of the model's outputs, of the graph's
};

class OnnxruntimeModel final : public ForeignModel {
 public:
  OnnxruntimeModel(const Api& ort, std::string bytes, Border border, const Graph& graph, const EngineOptions& options)
      : ForeignModel(graph, options), ort_(ort), bytes_(std::move(bytes)), border_(std::make_shared<const Border>(std::move(border))) {}

  std::unique_ptr<EngineSession> open_session(int threads) const override {
    auto session = session_for(threads);
    if (!session.ok()) return failed_session(session.error());
    return std::make_unique<OnnxruntimeSession>(ort_, *session, border_, graph(), options());
  }

  // ONNX Runtime's session of so many threads, which serves several of ours at a time: with one thread each runs on the caller's.
  Result<std::shared_ptr<const Owned>> session_for(int threads) const {
    const std::lock_guard lock(mutex_);
    if (const auto found = sessions_.find(threads); found != sessions_.end()) return found->second;
    Owned settings(ort_, Entry::kReleaseSessionOptions);
    OCTET_RETURN_IF_ERROR(ort_.call<Object*>("start", Entry::kCreateSessionOptions, settings.out()));
    OCTET_RETURN_IF_ERROR((ort_.call<Object, int>("set threads", Entry::kSetIntraOpNumThreads, settings.get(), threads)));
    OCTET_RETURN_IF_ERROR((ort_.call<Object, int>("set threads", Entry::kSetInterOpNumThreads, settings.get(), 1)));
    auto session = std::make_shared<Owned>(ort_, Entry::kReleaseSession);
    OCTET_RETURN_IF_ERROR(
        (ort_.call<Object, const void*, std::size_t, Object, Object*>("read the model", Entry::kCreateSessionFromArray, ort_.environment(),
                                                                      bytes_.data(), bytes_.size(), settings.get(), session->out())));
    return sessions_[threads] = std::move(session);
  }

 private:
  const Api& ort_;
  const std::string bytes_;
  const std::shared_ptr<const Border> border_;
  mutable std::mutex mutex_;
  mutable std::map<int, std::shared_ptr<const Owned>> sessions_;
};

Result<std::string> model_bytes(const Graph& graph, const std::filesystem::path& path) {
  if (path.extension() != ".onnx") return serialize_onnx(graph);
  OCTET_RETURN_IF_ERROR(check_own_onnx(path));
  return read_text(path);
}

}  // namespace

Result<std::shared_ptr<const EngineModel>> OnnxruntimeEngine::load(const Graph& graph, const std::filesystem::path& path,
                                                                   const EngineOptions& options) const {
  if (!api().ok()) return api().error();
  OCTET_ASSIGN(std::string bytes, model_bytes(graph, path));
  OCTET_ASSIGN(Border border, border_of(graph));
  auto model = std::make_shared<OnnxruntimeModel>(*api(), std::move(bytes), std::move(border), graph, options);
  OCTET_RETURN_IF_ERROR(model->session_for(1));  // so that what cannot be run is said now
  return std::shared_ptr<const EngineModel>(std::move(model));
}

}  // namespace octet
