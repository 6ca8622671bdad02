#include "formats/tensorflow/graph_def.h"

#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <unordered_map>

#include "base/checked_math.h"
#include "base/parse_number.h"
#include "formats/tensorflow/graph_def.pb.h"

namespace octet::tensorflow {
namespace {

static_assert(std::endian::native == std::endian::little, "tensor contents are little-endian");

// A constant may give one value for any number of elements; this bounds what a small file can ask for in all.
constexpr std::int64_t kMaxExpandedBytes = std::int64_t{1} << 28;

Error malformed(std::string message) { return {ErrorCode::kMalformed, std::move(message)}; }

Result<std::vector<std::int64_t>> sizes_of(const proto::TensorShape& shape) {
  std::vector<std::int64_t> sizes;
  for (const auto& dim : shape.dim()) {
    if (dim.size() < -1) return malformed("a shape has the size " + std::to_string(dim.size()));
    sizes.push_back(dim.size());
  }
  return sizes;
}

// Writes the values of a *_val field to `bytes`; the last one stands for all that are left out.
template <typename Stored, typename Values>
Status expand(const Values& values, std::int64_t count, std::string& bytes) {
  if (values.size() > count) return malformed(std::to_string(values.size()) + " values for " + std::to_string(count) + " elements");
  bytes.assign(static_cast<std::size_t>(count) * sizeof(Stored), '\0');
  Stored value{};
  for (std::int64_t i = 0; i < count; ++i) {
    if (i < values.size()) value = static_cast<Stored>(values.Get(static_cast<int>(i)));
    std::memcpy(&bytes[static_cast<std::size_t>(i) * sizeof(Stored)], &value, sizeof value);
  }
  return {};
}

Status expand_values(const proto::Tensor& tensor, DataType type, std::int64_t count, std::string& bytes) {
  switch (type) {
    case DataType::kFloat:
      return expand<float>(tensor.float_val(), count, bytes);
    case DataType::kDouble:
      return expand<double>(tensor.double_val(), count, bytes);
    case DataType::kInt32:
      return expand<std::int32_t>(tensor.int_val(), count, bytes);
    case DataType::kUint8:
      return expand<std::uint8_t>(tensor.int_val(), count, bytes);
    case DataType::kInt16:
      return expand<std::int16_t>(tensor.int_val(), count, bytes);
    case DataType::kInt8:
      return expand<std::int8_t>(tensor.int_val(), count, bytes);
    case DataType::kUint16:
      return expand<std::uint16_t>(tensor.int_val(), count, bytes);
    case DataType::kInt64:
      return expand<std::int64_t>(tensor.int64_val(), count, bytes);
    case DataType::kBool:
      return expand<std::uint8_t>(tensor.bool_val(), count, bytes);
    case DataType::kHalf:
      return expand<std::uint16_t>(tensor.half_val(), count, bytes);
    case DataType::kString:
      break;
  }
  return {};
}

Result<TensorRecord> tensor_record(proto::Tensor& tensor, std::int64_t& expanded_budget) {
  TensorRecord record;
  record.type = static_cast<DataType>(tensor.dtype());
  OCTET_ASSIGN(record.shape, sizes_of(tensor.tensor_shape()));
  const auto count = checked_product(record.shape);
  if (!count) return malformed("a constant has no valid shape");
  const auto element_bytes = static_cast<std::int64_t>(size_of(record.type));
  if (element_bytes == 0) return record;
  const auto bytes = checked_product(std::array{*count, element_bytes});
  if (!bytes) return malformed("a constant has no valid shape");
  if (!tensor.tensor_content().empty()) {
    if (static_cast<std::int64_t>(tensor.tensor_content().size()) != *bytes)
      return malformed("a constant has " + std::to_string(tensor.tensor_content().size()) + " bytes where its shape asks for " +
                       std::to_string(*bytes));
    record.bytes = std::move(*tensor.mutable_tensor_content());
    return record;
  }
  if (*bytes > expanded_budget) return malformed("constants claim more than " + std::to_string(kMaxExpandedBytes) + " bytes");
  expanded_budget -= *bytes;
  OCTET_RETURN_IF_ERROR(expand_values(tensor, record.type, *count, record.bytes));
  return record;
}

Result<Attribute> attribute_of(proto::AttrValue& value, std::int64_t& expanded_budget) {
  switch (value.value_case()) {
    case proto::AttrValue::kS:
      return Attribute(std::move(*value.mutable_s()));
    case proto::AttrValue::kI:
      return Attribute(std::int64_t{value.i()});
    case proto::AttrValue::kF:
      return Attribute(value.f());
    case proto::AttrValue::kB:
      return Attribute(value.b());
    case proto::AttrValue::kType:
      return Attribute(static_cast<DataType>(value.type()));
    case proto::AttrValue::kShape: {
      OCTET_ASSIGN(auto sizes, sizes_of(value.shape()));
      return Attribute(ShapeRecord{value.shape().unknown_rank(), std::move(sizes)});
    }
    case proto::AttrValue::kTensor: {
      OCTET_ASSIGN(auto tensor, tensor_record(*value.mutable_tensor(), expanded_budget));
      return Attribute(std::move(tensor));
    }
    case proto::AttrValue::kList:
      return Attribute(std::vector<std::int64_t>(value.list().i().begin(), value.list().i().end()));
    case proto::AttrValue::VALUE_NOT_SET:
      break;
  }
  return Attribute();
}

using Names = std::unordered_map<std::string_view, NodeIndex>;

// Adds "name", "name:port" or "^name" to the inputs or controls of a node.
Status add_input(std::string_view text, const Names& names, NodeRecord& node) {
  const bool control = text.starts_with('^');
  std::string_view name = text.substr(control ? 1 : 0);
  std::uint32_t port = 0;
  if (const std::size_t colon = name.rfind(':'); colon != std::string_view::npos && !control) {
    const std::string_view digits = name.substr(colon + 1);
    const auto parsed = parse_number<std::uint32_t>(digits);
    if (!parsed) return malformed("input " + in_quotes(text) + " names no output");
    port = *parsed;
    name = name.substr(0, colon);
  }
  const auto found = names.find(name);
  if (found == names.end())
    return malformed("reads " + in_quotes(name) + ", which is not in the file: it was cut short or edited; fetch or export it again");
  if (control)
    node.controls.push_back(found->second);
  else
    node.inputs.push_back({found->second, port});
  return {};
}

Status fill_node(proto::NodeDef& source, const Names& names, std::int64_t& expanded_budget, NodeRecord& node) {
  for (const std::string& input : source.input()) OCTET_RETURN_IF_ERROR(add_input(input, names, node));
  for (auto& attribute : *source.mutable_attr()) {
    auto value = attribute_of(*attribute.mutable_value(), expanded_budget);
    if (!value.ok()) return value.error().at("attribute " + in_quotes(attribute.key()));
    node.attributes.insert_or_assign(std::move(*attribute.mutable_key()), *std::move(value));
  }
  return {};
}

constexpr std::string_view kNotAGraph =
    "not a TensorFlow frozen graph (a binary GraphDef, usually named frozen_inference_graph.pb), or cut short; fetch or export it again";

Result<GraphDef> records_of(proto::GraphDef& source) {
  if (source.node().empty()) return malformed(std::string(kNotAGraph));
  GraphDef graph;
  graph.nodes.resize(static_cast<std::size_t>(source.node_size()));
  Names names;
  for (NodeIndex i = 0; i < graph.nodes.size(); ++i) {
    proto::NodeDef& node = *source.mutable_node(static_cast<int>(i));
    if (node.name().empty() || node.op().empty()) return malformed(std::string(kNotAGraph));
    graph.nodes[i].name = std::move(*node.mutable_name());
    graph.nodes[i].op = std::move(*node.mutable_op());
  }
  for (NodeIndex i = 0; i < graph.nodes.size(); ++i)
    if (!names.emplace(graph.nodes[i].name, i).second) return malformed("two nodes are named " + in_quotes(graph.nodes[i].name));
  std::int64_t expanded_budget = kMaxExpandedBytes;
  for (NodeIndex i = 0; i < graph.nodes.size(); ++i)
    if (auto filled = fill_node(*source.mutable_node(static_cast<int>(i)), names, expanded_budget, graph.nodes[i]); !filled.ok())
      return filled.error().at("node " + in_quotes(graph.nodes[i].name));
  return graph;
}

}  // namespace

std::size_t size_of(DataType type) {
  switch (type) {
    case DataType::kUint8:
    case DataType::kInt8:
    case DataType::kBool:
      return 1;
    case DataType::kInt16:
    case DataType::kUint16:
    case DataType::kHalf:
      return 2;
    case DataType::kFloat:
    case DataType::kInt32:
      return 4;
    case DataType::kDouble:
    case DataType::kInt64:
      return 8;
    case DataType::kString:
      break;
  }
  return 0;
}

Result<GraphDef> parse_graph_def(std::span<const std::byte> bytes) {
  proto::GraphDef source;
  if (bytes.empty()) return malformed("the file is empty");
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()) ||
      !source.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return malformed(std::string(kNotAGraph));
  return records_of(source);
}

std::string in_quotes(std::string_view name) {
  constexpr std::size_t kLongest = 200;
  std::string text = "'";
  for (const char c : name.substr(0, kLongest)) text += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return text + (name.size() > kLongest ? "...'" : "'");
}

}  // namespace octet::tensorflow
