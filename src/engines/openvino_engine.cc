#include "engines/openvino_engine.h"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <mutex>

#include "base/temporary_folder.h"
#include "engines/adapted_model.h"
#include "engines/foreign_session.h"
#include "engines/shared_library.h"
#include "exporters/openvino_ir/export.h"

namespace octet {
namespace {

const LibraryPlaces kPlaces{"OpenVINO", "libopenvino_c.so", "OCTET_OPENVINO", {"openvino/libs"}};

// The part of OpenVINO's C API ("2.0", since 2022.1) that is used. Objects are opaque; a status of 0 is success. Numbers of element types
// differ between versions, so that none is used: tensors are made by OpenVINO, of the types that the model has.
struct Core;
struct Model;
struct Compiled;
struct Request;
struct TensorOf;
struct ConstPort;

// A size between two numbers, and a shape of such sizes; the rank is one as well.
struct Dimension {
  std::int64_t least, most;
};
struct PartialShape {
  Dimension rank;
  Dimension* sizes;
};

struct Api {
  int (*core_create)(Core**);
  void (*core_free)(Core*);
  int (*core_read_model)(const Core*, const char* model, const char* weights, Model**);
  int (*core_compile_model)(const Core*, const Model*, const char* device, std::size_t properties, Compiled**, ...);
  bool (*model_is_dynamic)(const Model*);
  int (*model_reshape)(const Model*, const char** names, const PartialShape* shapes, std::size_t count);
  int (*model_inputs_size)(const Model*, std::size_t*);
  int (*model_outputs_size)(const Model*, std::size_t*);
  int (*model_const_input_by_index)(const Model*, std::size_t, ConstPort**);
  int (*model_const_output_by_index)(const Model*, std::size_t, ConstPort**);
  void (*model_free)(Model*);
  void (*compiled_model_free)(Compiled*);
  int (*compiled_model_create_infer_request)(const Compiled*, Request**);
  int (*port_get_any_name)(const ConstPort*, char**);
  void (*output_const_port_free)(ConstPort*);
  int (*infer_request_get_input_tensor_by_index)(const Request*, std::size_t, TensorOf**);
  int (*infer_request_get_output_tensor_by_index)(const Request*, std::size_t, TensorOf**);
  int (*infer_request_infer)(Request*);
  void (*infer_request_free)(Request*);
  int (*tensor_get_byte_size)(const TensorOf*, std::size_t*);
  int (*tensor_data)(const TensorOf*, void**);
  void (*tensor_free)(TensorOf*);
  void (*free)(const char*);
  const char* (*get_last_err_msg)();
};

Result<Api> load_api() {
  OCTET_ASSIGN(const SharedLibrary library, SharedLibrary::load(kPlaces));
  Api api{};
#define OCTET_RESOLVE(name) OCTET_RETURN_IF_ERROR(library.resolve("ov_" #name, api.name))
  OCTET_RESOLVE(core_create);
  OCTET_RESOLVE(core_free);
  OCTET_RESOLVE(core_read_model);
  OCTET_RESOLVE(core_compile_model);
  OCTET_RESOLVE(model_is_dynamic);
  OCTET_RESOLVE(model_reshape);
  OCTET_RESOLVE(model_inputs_size);
  OCTET_RESOLVE(model_outputs_size);
  OCTET_RESOLVE(model_const_input_by_index);
  OCTET_RESOLVE(model_const_output_by_index);
  OCTET_RESOLVE(model_free);
  OCTET_RESOLVE(compiled_model_free);
  OCTET_RESOLVE(compiled_model_create_infer_request);
  OCTET_RESOLVE(port_get_any_name);
  OCTET_RESOLVE(output_const_port_free);
  OCTET_RESOLVE(infer_request_get_input_tensor_by_index);
  OCTET_RESOLVE(infer_request_get_output_tensor_by_index);
  OCTET_RESOLVE(infer_request_infer);
  OCTET_RESOLVE(infer_request_free);
  OCTET_RESOLVE(tensor_get_byte_size);
  OCTET_RESOLVE(tensor_data);
  OCTET_RESOLVE(tensor_free);
  OCTET_RESOLVE(free);
  OCTET_RESOLVE(get_last_err_msg);
#undef OCTET_RESOLVE
  return api;
}

// Loaded once for the process; an answer that it is not there is kept as well.
const Result<Api>& api() {
  static const Result<Api> loaded = load_api();
  return loaded;
}

template <typename T>
using Owned = std::unique_ptr<T, void (*)(T*)>;

// The last line of OpenVINO's account, which says what is wrong; the lines before it say where in its sources.
Error failure(const Api& ov, const std::string& what) {
  const char* words = ov.get_last_err_msg();
  std::string reason = words ? words : "";
  while (!reason.empty() && std::isspace(static_cast<unsigned char>(reason.back()))) reason.pop_back();
  if (const std::size_t line = reason.rfind('\n'); line != std::string::npos) reason.erase(0, line + 1);
  return {ErrorCode::kUnsupported, "OpenVINO cannot " + what + (reason.empty() ? "" : ": " + reason)};
}

// Makes an object by `make(T**)` and gives it to `release`.
template <typename T, typename Make>
Result<Owned<T>> made(const Api& ov, const std::string& what, void (*release)(T*), Make make) {
  T* object = nullptr;
  if (make(&object) != 0 || !object) return failure(ov, what);
  return Owned<T>(object, release);
}

// For a number of threads. Latency, as the caller counts streams itself. Threads that are bound to processors would share the first one
// among sessions.
Result<Owned<Compiled>> compiled_for(const Api& ov, const Core& core, const Model& model, InferencePrecision precision, int threads) {
  const std::string count = std::to_string(threads);
  return made<Compiled>(ov, "compile the model", ov.compiled_model_free, [&](Compiled** out) {
    return ov.core_compile_model(&core, &model, "CPU", 10, out, "PERFORMANCE_HINT", "LATENCY", "NUM_STREAMS", "1", "INFERENCE_NUM_THREADS",
                                 count.c_str(), "INFERENCE_PRECISION_HINT", precision == InferencePrecision::kBf16 ? "bf16" : "f32",
                                 "ENABLE_CPU_PINNING", "NO");
  });
}

// The names by which the ports of a model can be found, empty where one has none. They are the model's as it was read: compiling it joins
// tensors, and with them their names.
template <typename Size, typename At>
Result<std::vector<std::string>> tensor_names(const Api& ov, const Model& model, Size size, At at) {
  std::size_t count = 0;
  if (size(&model, &count) != 0) return failure(ov, "tell the model's tensors");
  std::vector<std::string> names(count);
  for (std::size_t i = 0; i < count; ++i) {
    OCTET_ASSIGN(const auto port,
                 made<ConstPort>(ov, "tell a tensor", ov.output_const_port_free, [&](ConstPort** out) { return at(&model, i, out); }));
    char* name = nullptr;
    if (ov.port_get_any_name(port.get(), &name) != 0 || !name) continue;
    names[i] = name;
    ov.free(name);
  }
  return names;
}

// For each port, the place of the tensor of one of its names. Tensors without names are those of the ports that are left, in their order,
// as octet calls them by their layers.
Result<std::vector<std::size_t>> places(std::span<const Port> ports, const std::vector<std::string>& names) {
  std::size_t unnamed = 0;
  std::vector<std::size_t> result;
  for (const Port& port : ports) {
    auto found = std::ranges::find_if(names, [&](const std::string& name) { return !name.empty() && port.is_called(name); });
    if (found == names.end()) {
      found = std::find(names.begin() + static_cast<std::ptrdiff_t>(unnamed), names.end(), "");
      if (found == names.end()) return Error{ErrorCode::kUnsupported, "OpenVINO's model has no tensor '" + port.name + "'"};
      unnamed = static_cast<std::size_t>(found - names.begin()) + 1;
    }
    result.push_back(static_cast<std::size_t>(found - names.begin()));
  }
  return result;
}

// The places of a model's tensors in the order of octet's ports.
struct Places {
  std::vector<std::size_t> inputs, outputs;
};

Result<Places> places_in(const Api& ov, const Model& model, const ForeignModel& ports) {
  OCTET_ASSIGN(const auto inputs, tensor_names(ov, model, ov.model_inputs_size, ov.model_const_input_by_index));
  OCTET_ASSIGN(const auto outputs, tensor_names(ov, model, ov.model_outputs_size, ov.model_const_output_by_index));
  Places result;
  OCTET_ASSIGN(result.inputs, places(ports.inputs(), inputs));
  OCTET_ASSIGN(result.outputs, places(ports.outputs(), outputs));
  return result;
}

// A file may have floats of 16 bits at its border, which octet reads as floats of 32.
bool are_halves_of(std::span<const std::byte> bytes, const Tensor& tensor) {
  return tensor.type() == ElementType::kF32 && 2 * bytes.size() == tensor.bytes().size();
}

Error other_size(std::span<const std::byte> bytes, const Tensor& tensor) {
  return {ErrorCode::kUnsupported,
          "OpenVINO has a tensor of " + std::to_string(bytes.size()) + " bytes where octet has " + std::to_string(tensor.bytes().size())};
}

Status copy(const Tensor& from, std::span<std::byte> to) {
  if (are_halves_of(to, from)) return copy(converted(from, ElementType::kF16), to);
  if (to.size() != from.bytes().size()) return other_size(to, from);
  std::ranges::copy(from.bytes(), to.begin());
  return {};
}

Status copy(std::span<const std::byte> from, Tensor& to) {
  if (are_halves_of(from, to)) {
    to = converted(Tensor(ElementType::kF16, to.shape(), from, nullptr), ElementType::kF32);
    return {};
  }
  const auto bytes = to.mutable_bytes();
  if (from.size() != bytes.size()) return other_size(from, to);
  std::ranges::copy(from, bytes.begin());
  return {};
}

class OpenvinoSession final : public ForeignSession {
 public:
  static Result<std::unique_ptr<OpenvinoSession>> make(const Api& ov, Owned<Compiled> compiled, const ForeignModel& model, Places places) {
    auto request = made<Request>(ov, "open a request", ov.infer_request_free,
                                 [&](Request** out) { return ov.compiled_model_create_infer_request(compiled.get(), out); });
    if (!request.ok()) return request.error();
    return std::make_unique<OpenvinoSession>(ov, std::move(compiled), std::move(*request), model, std::move(places));
  }

