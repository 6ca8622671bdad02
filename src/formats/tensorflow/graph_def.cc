#include "formats/tensorflow/graph_def.h"

#include <bit>
#include <cstring>
#include <limits>
#include <memory>
#include <unordered_map>

#include "base/parse_number.h"
#include "formats/tensorflow/graph_def.pb.h"
#include "formats/tensorflow/inline_functions.h"
#include "formats/tensorflow/records.h"

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

// Writes the values of a *_val field to a tensor; the last one stands for all that are left out.
template <typename Stored, typename Values>
Status expand(const Values& values, Tensor& tensor) {
  if (values.size() > tensor.size())
    return malformed(std::to_string(values.size()) + " values for " + std::to_string(tensor.size()) + " elements");
  std::byte* to = tensor.mutable_bytes().data();
  Stored value{};
  for (std::int64_t i = 0; i < tensor.size(); ++i, to += sizeof value) {
    if (i < values.size()) value = static_cast<Stored>(values.Get(static_cast<int>(i)));
    std::memcpy(to, &value, sizeof value);
  }
  return {};
}

Status expand_values(const proto::Tensor& source, Tensor& tensor) {
  switch (tensor.type()) {
    case ElementType::kF32:
      return expand<float>(source.float_val(), tensor);
    case ElementType::kF64:
      return expand<double>(source.double_val(), tensor);
    case ElementType::kI64:
      return expand<std::int64_t>(source.int64_val(), tensor);
    case ElementType::kBoolean:
      return expand<bool>(source.bool_val(), tensor);
    case ElementType::kF16:
      return expand<std::uint16_t>(source.half_val(), tensor);
    case ElementType::kI32:
      return expand<std::int32_t>(source.int_val(), tensor);
    case ElementType::kU8:
      return expand<std::uint8_t>(source.int_val(), tensor);
    case ElementType::kI16:
      return expand<std::int16_t>(source.int_val(), tensor);
    case ElementType::kI8:
      return expand<std::int8_t>(source.int_val(), tensor);
    case ElementType::kU16:
      return expand<std::uint16_t>(source.int_val(), tensor);
    case ElementType::kU32:
    case ElementType::kU64:
      break;
  }
  OCTET_CHECK(false, "an element type that no DataType gives");
}

// A view of the bytes of a file, which the tensor keeps.
Tensor tensor_of_content(ElementType type, Shape shape, std::string bytes) {
  const auto owner = std::make_shared<const std::string>(std::move(bytes));
  // A byte of a bool may be any number in a file.
  const ElementType stored = type == ElementType::kBoolean ? ElementType::kU8 : type;
  return converted(Tensor(stored, std::move(shape), std::as_bytes(std::span(*owner)), owner), type);
}

Result<Attribute> constant_of(proto::Tensor& source, std::int64_t& expanded_budget) {
  const auto type = element_type_of(static_cast<DataType>(source.dtype()));
  if (!type) return Attribute();
  OCTET_ASSIGN(Shape shape, sizes_of(source.tensor_shape()));
  if (!validate_shape(shape).ok()) return malformed("a constant has no valid shape");
  const auto bytes = element_count(shape) * static_cast<std::int64_t>(size_of(*type));
  if (!source.tensor_content().empty()) {
    if (static_cast<std::int64_t>(source.tensor_content().size()) != bytes)
      return malformed("a constant has " + std::to_string(source.tensor_content().size()) + " bytes where its shape asks for " +
                       std::to_string(bytes));
    return Attribute(tensor_of_content(*type, std::move(shape), std::move(*source.mutable_tensor_content())));
  }
  if (bytes > expanded_budget) return malformed("constants claim more than " + std::to_string(kMaxExpandedBytes) + " bytes");
  expanded_budget -= bytes;
  Tensor tensor(*type, std::move(shape));
  OCTET_RETURN_IF_ERROR(expand_values(source, tensor));
  return Attribute(std::move(tensor));
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
      return Attribute(ShapeAttribute{std::move(sizes)});
    }
    case proto::AttrValue::kTensor:
      return constant_of(*value.mutable_tensor(), expanded_budget);
    case proto::AttrValue::kList: {
      const auto& integers = value.list().i();
      const auto& texts = value.list().s();
      if (!texts.empty()) return Attribute(std::vector<std::string>(texts.begin(), texts.end()));
      if (integers.empty() && value.list().ByteSizeLong() > 0) break;  // of other items, which are fields that are not known here
      return Attribute(std::vector<std::int64_t>(integers.begin(), integers.end()));
    }
    case proto::AttrValue::kFunc:
    case proto::AttrValue::VALUE_NOT_SET:
      break;
  }
  return Attribute();
}

using Names = std::unordered_map<std::string_view, NodeIndex>;

// Adds "name" or "name:port" to the inputs of a node; of "^name" it sees only that there is such a node.
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
  if (!control) node.inputs.push_back({found->second, port});
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

}  // namespace

std::optional<ElementType> element_type_of(DataType type) {
  constexpr std::pair<DataType, ElementType> kTypes[] = {
      {DataType::kFloat, ElementType::kF32},    {DataType::kDouble, ElementType::kF64}, {DataType::kHalf, ElementType::kF16},
      {DataType::kInt8, ElementType::kI8},      {DataType::kUint8, ElementType::kU8},   {DataType::kInt16, ElementType::kI16},
      {DataType::kUint16, ElementType::kU16},   {DataType::kInt32, ElementType::kI32},  {DataType::kInt64, ElementType::kI64},
      {DataType::kBool, ElementType::kBoolean},
  };
  for (const auto& [known, element] : kTypes)
    if (known == type) return element;
  return std::nullopt;
}

std::string_view kind_of(const Attribute& attribute) {
  constexpr std::string_view kKinds[std::variant_size_v<Attribute>] = {
      "something without numbers", "text",           "a whole number", "a number", "true or false", "a type", "a shape", "a constant",
      "a list of whole numbers",   "a list of texts"};
  return kKinds[attribute.index()];
}

Result<GraphDef> records_of(proto::GraphDef&& source) {
  if (source.node().empty()) return malformed(std::string(kNotAGraph));
  GraphDef graph;
  graph.is_whole = source.has_versions();
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

Result<GraphDef> parse_graph_def(std::span<const std::byte> bytes) {
  proto::GraphDef source;
  if (bytes.empty()) return malformed("the file is empty");
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()) ||
      !source.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return malformed(std::string(kNotAGraph));
  if (!source.library().function().empty()) {
    std::vector<std::string> no_outputs;
    OCTET_RETURN_IF_ERROR(inline_functions(source, no_outputs));
  }
  return records_of(std::move(source));
}

}  // namespace octet::tensorflow
