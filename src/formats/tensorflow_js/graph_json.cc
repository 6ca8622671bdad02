#include "formats/tensorflow_js/graph_json.h"

#include <openssl/evp.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/parse_number.h"
#include "formats/tensorflow/graph_def.h"
#include "formats/tensorflow_js/json_field.h"

namespace octet::tensorflow_js {
namespace {

namespace proto = tensorflow::proto;
using Json = nlohmann::json;
using tensorflow::DataType;

Error malformed(std::string message) { return {ErrorCode::kMalformed, std::move(message)}; }

constexpr std::pair<std::string_view, DataType> kTypeNames[] = {
    {"DT_FLOAT", DataType::kFloat}, {"DT_DOUBLE", DataType::kDouble}, {"DT_INT32", DataType::kInt32},   {"DT_UINT8", DataType::kUint8},
    {"DT_INT16", DataType::kInt16}, {"DT_INT8", DataType::kInt8},     {"DT_STRING", DataType::kString}, {"DT_INT64", DataType::kInt64},
    {"DT_BOOL", DataType::kBool},   {"DT_UINT16", DataType::kUint16}, {"DT_HALF", DataType::kHalf},
};

// Something without numbers, as far as octet is concerned: DT_INVALID.
constexpr std::int32_t kOtherType = 0;

std::optional<std::int64_t> integer_of(const Json& json) {
  if (json.is_string()) return parse_number<std::int64_t>(json.get_ref<const std::string&>());
  if (json.is_number_unsigned() && json.get<std::uint64_t>() > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) return std::nullopt;
  if (json.is_number_integer()) return json.get<std::int64_t>();
  return std::nullopt;
}

std::optional<float> real_of(const Json& json) {
  if (json.is_number()) return static_cast<float>(json.get<double>());
  if (!json.is_string()) return std::nullopt;
  const std::string& text = json.get_ref<const std::string&>();
  if (text == "Infinity") return HUGE_VALF;
  if (text == "-Infinity") return -HUGE_VALF;
  if (text == "NaN") return std::nanf("");
  return parse_number<float>(text);
}

std::optional<std::int32_t> type_of(const Json& json) {
  if (json.is_string()) {
    for (const auto& [name, type] : kTypeNames)
      if (json.get_ref<const std::string&>() == name) return static_cast<std::int32_t>(type);
    return kOtherType;
  }
  const auto number = integer_of(json);
  return number && std::in_range<std::int32_t>(*number) ? std::optional(static_cast<std::int32_t>(*number)) : std::nullopt;
}

std::optional<std::string> from_base64(const std::string& text) {
  if (text.size() % 4 != 0 || !std::in_range<int>(text.size())) return std::nullopt;
  std::string bytes(text.size() / 4 * 3, '\0');
  const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()), reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
  if (length < 0) return std::nullopt;
  // What OpenSSL gives for the padding is zeros.
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  bytes.resize(static_cast<std::size_t>(length) - padding);
  return bytes;
}

std::optional<std::string> bytes_of(const Json& json) {
  if (json.is_string()) return from_base64(json.get_ref<const std::string&>());
  if (!json.is_array()) return std::nullopt;
  std::string bytes;
  for (const Json& item : json) {
    const auto byte = integer_of(item);
    if (!byte || *byte < 0 || *byte > 255) return std::nullopt;
    bytes += static_cast<char>(*byte);
  }
  return bytes;
}

Status read_shape(const Json& json, proto::TensorShape& shape) {
  const Json* dims = find_list(json, "dim");
  if (!dims) return {};
  for (const Json& dim : *dims) {
    const Json* size = find(dim, "size");
    const auto number = size ? integer_of(*size) : std::optional<std::int64_t>(0);  // protobuf leaves zeros out
    if (!number) return malformed("a shape has a size that is no whole number");
    shape.add_dim()->set_size(*number);
  }
  return {};
}

// Whole numbers and texts; lists of other things are of no use to octet.
Status read_list(const Json& json, proto::AttrValue::ListValue& list) {
  if (const Json* integers = find_list(json, "i"))
    for (const Json& item : *integers) {
      const auto number = integer_of(item);
      if (!number) return malformed("has something else in a list of whole numbers");
      list.add_i(*number);
    }
  if (const Json* texts = find_list(json, "s"))
    for (const Json& item : *texts) {
      auto text = bytes_of(item);
      if (!text) return malformed("has something else in a list of texts");
      list.add_s(*std::move(text));
    }
  return {};
}

// Puts a value that was read to its place.
template <typename Value, typename Set>
Status take(const std::optional<Value>& value, std::string_view expected, const Set& set) {
  if (!value) return malformed("is no " + std::string(expected));
  set(*value);
  return {};
}

Status read_value(const Json& json, proto::AttrValue& value) {
  if (const Json* found = find(json, "s")) return take(bytes_of(*found), "text", [&](const std::string& v) { value.set_s(v); });
  if (const Json* found = find(json, "i")) return take(integer_of(*found), "whole number", [&](std::int64_t v) { value.set_i(v); });
  if (const Json* found = find(json, "f")) return take(real_of(*found), "number", [&](float v) { value.set_f(v); });
  if (const Json* found = find(json, "type")) return take(type_of(*found), "type", [&](std::int32_t v) { value.set_type(v); });
  if (const Json* found = find(json, "shape")) return read_shape(*found, *value.mutable_shape());
  if (const Json* found = find(json, "list")) return read_list(*found, *value.mutable_list());
  if (const Json* found = find(json, "b")) {
    const auto flag = found->is_boolean() ? std::optional(found->get<bool>()) : std::nullopt;
    return take(flag, "truth value", [&](bool v) { value.set_b(v); });
  }
  return {};
}

Result<std::string> text_field(const Json& json, const char* key) {
  if (const std::string* found = find_text(json, key)) return *found;
  return malformed("has a node without '" + std::string(key) + "'");
}

Status read_node(const Json& json, proto::NodeDef& node) {
  OCTET_ASSIGN(*node.mutable_name(), text_field(json, "name"));
  OCTET_ASSIGN(*node.mutable_op(), text_field(json, "op"));
  const std::string where = "node " + in_quotes(node.name());
  if (const Json* inputs = find_list(json, "input"))
    for (const Json& input : *inputs) {
      if (!input.is_string()) return malformed("has an input that is no name").at(where);
      node.add_input(input.get<std::string>());
    }
  const Json* attributes = find(json, "attr");
  if (!attributes) return {};
  if (!attributes->is_object()) return malformed("its 'attr' is no object").at(where);
  for (const auto& [key, content] : attributes->items()) {
    proto::Attribute& attribute = *node.add_attr();
    attribute.set_key(key);
    if (auto status = read_value(content, *attribute.mutable_value()); !status.ok())
      return status.error().at(where + ": attribute " + in_quotes(key));
  }
  return {};
}

}  // namespace

Result<proto::GraphDef> graph_from_json(const Json& topology) {
  const Json* nodes = find_list(topology, "node");
  if (!nodes) return malformed("its 'modelTopology' has no list of nodes");
  proto::GraphDef graph;
  for (const Json& node : *nodes) OCTET_RETURN_IF_ERROR(read_node(node, *graph.add_node()));
  return graph;
}

}  // namespace octet::tensorflow_js