  OpenvinoSession(const Api& ov, Owned<Compiled> compiled, Owned<Request> request, const ForeignModel& model, Places places)
      : ForeignSession(model), ov_(ov), compiled_(std::move(compiled)), request_(std::move(request)), places_(std::move(places)) {}

 private:
  Status compute(std::span<const Tensor> inputs, std::span<Tensor> results) override {
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      OCTET_ASSIGN(const auto to, bytes_of(ov_.infer_request_get_input_tensor_by_index, places_.inputs[i]));
      OCTET_RETURN_IF_ERROR(copy(inputs[i], to));
    }
    if (ov_.infer_request_infer(request_.get()) != 0) return failure(ov_, "run the model");
    for (std::size_t i = 0; i < results.size(); ++i) {
      OCTET_ASSIGN(const std::span<const std::byte> from, bytes_of(ov_.infer_request_get_output_tensor_by_index, places_.outputs[i]));
      OCTET_RETURN_IF_ERROR(copy(from, results[i]));
    }
    return {};
  }

  // The memory of a tensor of the request, which belongs to the request.
  template <typename Get>
  Result<std::span<std::byte>> bytes_of(Get get, std::size_t place) const {
    OCTET_ASSIGN(const auto tensor,
                 made<TensorOf>(ov_, "give a tensor", ov_.tensor_free, [&](TensorOf** out) { return get(request_.get(), place, out); }));
    std::size_t bytes = 0;
    void* data = nullptr;
    if (ov_.tensor_get_byte_size(tensor.get(), &bytes) != 0 || ov_.tensor_data(tensor.get(), &data) != 0)
      return failure(ov_, "give a tensor");
    return std::span(static_cast<std::byte*>(data), bytes);
  }

