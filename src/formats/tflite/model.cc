#include "formats/tflite/model.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include <fmt/format.h>

namespace octet::tflite {
namespace {

static_assert(std::endian::native == std::endian::little, "FlatBuffers and tensors are little-endian");

constexpr std::uint32_t kVersion = 3;
constexpr std::int8_t kCodeIsElsewhere = 127;
constexpr flatbuffers::uoffset_t kMaxDepth = 16;  // the schema is not recursive
constexpr flatbuffers::uoffset_t kMaxTables = 500'000;
constexpr std::size_t kSmallestFile = 8;  // offset of the root, identifier
constexpr std::size_t kLongestName = 200;

Error malformed(std::string message) { return {ErrorCode::kMalformed, std::move(message)}; }
Error unsupported(std::string message) { return {ErrorCode::kUnsupported, std::move(message)}; }

// A text from a file as it may stand in a message: one line, of bounded length.
std::string text_of(const flatbuffers::String* text) {
  if (!text) return {};
  std::string found(text->string_view().substr(0, kLongestName));
  std::ranges::replace_if(
      found, [](unsigned char c) { return c < ' ' || c == 127; }, '?');
  return found;
}

template <typename T>
std::size_t count_of(const T* vector) {
  return vector ? vector->size() : 0;
}

// The file with its verified root: copies lists, finds bytes in it and behind it.
//
// Tables may share a list, so that a small file could ask for any number of copies of a long one. All copies together may have as many
// elements as the file has bytes, which is several times what a file without sharing needs.
class File {
 public:
  File(std::span<const std::byte> bytes, std::shared_ptr<const void> owner)
      : bytes_(bytes), owner_(std::move(owner)), model_(*schema::GetModel(bytes.data())), elements_left_(bytes.size()) {}

  const schema::Model& model() const { return model_; }

  Status spend(std::size_t elements) {
    if (elements > elements_left_) return malformed("its lists have more elements than the file has bytes");
    elements_left_ -= elements;
    return {};
  }

  // Copies bytes, since what is verified is where the length of four bytes lies: elements of eight may lie at any multiple of four.
  template <typename Element, typename T>
  Result<std::vector<Element>> list(const flatbuffers::Vector<T>* vector) {
    OCTET_RETURN_IF_ERROR(spend(count_of(vector)));
    std::vector<T> elements(count_of(vector));
    if (!elements.empty()) std::memcpy(elements.data(), vector->Data(), elements.size() * sizeof(T));
    return std::vector<Element>(elements.begin(), elements.end());
  }

  Result<std::span<const std::byte>> buffer(std::uint32_t index) const {
    if (index >= count_of(model_.buffers()))
      return malformed(fmt::format("buffer {} of a file that has {}", index, count_of(model_.buffers())));
    const schema::Buffer* buffer = model_.buffers()->Get(index);
    if (buffer->offset() > 1) return behind(buffer->offset(), buffer->size());
    if (!buffer->data()) return std::span<const std::byte>();
    return std::as_bytes(std::span(buffer->data()->data(), buffer->data()->size()));
  }

  Result<std::span<const std::byte>> behind(std::uint64_t offset, std::uint64_t size) const {
    if (offset > bytes_.size() || size > bytes_.size() - offset)
      return malformed(fmt::format("{} bytes at {} of a file of {}", size, offset, bytes_.size()));
    return bytes_.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(size));
  }

  // A view of bytes of the file, or a copy where they are not aligned for the type.
  Result<Tensor> tensor(ElementType type, const Shape& shape, std::span<const std::byte> bytes) {
    if (reinterpret_cast<std::uintptr_t>(bytes.data()) % size_of(type) == 0) return Tensor(type, shape, bytes, owner_);
    OCTET_RETURN_IF_ERROR(spend(bytes.size()));
    Tensor copy(type, shape);
    std::memcpy(copy.mutable_bytes().data(), bytes.data(), bytes.size());
    return copy;
  }

