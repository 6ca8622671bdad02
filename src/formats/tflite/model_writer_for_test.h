#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "formats/tflite/model.h"

namespace octet::tflite {

// Writes models for tests: tables are filled in by hand and packed.
class ModelWriter {
 public:
  schema::ModelT model;

  ModelWriter() {
    model.version = 3;
    model.buffers.push_back(std::make_unique<schema::BufferT>());  // the first stands for "no values"
    model.subgraphs.push_back(std::make_unique<schema::SubGraphT>());
  }

  schema::SubGraphT& graph() { return *model.subgraphs[0]; }
  schema::TensorT& tensor(std::int32_t index) { return *graph().tensors[static_cast<std::size_t>(index)]; }
  schema::OperatorT& last_operator() { return *graph().operators.back(); }

  std::int32_t add_tensor(std::string name, StoredType type, std::vector<std::int32_t> shape, std::uint32_t buffer = 0) {
    auto tensor = std::make_unique<schema::TensorT>();
    tensor->name = std::move(name);
    tensor->type = type;
    tensor->shape = std::move(shape);
    tensor->buffer = buffer;
    graph().tensors.push_back(std::move(tensor));
    return static_cast<std::int32_t>(graph().tensors.size() - 1);
  }

  template <typename T>
  std::int32_t add_constant(std::string name, StoredType type, std::vector<std::int32_t> shape, const std::vector<T>& values) {
    auto buffer = std::make_unique<schema::BufferT>();
    buffer->data.resize(values.size() * sizeof(T));
    if (!values.empty()) std::memcpy(buffer->data.data(), values.data(), buffer->data.size());
    model.buffers.push_back(std::move(buffer));
    return add_tensor(std::move(name), type, std::move(shape), static_cast<std::uint32_t>(model.buffers.size() - 1));
  }

  void quantize(std::int32_t index, std::vector<float> scale, std::vector<std::int64_t> zero_point, std::int32_t axis = 0) {
    auto quantization = std::make_unique<schema::QuantizationParametersT>();
    quantization->scale = std::move(scale);
    quantization->zero_point = std::move(zero_point);
    quantization->quantized_dimension = axis;
    tensor(index).quantization = std::move(quantization);
  }

  // An operator with a code of its own in the list of codes.
  schema::OperatorT& add_operator(std::int32_t code, std::vector<std::int32_t> inputs, std::vector<std::int32_t> outputs) {
    auto entry = std::make_unique<schema::OperatorCodeT>();
    entry->deprecated_builtin_code = static_cast<std::int8_t>(std::min(code, 127));
    entry->builtin_code = code;
    model.operator_codes.push_back(std::move(entry));
    auto op = std::make_unique<schema::OperatorT>();
    op->opcode_index = static_cast<std::uint32_t>(model.operator_codes.size() - 1);
    op->inputs = std::move(inputs);
    op->outputs = std::move(outputs);
    graph().operators.push_back(std::move(op));
    return last_operator();
  }

  template <typename Options>
  schema::OperatorT& add_operator(std::int32_t code, std::vector<std::int32_t> inputs, std::vector<std::int32_t> outputs, Options options) {
    schema::OperatorT& op = add_operator(code, std::move(inputs), std::move(outputs));
    op.builtin_options.Set(std::move(options));
    return op;
  }

  std::string bytes() const {
    flatbuffers::FlatBufferBuilder builder;
    schema::FinishModelBuffer(builder, schema::Model::Pack(builder, &model));
    return {reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize()};
  }
};

// The model of some bytes, which are copied to where they are aligned.
inline Result<Model> parse_copy(std::string_view bytes) {
  const auto owner = std::make_shared<std::vector<std::byte>>(bytes.size());
  if (!bytes.empty()) std::memcpy(owner->data(), bytes.data(), bytes.size());
  return parse_model(std::span<const std::byte>(*owner), owner);
}

}  // namespace octet::tflite