  const Api& ov_;
  Owned<Compiled> compiled_;
  Owned<Request> request_;
  Places places_;
};

class OpenvinoModel final : public ForeignModel {
 public:
  OpenvinoModel(const Api& ov, Owned<Core> core, Owned<Model> model, const NetworkFile& file)
      : ForeignModel(file), precision_(file.precision), ov_(ov), core_(std::move(core)), model_(std::move(model)) {}

  std::unique_ptr<EngineSession> open_session(int threads) const override {
    auto session = open(threads);
    return session.ok() ? std::move(*session) : failed_session(session.error());
  }

  // A compiled model runs one inference at a time, so that each session has its own.
  Result<std::unique_ptr<EngineSession>> open(int threads) const {
    const std::lock_guard lock(mutex_);
    OCTET_ASSIGN(auto compiled, compiled_for(ov_, *core_, *model_, precision_, threads));
    OCTET_ASSIGN(Places places, places_in(ov_, *model_, *this));
    OCTET_ASSIGN(auto session, OpenvinoSession::make(ov_, std::move(compiled), *this, std::move(places)));
    return std::unique_ptr<EngineSession>(std::move(session));
  }

 private:
  const InferencePrecision precision_;
  const Api& ov_;
  mutable std::mutex mutex_;
  Owned<Core> core_;
  Owned<Model> model_;
};

// Closes what the inputs of a model leave open: its shapes become those of the ports.
Status close_shapes(const Api& ov, const Model& model, std::span<const Port> inputs) {
  if (!ov.model_is_dynamic(&model)) return {};
  std::vector<const char*> names;
  std::vector<std::vector<Dimension>> sizes;
  std::vector<PartialShape> shapes;
  for (const Port& port : inputs) {
    names.push_back(port.name.c_str());
    std::vector<Dimension>& dimensions = sizes.emplace_back();
    for (const std::int64_t size : port.type.shape) dimensions.push_back({size, size});
  }
  for (std::vector<Dimension>& dimensions : sizes) {
    const std::int64_t rank = std::ssize(dimensions);
    shapes.push_back({{rank, rank}, dimensions.data()});
  }
  if (ov.model_reshape(&model, names.data(), shapes.data(), names.size()) != 0) return failure(ov, "give the model's inputs their sizes");
  return {};
}

}  // namespace

