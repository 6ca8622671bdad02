#include "engines/tflite_engine.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <mutex>
#include <optional>
#include <span>

#include "engines/foreign_session.h"
#include "engines/shared_library.h"

namespace octet {
namespace {

const LibraryPlaces kPlaces{"LiteRT", "libLiteRt.so", "OCTET_TFLITE", {"ai_edge_litert"}};

// The part of LiteRT's C API that is used, as of version 2.2. Objects are opaque; a status of 0 is success.
struct Environment;
struct Model;
struct Signature;
struct TensorInfo;
struct Options;
struct OpaqueOptions;
struct Compiled;
struct Requirements;
struct Buffer;

constexpr std::size_t kMaxRank = 8;

struct TensorLayout {
  unsigned int rank : 7;
  unsigned int has_strides : 1;
  std::int32_t sizes[kMaxRank];
  std::uint32_t strides[kMaxRank];
};

struct RankedType {
  int element;
  TensorLayout layout;
};

struct EnvironmentOption {
  int tag;
  struct {
    int type;
    std::int64_t number;
  } value;
};

enum LockMode : int { kRead = 0, kWrite = 1 };

struct Api {
  int (*CreateEnvironment)(int count, const EnvironmentOption*, Environment**);
  int (*CreateModelFromFile)(Environment*, const char* path, Model**);
  void (*DestroyModel)(Model*);
  int (*GetModelSignature)(Model*, std::size_t, Signature**);
  int (*GetNumSignatureInputs)(Signature*, std::size_t*);
  int (*GetNumSignatureOutputs)(Signature*, std::size_t*);
  int (*GetSignatureInputTensorByIndex)(Signature*, std::size_t, TensorInfo**);
  int (*GetSignatureOutputTensorByIndex)(Signature*, std::size_t, TensorInfo**);
  int (*GetTensorName)(TensorInfo*, const char**);
  int (*GetRankedTensorType)(TensorInfo*, RankedType*);
  int (*CreateOptions)(Options**);
  void (*DestroyOptions)(Options*);
  int (*SetOptionsHardwareAccelerators)(Options*, int);
  int (*CreateOpaqueOptions)(const char* identifier, void* text, void (*release)(void*), OpaqueOptions**);
  int (*AddOpaqueOptions)(Options*, OpaqueOptions*);
  int (*CreateCompiledModel)(Environment*, Model*, Options*, Compiled**);
  void (*DestroyCompiledModel)(Compiled*);
  int (*GetCompiledModelInputTensorLayout)(Compiled*, std::size_t signature, std::size_t, TensorLayout*);
  int (*GetCompiledModelOutputTensorLayouts)(Compiled*, std::size_t signature, std::size_t count, TensorLayout*, bool update);
  int (*CreateManagedTensorBuffer)(Environment*, int kind, const RankedType*, std::size_t bytes, Buffer**);
  void (*DestroyTensorBuffer)(Buffer*);
  int (*LockTensorBuffer)(Buffer*, void**, LockMode);
  int (*UnlockTensorBuffer)(Buffer*);
  int (*RunCompiledModel)(Compiled*, std::size_t signature, std::size_t, Buffer**, std::size_t, Buffer**);