 private:
  std::span<const std::byte> bytes_;
  std::shared_ptr<const void> owner_;
  const schema::Model& model_;
  std::size_t elements_left_;
};

Status verify(std::span<const std::byte> bytes) {
  const std::string_view start(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (!is_model(start)) return malformed("is no TensorFlow Lite model");
  // Buffers may lie behind the flatbuffer, which itself is no longer than its offsets reach.
  const auto reach = std::min(bytes.size(), static_cast<std::size_t>(FLATBUFFERS_MAX_BUFFER_SIZE - 1));
  flatbuffers::Verifier verifier(reinterpret_cast<const std::uint8_t*>(bytes.data()), reach, kMaxDepth, kMaxTables);
  if (!schema::VerifyModelBuffer(verifier)) return malformed("is cut short or damaged: its tables reach beyond the file, or are too many");
  return {};
}

Result<Shape> shape_of(const schema::Tensor& tensor, File& file) {
  OCTET_ASSIGN(const Shape shape, file.list<std::int64_t>(tensor.shape()));
  OCTET_RETURN_IF_ERROR(validate_shape(shape));
  return shape;
}

// The range of a quantized type; nothing for others.
std::optional<std::pair<std::int64_t, std::int64_t>> stored_range(StoredType type) {
  if (type == StoredType::INT8) return std::pair{-128, 127};
  if (type == StoredType::UINT8) return std::pair{0, 255};
  if (type == StoredType::INT16) return std::pair{-32768, 32767};
  if (type == StoredType::INT32) return std::pair{std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()};
  if (type == StoredType::INT64) return std::pair{std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()};
  return std::nullopt;
}

Status check_quantization(const Quantization& found, StoredType type, const Shape& shape) {
  const auto range = stored_range(type);
  for (const float scale : found.scale)
    if (!std::isfinite(scale) || scale <= 0) return malformed(fmt::format("has the scale {}, expected a positive number", scale));
  for (const std::int64_t zero_point : found.zero_point)
    if (range && (zero_point < range->first || zero_point > range->second))
      return malformed(fmt::format("has the zero point {}, which {} cannot hold", zero_point, type_name(type)));
  if (!found.per_axis()) return {};
  if (found.axis < 0 || found.axis >= std::ssize(shape))
    return malformed(fmt::format("is quantized along dimension {} of {}", found.axis, to_string(shape)));
  if (shape[static_cast<std::size_t>(found.axis)] != std::ssize(found.scale))
    return malformed(fmt::format("has {} scales for dimension {} of {}", found.scale.size(), found.axis, to_string(shape)));
  return {};
}

// What only records minima and maxima, as converters leave it on tensors of floats, is no quantization.
Result<Quantization> quantization_of(const schema::Tensor& tensor, const Shape& shape, File& file) {
  const schema::QuantizationParameters* found = tensor.quantization();
  if (!found || count_of(found->scale()) == 0 || !stored_range(tensor.type())) return Quantization{};
  Quantization quantization;
  OCTET_ASSIGN(quantization.scale, file.list<float>(found->scale()));
  quantization.axis = found->quantized_dimension();
  const std::size_t zero_points = count_of(found->zero_point());
  if (zero_points > 1 && zero_points != quantization.scale.size())
    return malformed(fmt::format("has {} scales and {} zero points", quantization.scale.size(), zero_points));
  OCTET_ASSIGN(quantization.zero_point, file.list<std::int64_t>(found->zero_point()));
  quantization.zero_point.resize(quantization.scale.size(), zero_points == 1 ? quantization.zero_point[0] : 0);
  OCTET_RETURN_IF_ERROR(check_quantization(quantization, tensor.type(), shape));
  return quantization;
}

std::string why_unreadable(const schema::Tensor& tensor) {
  if (tensor.sparsity()) return "is sparse; convert the model without sparsity, or densify it";
  if (tensor.external_buffer() != 0) return "has its values in another file; give a model that holds its weights itself";
  if (tensor.is_variable()) return "is a variable that keeps its value between pictures";
  if (tensor.quantization() && tensor.quantization()->details()) return "is quantized in a way of its own (custom)";
  if (!element_type_of(tensor.type())) return "has elements of type " + type_name(tensor.type());
  return {};
}

Result<std::optional<Tensor>> constant_of(const schema::Tensor& tensor, const Shape& shape, File& file) {
  OCTET_ASSIGN(const auto bytes, file.buffer(tensor.buffer()));
  const auto type = element_type_of(tensor.type());
  if (bytes.empty() || !type) return std::optional<Tensor>();
  const auto elements = static_cast<std::size_t>(element_count(shape));
  if (elements * size_of(*type) != bytes.size())
    return malformed(fmt::format("has {} bytes for {} {} elements of shape {}", bytes.size(), elements, name_of(*type), to_string(shape)));
  OCTET_ASSIGN(Tensor constant, file.tensor(*type, shape, bytes));
  return std::optional(std::move(constant));
}

Result<TensorRecord> tensor_of(const schema::Tensor& tensor, File& file) {
  TensorRecord record;
  record.name = text_of(tensor.name());
  record.type = tensor.type();
  OCTET_ASSIGN(record.shape, shape_of(tensor, file));
  record.unreadable = why_unreadable(tensor);
  if (!record.unreadable.empty()) return record;
  OCTET_ASSIGN(record.quantization, quantization_of(tensor, record.shape, file));
  OCTET_ASSIGN(record.constant, constant_of(tensor, record.shape, file));
  return record;
}

Status check_indices(const std::vector<std::int32_t>& indices, std::size_t count, std::int32_t least) {
  for (const std::int32_t index : indices)
    if (index < least || index >= static_cast<std::int64_t>(count))
      return malformed(fmt::format("tensor {} of a graph that has {}", index, count));
  return {};
}

Result<std::span<const std::byte>> custom_options_of(const schema::Operator& op, const File& file) {
  if (op.large_custom_options_offset() > 1) return file.behind(op.large_custom_options_offset(), op.large_custom_options_size());
  if (!op.custom_options()) return std::span<const std::byte>();
  return std::as_bytes(std::span(op.custom_options()->data(), op.custom_options()->size()));
}

// Options with lists of their own; the others have a bounded size.
std::size_t elements_of_options(const schema::Operator& op) {
  if (const auto* reshape = op.builtin_options_as_ReshapeOptions()) return count_of(reshape->new_shape());
  if (const auto* squeeze = op.builtin_options_as_SqueezeOptions()) return count_of(squeeze->squeeze_dims());
  return 0;
}

Result<OperatorRecord> operator_of(const schema::Operator& op, std::size_t num_tensors, File& file) {
  const auto* codes = file.model().operator_codes();
  if (op.opcode_index() >= count_of(codes))
    return malformed(fmt::format("operator code {} of a file that has {}", op.opcode_index(), count_of(codes)));
  const schema::OperatorCode& code = *codes->Get(op.opcode_index());
  OperatorRecord record;
  record.code = code.deprecated_builtin_code() == kCodeIsElsewhere
                    ? code.builtin_code()
                    : std::max<std::int32_t>(code.deprecated_builtin_code(), code.builtin_code());
  record.custom_code = text_of(code.custom_code());
  OCTET_ASSIGN(record.inputs, file.list<std::int32_t>(op.inputs()));
  OCTET_ASSIGN(record.outputs, file.list<std::int32_t>(op.outputs()));
  OCTET_RETURN_IF_ERROR(check_indices(record.inputs, num_tensors, -1));
  OCTET_RETURN_IF_ERROR(check_indices(record.outputs, num_tensors, 0));
  OCTET_RETURN_IF_ERROR(file.spend(elements_of_options(op)));
  record.options.type = op.builtin_options_type();
  if (op.builtin_options()) record.options.value = schema::BuiltinOptionsUnion::UnPack(op.builtin_options(), record.options.type, nullptr);
  OCTET_ASSIGN(record.custom_options, custom_options_of(op, file));
  return record;
}

Status read_subgraph(const schema::SubGraph& graph, File& file, Model& model) {
  for (std::uint32_t i = 0; i < count_of(graph.tensors()); ++i) {
    const schema::Tensor& tensor = *graph.tensors()->Get(i);
    OCTET_ASSIGN_AT(TensorRecord record, tensor_of(tensor, file), fmt::format("tensor {} '{}'", i, text_of(tensor.name())));
    model.tensors.push_back(std::move(record));
  }
  for (std::uint32_t i = 0; i < count_of(graph.operators()); ++i) {
    OCTET_ASSIGN_AT(OperatorRecord record, operator_of(*graph.operators()->Get(i), model.tensors.size(), file),
                    fmt::format("operator {}", i));
    model.operators.push_back(std::move(record));
  }
  OCTET_ASSIGN(model.inputs, file.list<std::int32_t>(graph.inputs()));
  OCTET_ASSIGN(model.outputs, file.list<std::int32_t>(graph.outputs()));
  OCTET_RETURN_IF_ERROR(check_indices(model.inputs, model.tensors.size(), 0));
  return check_indices(model.outputs, model.tensors.size(), 0);
}

Status read_metadata(const File& file, Model& model) {
  for (std::uint32_t i = 0; i < count_of(file.model().metadata()); ++i) {
    const schema::Metadata& entry = *file.model().metadata()->Get(i);
    OCTET_ASSIGN_AT(const auto bytes, file.buffer(entry.buffer()), fmt::format("metadata '{}'", text_of(entry.name())));
    model.metadata.emplace(text_of(entry.name()), bytes);
  }
  return {};
}

}  // namespace

bool is_model(std::string_view start) { return start.size() >= kSmallestFile && start.substr(4, 4) == schema::ModelIdentifier(); }

Result<Model> parse_model(std::span<const std::byte> bytes, std::shared_ptr<const void> owner) {
  OCTET_RETURN_IF_ERROR(verify(bytes));
  File file(bytes, std::move(owner));
  if (file.model().version() != kVersion)
    return unsupported(fmt::format("is of version {} of the schema; octet reads version {}", file.model().version(), kVersion));
  if (count_of(file.model().subgraphs()) == 0) return malformed("has no subgraph");
  Model model;
  model.description = text_of(file.model().description());
  OCTET_RETURN_IF_ERROR(read_subgraph(*file.model().subgraphs()->Get(0), file, model));
  OCTET_RETURN_IF_ERROR(read_metadata(file, model));
  return model;
}

std::optional<ElementType> element_type_of(StoredType type) {
  switch (type) {
    case StoredType::FLOAT32:
      return ElementType::kF32;
    case StoredType::FLOAT16:
      return ElementType::kF16;
    case StoredType::FLOAT64:
      return ElementType::kF64;
    case StoredType::INT8:
      return ElementType::kI8;
    case StoredType::UINT8:
      return ElementType::kU8;
    case StoredType::INT16:
      return ElementType::kI16;
    case StoredType::UINT16:
      return ElementType::kU16;
    case StoredType::INT32:
      return ElementType::kI32;
    case StoredType::UINT32:
      return ElementType::kU32;
    case StoredType::INT64:
      return ElementType::kI64;
    case StoredType::UINT64:
      return ElementType::kU64;
    case StoredType::BOOL:
      return ElementType::kBoolean;
    default:
      return std::nullopt;
  }
}

std::string type_name(StoredType type) {
  const std::string_view name = schema::EnumNameTensorType(type);
  return name.empty() ? "number " + std::to_string(static_cast<int>(type)) : std::string(name);
}

}  // namespace octet::tflite