Result<std::shared_ptr<const EngineModel>> OpenvinoEngine::open(const NetworkFile& file) const {
  if (!api().ok()) return api().error();
  const Api& ov = *api();
  OCTET_ASSIGN(auto core, made<Core>(ov, "start", ov.core_free, [&](Core** out) { return ov.core_create(out); }));
  OCTET_ASSIGN(auto model, made<Model>(ov, "read the model", ov.model_free,
                                       [&](Model** out) { return ov.core_read_model(core.get(), file.path.c_str(), nullptr, out); }));
  OCTET_RETURN_IF_ERROR(close_shapes(ov, *model, file.inputs));
  auto loaded = std::make_shared<OpenvinoModel>(ov, std::move(core), std::move(model), file);
  OCTET_RETURN_IF_ERROR(loaded->open(1));  // so that what cannot be run is said now
  return std::shared_ptr<const EngineModel>(std::move(loaded));
}

Result<std::shared_ptr<const EngineModel>> OpenvinoEngine::load(const Graph& graph, const std::filesystem::path& path,
                                                                const EngineOptions& options) const {
  if (!api().ok()) return api().error();
  NetworkFile file{FileFormat::kOpenvinoIr, path, input_ports(graph), output_ports(graph), is_quantized(graph), options.precision};
  std::optional<TemporaryFolder> written;  // OpenVINO maps the weights, which stay when the folder goes
  if (path.extension() != ".xml") {
    std::error_code failed;
    OCTET_ASSIGN(written, TemporaryFolder::make(std::filesystem::temp_directory_path(failed)));
    file.path = written->path() / "model.xml";
    OCTET_RETURN_IF_ERROR(export_openvino_ir(graph, file.path));
  }
  OCTET_ASSIGN(auto network, open(file));
  return adapted_model(graph, std::move(network), {}, options);
}

}  // namespace octet
