#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "formats/tflite/schema_generated.h"
#include "tensor/tensor.h"

// A TensorFlow Lite model (.tflite, schema version 3) as records: a FlatBuffer of tables (schema.fbs), verified before anything of it is
// read, whose buffers may lie inside it or behind it in the file. Indices and sizes are checked; what the operators mean is the
// importer's business. The format: tensorflow/lite/schema/schema.fbs of TensorFlow 2.21.
namespace octet::tflite {

using StoredType = schema::TensorType;

// real = scale * (stored - zero_point). Empty: the tensor is not quantized. Else there are as many zero points as scales: one for the
// tensor, or one for each index along `axis`. Scales are positive and finite; zero points fit the type of 8 or 16 bits.
struct Quantization {
  std::vector<float> scale;
  std::vector<std::int64_t> zero_point;
  std::int64_t axis = 0;

  explicit operator bool() const { return !scale.empty(); }
  bool per_axis() const { return scale.size() > 1; }
  bool operator==(const Quantization&) const = default;
};

struct TensorRecord {
  std::string name;
  StoredType type{};
  Shape shape;                     // unknown sizes are 1, as the format has them
  std::optional<Tensor> constant;  // in stored form; absent for what is computed, and for types that octet has no tensors of
  Quantization quantization;
  std::string unreadable = {};  // why octet cannot take the tensor where an operator needs it; empty if it can
};

struct OperatorRecord {
  std::int32_t code = 0;                      // BuiltinOperator of the format
  std::string custom_code;                    // the name of an operator that is not built in
  std::vector<std::int32_t> inputs, outputs;  // tensors; an input that is left out is -1
  schema::BuiltinOptionsUnion options;        // without a value where there are none, or none that octet knows
  std::span<const std::byte> custom_options;  // in the bytes of the file
};

// The first subgraph, which is the network; others are bodies of control flow. Operators are in the order of execution.
struct Model {
  std::string description;
  std::vector<TensorRecord> tensors;
  std::vector<OperatorRecord> operators;
  std::vector<std::int32_t> inputs, outputs;
  std::map<std::string, std::span<const std::byte>> metadata;  // in the bytes of the file
};

// `owner` keeps the bytes alive, which must be aligned as an allocation is; constants are views of them where their alignment allows.
// Errors: kMalformed (not of this format, cut short, an index out of range, a constant whose bytes do not fit its shape, a quantization
// that is none), kUnsupported (another version of the schema). Each names the tensor or operator.
Result<Model> parse_model(std::span<const std::byte> bytes, std::shared_ptr<const void> owner);

// The numbers and truth values (0, 1) of a FlexBuffer map; other values are left out. kMalformed for what is none.
Result<std::map<std::string, double>> parse_custom_options(std::span<const std::byte> bytes);

// The element type of the same meaning; nothing for one that octet lacks.
std::optional<ElementType> element_type_of(StoredType type);

// The format's name of a type ("INT16"), or its number.
std::string type_name(StoredType type);

// Whether a file that begins with these bytes is of this format.
bool is_model(std::string_view start);

}  // namespace octet::tflite