  Environment* environment;  // one for the process, never released: its threads may outlive any of our objects
};

Error failure(const std::string& what, int status) {
  return {ErrorCode::kUnsupported, "LiteRT cannot " + what + " (its status " + std::to_string(status) + ")"};
}

// Without accelerators other than the processor, and silent but for errors.
Status create_environment(Api& api) {
  constexpr int kAccelerators = 24, kLeastSeverity = 25, kIsInteger = 2;
  constexpr std::int64_t kCpu = 1, kErrors = 3;
  const EnvironmentOption options[] = {{kAccelerators, {kIsInteger, kCpu}}, {kLeastSeverity, {kIsInteger, kErrors}}};
  if (const int status = api.CreateEnvironment(static_cast<int>(std::size(options)), options, &api.environment))
    return failure("start", status);
  return {};
}

Result<Api> load_api() {
  OCTET_ASSIGN(const SharedLibrary library, SharedLibrary::load(kPlaces));
  // It came with version 2.2; before, LiteRtCreateModelFromFile took other arguments.
  void (*of_version_2_2)() = nullptr;
  if (!library.resolve("LiteRtExternalLiteRtBufferContextGetRunOptions", of_version_2_2).ok())
    return Error{ErrorCode::kUnsupported, library.path().string() + " is an older LiteRT; 2.2 or later is needed"};
  Api api{};
#define OCTET_RESOLVE(name) OCTET_RETURN_IF_ERROR(library.resolve("LiteRt" #name, api.name))
  OCTET_RESOLVE(CreateEnvironment);
  OCTET_RESOLVE(CreateModelFromFile);
  OCTET_RESOLVE(DestroyModel);
  OCTET_RESOLVE(GetModelSignature);
  OCTET_RESOLVE(GetNumSignatureInputs);
  OCTET_RESOLVE(GetNumSignatureOutputs);
  OCTET_RESOLVE(GetSignatureInputTensorByIndex);
  OCTET_RESOLVE(GetSignatureOutputTensorByIndex);
  OCTET_RESOLVE(GetTensorName);
  OCTET_RESOLVE(GetRankedTensorType);
  OCTET_RESOLVE(CreateOptions);
  OCTET_RESOLVE(DestroyOptions);
  OCTET_RESOLVE(SetOptionsHardwareAccelerators);
  OCTET_RESOLVE(CreateOpaqueOptions);
  OCTET_RESOLVE(AddOpaqueOptions);
  OCTET_RESOLVE(CreateCompiledModel);
  OCTET_RESOLVE(DestroyCompiledModel);
  OCTET_RESOLVE(GetCompiledModelInputTensorLayout);
  OCTET_RESOLVE(GetCompiledModelOutputTensorLayouts);
  OCTET_RESOLVE(CreateManagedTensorBuffer);
  OCTET_RESOLVE(DestroyTensorBuffer);
  OCTET_RESOLVE(LockTensorBuffer);
  OCTET_RESOLVE(UnlockTensorBuffer);
  OCTET_RESOLVE(RunCompiledModel);
#undef OCTET_RESOLVE
  OCTET_RETURN_IF_ERROR(create_environment(api));
  return api;
}

// Loaded once for the process; an answer that it is not there is kept as well.
const Result<Api>& api() {
  static const Result<Api> loaded = load_api();
  return loaded;
}

template <typename T>
using Owned = std::unique_ptr<T, void (*)(T*)>;

// Makes an object by `make(T**)` and gives it to `release`.
template <typename T, typename Make>
Result<Owned<T>> made(const std::string& what, void (*release)(T*), Make make) {
  T* object = nullptr;
  if (const int status = make(&object); status != 0 || !object) return failure(what, status);
  return Owned<T>(object, release);
}

// The format's numbers of element types.
std::optional<ElementType> element_numbered(int number) {
  constexpr std::pair<int, ElementType> kTypes[] = {{1, ElementType::kF32},  {2, ElementType::kI32},     {3, ElementType::kU8},
                                                    {4, ElementType::kI64},  {6, ElementType::kBoolean}, {7, ElementType::kI16},
                                                    {9, ElementType::kI8},   {10, ElementType::kF16},    {11, ElementType::kF64},
                                                    {13, ElementType::kU64}, {16, ElementType::kU32},    {17, ElementType::kU16}};
  const auto found = std::ranges::find(kTypes, number, &std::pair<int, ElementType>::first);
  return found == std::end(kTypes) ? std::nullopt : std::optional(found->second);
}

std::string text_of(const TensorType& type) { return std::string(name_of(type.element)) + to_string(type.shape); }

// A tensor at the border of the file.
struct BorderTensor {
  std::string name;
  RankedType stored;  // as LiteRT has it
  TensorType type;
};

Result<TensorType> tensor_type(const RankedType& stored, const std::string& name) {
  const auto element = element_numbered(stored.element);
  const std::size_t rank = stored.layout.rank;
  const auto sizes = std::span(stored.layout.sizes).first(std::min(rank, kMaxRank));
  if (!element || rank > kMaxRank || std::ranges::any_of(sizes, [](std::int32_t size) { return size < 0; }))
    return Error{ErrorCode::kUnsupported, "LiteRT has a tensor '" + name + "' of a type or of sizes that octet lacks"};
  TensorType type{*element, Shape(sizes.begin(), sizes.end())};
  OCTET_RETURN_IF_ERROR(validate_shape(type.shape));
  return type;
}

// The first signature of a file, which is the network, compiled for a number of threads.
class CompiledModel {
 public:
  static Result<std::shared_ptr<CompiledModel>> make(const Api& lite, std::shared_ptr<Model> model, int threads) {
    OCTET_ASSIGN(const auto options, options_for(lite, threads));
    auto compiled = made<Compiled>("compile the model", lite.DestroyCompiledModel, [&](Compiled** out) {
      return lite.CreateCompiledModel(lite.environment, model.get(), options.get(), out);
    });
    if (!compiled.ok()) return compiled.error();
    auto result = std::make_shared<CompiledModel>(std::move(model), std::move(*compiled));
    OCTET_RETURN_IF_ERROR(result->describe(lite));
    return result;
  }
  CompiledModel(std::shared_ptr<Model> model, Owned<Compiled> compiled) : model_(std::move(model)), compiled_(std::move(compiled)) {}

