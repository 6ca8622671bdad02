#include "formats/tensorflow_js/weights.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/tensorflow/graph_def.h"
#include "formats/tensorflow_js/json_field.h"

namespace octet::tensorflow_js {
namespace {

static_assert(std::endian::native == std::endian::little, "shards are little-endian");

using Json = nlohmann::json;

constexpr std::size_t kMaxBytes = std::size_t{1} << 31;  // of all shards together

Error malformed(std::string message) { return {ErrorCode::kMalformed, std::move(message)}; }

constexpr std::pair<std::string_view, ElementType> kTypes[] = {
    {"float32", ElementType::kF32}, {"float16", ElementType::kF16}, {"int32", ElementType::kI32},
    {"uint8", ElementType::kU8},    {"uint16", ElementType::kU16},  {"bool", ElementType::kBoolean},
};

Result<ElementType> type_of(const Json& json) {
  const std::string* text = find_text(json, "dtype");
  if (!text) return malformed("has no 'dtype'");
  for (const auto& [name, type] : kTypes)
    if (*text == name) return type;
  return Error{ErrorCode::kUnsupported, "is of the type " + in_quotes(*text) + ", which octet does not know"};
}

// One entry of a group.
struct Weight {
  std::string name;
  Shape shape;
  bool is_text = false;
  ElementType type = ElementType::kF32, stored = ElementType::kF32;
  double scale = 1, minimum = 0;  // value = stored * scale + minimum, where they are not the same type
};

Status read_quantization(const Json& json, Weight& weight) {
  OCTET_ASSIGN(weight.stored, type_of(json));
  if (weight.stored == ElementType::kF16) return {};
  const Json *scale = find(json, "scale"), *minimum = find(json, "min");
  if (!scale || !minimum || !scale->is_number() || !minimum->is_number()) return malformed("is quantized without a 'scale' and a 'min'");
  weight.scale = scale->get<double>();
  weight.minimum = minimum->get<double>();
  return {};
}

Status read_shape(const Json& json, Shape& shape) {
  const Json* sizes = find_list(json, "shape");
  if (!sizes) return malformed("has no 'shape'");
  for (const Json& size : *sizes) {
    if (!size.is_number_integer() || (size.is_number_unsigned() && size.get<std::uint64_t>() > kMaxBytes))
      return malformed("has a 'shape' of other than sizes");
    shape.push_back(size.get<std::int64_t>());
  }
  return validate_shape(shape);
}

Result<Weight> weight_of(const Json& json) {
  const std::string* name = find_text(json, "name");
  if (!name) return malformed("weightsManifest: has a weight without a 'name'");
  Weight weight;
  weight.name = *name;
  const auto read_fields = [&]() -> Status {
    OCTET_RETURN_IF_ERROR(read_shape(json, weight.shape));
    const std::string* dtype = find_text(json, "dtype");
    weight.is_text = dtype && *dtype == "string";
    if (weight.is_text) return {};
    OCTET_ASSIGN(weight.type, type_of(json));
    weight.stored = weight.type;
    const Json* quantization = find(json, "quantization");
    return quantization ? read_quantization(*quantization, weight) : Status();
  };
  if (auto status = read_fields(); !status.ok()) return status.error().at("weight " + in_quotes(weight.name));
  return weight;
}

Tensor dequantized(const Weight& weight, const Tensor& stored) {
  if (weight.type == weight.stored) return stored;
  std::vector<double> values = to_vector<double>(stored);
  for (double& value : values) value = value * weight.scale + weight.minimum;
  if (weight.type != ElementType::kF32)
    for (double& value : values) value = std::round(value);
  return converted(Tensor::of<double>(weight.shape, values), weight.type);
}

// The bytes of a group, taken from the front.
class Group {
 public:
  explicit Group(std::string bytes) : bytes_(std::move(bytes)), rest_(bytes_) {}
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;

  std::size_t left() const { return rest_.size(); }

  Result<std::string_view> take(std::uint64_t count) {
    if (count > rest_.size())
      return malformed("needs " + std::to_string(count) + " bytes where its shards have " + std::to_string(rest_.size()) +
                       " left: one is cut short or missing; fetch the model again");
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }

 private:
  std::string bytes_;
  std::string_view rest_;
};

// Each text is its length in four bytes and its bytes.
Status pass_over_texts(const Weight& weight, Group& group) {
  for (std::int64_t i = 0; i < element_count(weight.shape); ++i) {
    std::uint32_t length = 0;
    OCTET_ASSIGN(const std::string_view prefix, group.take(sizeof length));
    std::memcpy(&length, prefix.data(), sizeof length);
    OCTET_ASSIGN([[maybe_unused]] const std::string_view text, group.take(length));
  }
  return {};
}

Result<Tensor> take_numbers(const Weight& weight, Group& group) {
  const std::uint64_t count = static_cast<std::uint64_t>(element_count(weight.shape)) * size_of(weight.stored);
  OCTET_ASSIGN(const std::string_view bytes, group.take(count));
  // A byte of a bool may be any number in a file.
  const ElementType raw = weight.stored == ElementType::kBoolean ? ElementType::kU8 : weight.stored;
  Tensor stored(raw, weight.shape);
  std::memcpy(stored.mutable_bytes().data(), bytes.data(), bytes.size());
  return dequantized(weight, raw == weight.stored ? stored : converted(stored, weight.stored));
}

// A shard lies beside the JSON file.
bool is_plain_name(const std::string& path) {
  return !path.empty() && path != "." && path != ".." && path.find_first_of(std::string_view("/\\\0", 3)) == std::string::npos;
}

class Reader {
 public:
  explicit Reader(const ReadShard& read_shard) : read_shard_(read_shard) {}

  Status read_group(const Json& json) {
    const Json *paths = find_list(json, "paths"), *weights = find_list(json, "weights");
    if (!paths || !weights) return malformed("weightsManifest: has a group without 'paths' and 'weights'");
    OCTET_ASSIGN(std::string bytes, joined_shards(*paths));
    Group group(std::move(bytes));
    for (const Json& entry : *weights) {
      OCTET_ASSIGN(const Weight weight, weight_of(entry));
      if (auto status = read_weight(weight, group); !status.ok()) return status.error().at("weight " + in_quotes(weight.name));
    }
    if (group.left() != 0)
      return malformed("weightsManifest: the shards have " + std::to_string(group.left()) +
                       " bytes more than the weights; they are not of this model");
    return {};
  }

  std::map<std::string, Tensor> arrays() && { return std::move(arrays_); }

 private:
  Result<std::string> joined_shards(const Json& paths) {
    std::string bytes;
    for (const Json& path : paths) {
      const std::string name = path.is_string() ? path.get<std::string>() : std::string();
      if (!is_plain_name(name)) return malformed("weightsManifest: " + in_quotes(name) + " is no file of the same folder");
      if (!shards_.insert(name).second) return malformed("weightsManifest: names the shard " + in_quotes(name) + " twice");
      OCTET_ASSIGN(const std::string shard, read_shard_(name, bytes_left_));
      bytes_left_ -= std::min(bytes_left_, shard.size());
      bytes += shard;
    }
    return bytes;
  }

  Status read_weight(const Weight& weight, Group& group) {
    if (weight.is_text) return pass_over_texts(weight, group);
    OCTET_ASSIGN(Tensor array, take_numbers(weight, group));
    if (!arrays_.emplace(weight.name, std::move(array)).second) return malformed("is in the manifest twice");
    return {};
  }

  const ReadShard& read_shard_;
  std::size_t bytes_left_ = kMaxBytes;
  std::set<std::string> shards_;
  std::map<std::string, Tensor> arrays_;
};

}  // namespace

Result<std::map<std::string, Tensor>> read_weights(const Json& model, const ReadShard& read_shard) {
  const Json* manifest = find_list(model, "weightsManifest");
  if (!manifest) return malformed("has no 'weightsManifest'");
  Reader reader(read_shard);
  for (const Json& group : *manifest) OCTET_RETURN_IF_ERROR(reader.read_group(group));
  return std::move(reader).arrays();
}

}  // namespace octet::tensorflow_js
