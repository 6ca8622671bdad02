#include "engines/onnxruntime_engine.h"

#include <algorithm>
#include <array>
#include <map>
#include <mutex>

#include "engines/adapted_model.h"
#include "engines/foreign_session.h"
#include "engines/shared_library.h"
#include "exporters/onnx/export.h"
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
  kCreateSession = 7,
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

class OnnxruntimeSession final : public ForeignSession {
 public:
  OnnxruntimeSession(const Api& ort, std::shared_ptr<const Owned> session, const ForeignModel& model)
      : ForeignSession(model), ort_(ort), session_(std::move(session)) {
    for (const Port& port : model.inputs()) input_names_.push_back(port.name);
    for (const Port& port : model.outputs()) output_names_.push_back(port.name);
  }

 private:
  // Values are views of our tensors: ONNX Runtime reads and writes them in place.
  Status compute(std::span<const Tensor> inputs, std::span<Tensor> results) override {
    std::vector<Owned> values;
    for (const Tensor& tensor : inputs) OCTET_RETURN_IF_ERROR(add_view(values, tensor, tensor.bytes()));
    for (Tensor& tensor : results) OCTET_RETURN_IF_ERROR(add_view(values, tensor, tensor.mutable_bytes()));
    std::vector<const char*> input_names, output_names;
    for (const std::string& name : input_names_) input_names.push_back(name.c_str());
    for (const std::string& name : output_names_) output_names.push_back(name.c_str());
    std::vector<Object> objects;
    for (const Owned& value : values) objects.push_back(value.get());
    return ort_.call<Object, Object, const char* const*, Object*, std::size_t, const char* const*, std::size_t, Object*>(
        "run the model", Entry::kRun, session_->get(), nullptr, input_names.data(), objects.data(), input_names.size(), output_names.data(),
        output_names.size(), objects.data() + input_names.size());
  }

  Status add_view(std::vector<Owned>& values, const Tensor& tensor, std::span<const std::byte> bytes) const {
    Owned memory(ort_, Entry::kReleaseMemoryInfo);
    constexpr int kArenaAllocator = 1, kDefaultMemory = 0;
    OCTET_RETURN_IF_ERROR(
        (ort_.call<int, int, Object*>("describe memory", Entry::kCreateCpuMemoryInfo, kArenaAllocator, kDefaultMemory, memory.out())));
    Owned& value = values.emplace_back(ort_, Entry::kReleaseValue);
    return ort_.call<Object, void*, std::size_t, const std::int64_t*, std::size_t, int, Object*>(
        "take a tensor", Entry::kCreateTensorWithDataAsOrtValue, memory.get(), const_cast<std::byte*>(bytes.data()), bytes.size(),
        tensor.shape().data(), tensor.shape().size(), data_type_of(tensor.type()), value.out());
  }

  const Api& ort_;
  std::shared_ptr<const Owned> session_;
  std::vector<std::string> input_names_, output_names_;
};

class OnnxruntimeModel final : public ForeignModel {
 public:
  // `bytes` are the model; empty: it is the file.
  OnnxruntimeModel(const Api& ort, std::string bytes, const NetworkFile& file)
      : ForeignModel(file), ort_(ort), bytes_(std::move(bytes)), path_(file.path) {}

  std::unique_ptr<EngineSession> open_session(int threads) const override {
    auto session = session_for(threads);
    if (!session.ok()) return failed_session(session.error());
    return std::make_unique<OnnxruntimeSession>(ort_, *session, *this);
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
    OCTET_RETURN_IF_ERROR(create_session(settings, *session));
    return sessions_[threads] = std::move(session);
  }

 private:
  Status create_session(const Owned& settings, Owned& session) const {
    if (bytes_.empty())  // external data lie beside the file
      return ort_.call<Object, const char*, Object, Object*>("read the model", Entry::kCreateSession, ort_.environment(), path_.c_str(),
                                                             settings.get(), session.out());
    return ort_.call<Object, const void*, std::size_t, Object, Object*>(
        "read the model", Entry::kCreateSessionFromArray, ort_.environment(), bytes_.data(), bytes_.size(), settings.get(), session.out());
  }

  const Api& ort_;
  const std::string bytes_;
  const std::filesystem::path path_;
  mutable std::mutex mutex_;
  mutable std::map<int, std::shared_ptr<const Owned>> sessions_;
};

Result<std::shared_ptr<const EngineModel>> make_model(std::string bytes, const NetworkFile& file) {
  if (!api().ok()) return api().error();
  auto model = std::make_shared<OnnxruntimeModel>(*api(), std::move(bytes), file);
  OCTET_RETURN_IF_ERROR(model->session_for(1));  // so that what cannot be run is said now
  return std::shared_ptr<const EngineModel>(std::move(model));
}

bool ends_in_detection_output(const Graph& graph) {
  return std::ranges::any_of(graph.outputs(),
                             [&](NodeId id) { return op_of<DetectionOutput>(graph, graph.node(id).inputs[0]) != nullptr; });
}

// A tensor that the ONNX model of a graph gives.
Value given(Graph& after, const std::string& name, const TensorType& type) {
  return after.emit(Parameter{type.element, type.shape}, {}, name);
}

// The outputs of a graph by those of the ONNX model that octet writes of it: themselves, or a DetectionOutput of the codes and scores that
// enter it.
Result<Graph> outputs_of_onnx(const Graph& graph) {
  Graph after;
  const Constants constants(graph);
  for (const NodeId id : graph.outputs()) {
    const Node& node = graph.node(id);
    const Value value = node.inputs[0];
    Value result;
    if (const auto* detection = op_of<DetectionOutput>(graph, value)) {
      const auto& in = graph.node(value).inputs;
      if (!constants.is_constant(in[2]))
        return Error{ErrorCode::kUnsupported, "node '" + graph.node(value).name + "' has priors that are computed"};
      const Value codes = given(after, node.name + "/box_codes", graph.type(in[0]));
      const Value scores = given(after, node.name + "/class_scores", graph.type(in[1]));
      result = after.emit(*detection, {codes, scores, after.emit_constant(constants[in[2]])});
    } else {
      result = given(after, node.name, graph.type(value));
    }
    after.emit(Output{}, {result}, node.name + "/output");
  }
  return after;
}

}  // namespace

Result<std::shared_ptr<const EngineModel>> OnnxruntimeEngine::open(const NetworkFile& file) const { return make_model({}, file); }

Result<std::shared_ptr<const EngineModel>> OnnxruntimeEngine::load(const Graph& graph, const std::filesystem::path& path,
                                                                   const EngineOptions& options) const {
  if (!api().ok()) return api().error();
  OCTET_ASSIGN(std::string bytes, serialize_onnx(graph));
  NetworkFile file{FileFormat::kOnnx, path, input_ports(graph), output_ports(graph), is_quantized(graph)};
  Adapters adapters;
  if (ends_in_detection_output(graph)) {
    OCTET_ASSIGN(adapters.after, outputs_of_onnx(graph));
    file.outputs = input_ports(*adapters.after);
  }
  OCTET_ASSIGN(auto network, make_model(std::move(bytes), file));
  return adapted_model(graph, std::move(network), std::move(adapters), options);
}

}  // namespace octet