  Compiled* get() const { return compiled_.get(); }
  const std::vector<BorderTensor>& inputs() const { return inputs_; }
  const std::vector<BorderTensor>& outputs() const { return outputs_; }

 private:
  static Result<Owned<Options>> options_for(const Api& lite, int threads) {
    OCTET_ASSIGN(auto options, made<Options>("make options", lite.DestroyOptions, lite.CreateOptions));
    constexpr int kCpu = 1;
    if (const int status = lite.SetOptionsHardwareAccelerators(options.get(), kCpu)) return failure("choose the processor", status);
    const std::string words = "num_threads = " + std::to_string(threads) + "\n";
    auto text = std::make_unique<char[]>(words.size() + 1);
    std::ranges::copy(words, text.get());
    OpaqueOptions* cpu = nullptr;
    const auto release = [](void* memory) { delete[] static_cast<char*>(memory); };
    if (const int status = lite.CreateOpaqueOptions("xnnpack", text.get(), release, &cpu)) return failure("set threads", status);
    [[maybe_unused]] const char* theirs = text.release();
    if (const int status = lite.AddOpaqueOptions(options.get(), cpu)) return failure("set threads", status);
    return options;
  }

  // Sizes of outputs that the file leaves open are known now.
  Status describe(const Api& lite) {
    Signature* signature = nullptr;
    if (const int status = lite.GetModelSignature(model_.get(), 0, &signature)) return failure("tell the model's tensors", status);
    OCTET_ASSIGN(inputs_, tensors_of(lite, *signature, lite.GetNumSignatureInputs, lite.GetSignatureInputTensorByIndex));
    OCTET_ASSIGN(outputs_, tensors_of(lite, *signature, lite.GetNumSignatureOutputs, lite.GetSignatureOutputTensorByIndex));
    std::vector<TensorLayout> layouts(outputs_.size());
    if (const int status = lite.GetCompiledModelOutputTensorLayouts(compiled_.get(), 0, layouts.size(), layouts.data(), true))
      return failure("tell the sizes of the outputs", status);
    for (std::size_t i = 0; i < outputs_.size(); ++i) outputs_[i].stored.layout = layouts[i];
    for (std::size_t i = 0; i < inputs_.size(); ++i)
      if (const int status = lite.GetCompiledModelInputTensorLayout(compiled_.get(), 0, i, &inputs_[i].stored.layout))
        return failure("tell the sizes of the inputs", status);
    for (auto* tensors : {&inputs_, &outputs_})
      for (BorderTensor& tensor : *tensors) {
        OCTET_ASSIGN(tensor.type, tensor_type(tensor.stored, tensor.name));
      }
    return {};
  }

  template <typename Count, typename At>
  static Result<std::vector<BorderTensor>> tensors_of(const Api& lite, Signature& signature, Count count, At at) {
    std::size_t size = 0;
    if (const int status = count(&signature, &size)) return failure("tell the model's tensors", status);
    std::vector<BorderTensor> tensors(size);
    for (std::size_t i = 0; i < size; ++i) {
      TensorInfo* info = nullptr;
      const char* name = nullptr;
      int status = at(&signature, i, &info);
      if (status == 0) status = lite.GetTensorName(info, &name);
      if (status == 0) status = lite.GetRankedTensorType(info, &tensors[i].stored);
      if (status != 0 || !name) return failure("tell a tensor", status);
      tensors[i].name = name;
    }
    return tensors;
  }

  std::shared_ptr<Model> model_;  // which the compiled one refers to
  Owned<Compiled> compiled_;
  std::vector<BorderTensor> inputs_, outputs_;
};

// Memory of LiteRT for the tensors of one side of the border.
class Buffers {
 public:
  Status allocate(const Api& lite, const std::vector<BorderTensor>& tensors) {
    constexpr int kHostMemory = 1;
    for (const BorderTensor& tensor : tensors) {
      const std::size_t bytes = static_cast<std::size_t>(element_count(tensor.type.shape)) * size_of(tensor.type.element);
      OCTET_ASSIGN(auto buffer, made<Buffer>("allocate a tensor", lite.DestroyTensorBuffer, [&](Buffer** out) {
                     return lite.CreateManagedTensorBuffer(lite.environment, kHostMemory, &tensor.stored, bytes, out);
                   }));
      pointers_.push_back(buffer.get());
      owned_.push_back(std::move(buffer));
    }
    return {};
  }

  std::size_t size() const { return pointers_.size(); }
  Buffer** data() { return pointers_.data(); }

  // Calls `use` with the memory of one of them.
  Status access(const Api& lite, std::size_t i, LockMode mode, const std::function<void(void*)>& use) {
    void* memory = nullptr;
    if (const int status = lite.LockTensorBuffer(pointers_[i], &memory, mode); status != 0 || !memory)
      return failure("give a tensor's memory", status);
    use(memory);
    if (const int status = lite.UnlockTensorBuffer(pointers_[i])) return failure("take a tensor's memory", status);
    return {};
  }

 private:
  std::vector<Owned<Buffer>> owned_;
  std::vector<Buffer*> pointers_;
};

// For each port, the place of the tensor of its name, which must be of its type.
Result<std::vector<std::size_t>> places_of(std::span<const Port> ports, const std::vector<BorderTensor>& tensors) {
  std::vector<std::size_t> places;
  for (const Port& port : ports) {
    const auto found = std::ranges::find_if(tensors, [&](const BorderTensor& tensor) { return port.is_called(tensor.name); });
    if (found == tensors.end()) return Error{ErrorCode::kUnsupported, "LiteRT's model has no tensor '" + port.name + "'"};
    if (found->type != port.type)
      return Error{ErrorCode::kUnsupported,
                   "LiteRT has '" + port.name + "' as " + text_of(found->type) + ", octet as " + text_of(port.type)};
    places.push_back(static_cast<std::size_t>(found - tensors.begin()));
  }
  return places;
}

class TfliteSession final : public ForeignSession {
 public:
  TfliteSession(const Api& lite, std::shared_ptr<CompiledModel> compiled, const ForeignModel& model)
      : ForeignSession(model), lite_(lite), compiled_(std::move(compiled)) {}

  Status bind(const ForeignModel& model) {
    OCTET_ASSIGN(input_places_, places_of(model.inputs(), compiled_->inputs()));
    OCTET_ASSIGN(output_places_, places_of(model.outputs(), compiled_->outputs()));
    if (input_places_.size() != compiled_->inputs().size())
      return Error{ErrorCode::kUnsupported, "LiteRT's model takes " + std::to_string(compiled_->inputs().size()) + " inputs, octet has " +
                                                std::to_string(input_places_.size())};
    OCTET_RETURN_IF_ERROR(inputs_.allocate(lite_, compiled_->inputs()));
    return outputs_.allocate(lite_, compiled_->outputs());
  }

 private:
  Status compute(std::span<const Tensor> inputs, std::span<Tensor> results) override {
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const auto bytes = inputs[i].bytes();
      OCTET_RETURN_IF_ERROR(
          inputs_.access(lite_, input_places_[i], kWrite, [&](void* to) { std::memcpy(to, bytes.data(), bytes.size()); }));
    }
    if (!has_run_) OCTET_RETURN_IF_ERROR(mark_outputs(results));
    if (const int status = lite_.RunCompiledModel(compiled_->get(), 0, inputs_.size(), inputs_.data(), outputs_.size(), outputs_.data()))
      return failure("run the model", status);
    for (std::size_t i = 0; i < results.size(); ++i) {
      const auto bytes = results[i].mutable_bytes();
      OCTET_RETURN_IF_ERROR(
          outputs_.access(lite_, output_places_[i], kRead, [&](const void* from) { std::memcpy(bytes.data(), from, bytes.size()); }));
    }
    if (!has_run_) OCTET_RETURN_IF_ERROR(check_outputs(results));
    has_run_ = true;
    return {};
  }

  // LiteRT reports success and writes nothing to outputs whose sizes the graph computes. So the first run finds a mark in their memory, and
  // must not leave it there.
  Status mark_outputs(std::span<const Tensor> results) {
    for (std::size_t i = 0; i < results.size(); ++i)
      OCTET_RETURN_IF_ERROR(outputs_.access(lite_, output_places_[i], kWrite,
                                            [&](void* to) { std::memset(to, static_cast<int>(kMark), results[i].bytes().size()); }));
    return {};
  }

  Status check_outputs(std::span<const Tensor> results) const {
    for (std::size_t i = 0; i < results.size(); ++i) {
      const auto bytes = results[i].bytes();
      if (bytes.size() >= sizeof(float) && std::ranges::all_of(bytes, [](std::byte byte) { return byte == kMark; }))
        return Error{ErrorCode::kUnsupported,
                     "LiteRT does not write output '" + compiled_->outputs()[output_places_[i]].name + "', whose size the graph computes"};
    }
    return {};
  }

  static constexpr std::byte kMark{0xA5};

  const Api& lite_;
  std::shared_ptr<CompiledModel> compiled_;
  Buffers inputs_, outputs_;
  std::vector<std::size_t> input_places_, output_places_;
  bool has_run_ = false;
};

class TfliteModel final : public ForeignModel {
 public:
  TfliteModel(const Api& lite, Owned<Model> model, const NetworkFile& file) : ForeignModel(file), lite_(lite), model_(std::move(model)) {}

  std::unique_ptr<EngineSession> open_session(int threads) const override {
    auto session = open(threads);
    return session.ok() ? std::move(*session) : failed_session(session.error());
  }

  // A compiled model runs one inference at a time, so that each session has its own.
  Result<std::unique_ptr<EngineSession>> open(int threads) const {
    const std::lock_guard lock(mutex_);
    OCTET_ASSIGN(auto compiled, CompiledModel::make(lite_, model_, threads));
    auto session = std::make_unique<TfliteSession>(lite_, std::move(compiled), *this);
    OCTET_RETURN_IF_ERROR(session->bind(*this));
    return std::unique_ptr<EngineSession>(std::move(session));
  }

 private:
  const Api& lite_;
  mutable std::mutex mutex_;
  std::shared_ptr<Model> model_;
};

}  // namespace

Result<std::shared_ptr<const EngineModel>> TfliteEngine::open(const NetworkFile& file) const {
  if (!api().ok()) return api().error();
  const Api& lite = *api();
  OCTET_ASSIGN(auto model, made<Model>("read the model", lite.DestroyModel,
                                       [&](Model** out) { return lite.CreateModelFromFile(lite.environment, file.path.c_str(), out); }));
  auto loaded = std::make_shared<TfliteModel>(lite, std::move(model), file);
  OCTET_RETURN_IF_ERROR(loaded->open(1));  // so that what cannot be run is said now
  return std::shared_ptr<const EngineModel>(std::move(loaded));
}

Result<std::shared_ptr<const EngineModel>> TfliteEngine::load(const Graph&, const std::filesystem::path&, const EngineOptions&) const {
  return Error{ErrorCode::kUnsupported, "tflite runs .tflite files alone, of which octet writes none"};
}

}  // namespace octet
