#include "importers/onnx/translation.h"

#include <fmt/format.h>

#include <algorithm>

#include "importers/onnx/cut.h"
#include "importers/onnx/rules.h"

namespace octet::onnx {
namespace {

constexpr std::size_t kMostOutputs = 24;  // that a message proposes; a detector has no more
constexpr std::string_view kBlockedDomain =
    "com.microsoft.nchwc";  // ONNX Runtime's, of tensors in blocks of as many channels as a register holds

// Whether an operator is one that ONNX Runtime's layout optimizer made.
bool is_laid_out(const NodeRecord& node) {
  return node.domain == kBlockedDomain ||
         (node.domain == "com.microsoft" && (node.op.starts_with("Nhwc") || node.attributes.contains("channels_last")));
}

}  // namespace

Result<std::vector<const NodeRecord*>> needed_nodes(const GraphRecord& graph, std::span<const std::string> wanted) {
  std::unordered_map<std::string_view, const NodeRecord*> makers;
  for (const NodeRecord& node : graph.nodes)
    for (const std::string& output : node.outputs) makers.emplace(output, &node);
  std::unordered_set<const NodeRecord*> needed;
  std::vector<std::string_view> open(wanted.begin(), wanted.end());
  while (!open.empty()) {
    const std::string_view name = open.back();
    open.pop_back();
    if (const auto maker = makers.find(name); maker != makers.end() && needed.insert(maker->second).second)
      collect_reads(*maker->second, open);
  }
  std::vector<const NodeRecord*> in_order;
  for (const NodeRecord& node : graph.nodes)
    if (needed.contains(&node)) in_order.push_back(&node);
  return in_order;
}

Status Translation::run(const std::vector<const NodeRecord*>& nodes) {
  for (const NodeRecord* node : nodes) {
    const Status status = translate(*node);
    if (status.ok()) continue;
    Error error = status.error();
    if (error.code == ErrorCode::kUnsupported) error.message += advice(*node);
    return error;
  }
  return {};
}

Status Translation::translate(const NodeRecord& node) {
  if (node.domain.empty() && node.op == "If") return translate_branch(node);
  OCTET_ASSIGN_AT(Values values, apply_rule(node), place(node));
  if (values.size() < node.outputs.size() && std::any_of(node.outputs.begin() + static_cast<std::ptrdiff_t>(values.size()),
                                                         node.outputs.end(), [](const std::string& name) { return !name.empty(); }))
    return unsupported(fmt::format("has {} outputs, of which only {} are supported", node.outputs.size(), values.size())).at(place(node));
  for (std::size_t i = 0; i < node.outputs.size() && i < values.size(); ++i)
    if (!node.outputs[i].empty()) set(node.outputs[i], values[i]);
  return {};
}

Result<Values> Translation::apply_rule(const NodeRecord& node) {
  const OperatorRule* rule = find_rule(node.domain, node.op);
  if (!rule && is_laid_out(node))
    return unsupported(
        "ONNX Runtime laid this file out for one CPU: take the file that it was made of, or have it saved with no more than "
        "ORT_ENABLE_EXTENDED");
  if (!rule) return unsupported("octet does not know this operator");
  OCTET_ASSIGN(auto inputs, inputs_of(node));
  std::optional<Quantization> moved;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!inputs[i] || !inputs[i]->quantization) continue;
    if (rule->integers == Integers::kRefuses) return unsupported("computes with quantized integers as they are, which is not supported");
    if (rule->integers == Integers::kMoves && i > 0 && inputs[i]->quantization != inputs[0]->quantization)
      return unsupported("joins tensors that are quantized in different ways, which is not supported");
    moved = inputs[0] ? inputs[0]->quantization : std::nullopt;
  }
  NodeImport import(node, std::move(inputs), builder_, name_for(node));
  OCTET_ASSIGN(Values values, rule->rule(import));
  for (ImportedValue& value : values)
    if (rule->integers == Integers::kMoves && moved && builder_.graph.type(value.value).element == ElementType::kF32)
      value.quantization = moved;
  OCTET_RETURN_IF_ERROR(import.status());
  return values;
}

// The branch that is taken is known; its nodes see all values around them.
Status Translation::translate_branch(const NodeRecord& node) {
  OCTET_ASSIGN_AT(const auto inputs, inputs_of(node), place(node));
  const Tensor* condition = inputs.size() == 1 && inputs[0] ? builder_.graph.constant(inputs[0]->value) : nullptr;
  if (!condition || condition->size() != 1) return unsupported("its condition depends on the picture").at(place(node));
  const std::string_view name = to_vector<double>(*condition)[0] != 0 ? "then_branch" : "else_branch";
  const auto found = node.attributes.find(name);
  const auto* branch = found == node.attributes.end() ? nullptr : std::get_if<std::shared_ptr<const GraphRecord>>(&found->second);
  if (!branch || (*branch)->outputs.size() != node.outputs.size())
    return malformed(fmt::format("attribute '{}' is no graph of as many outputs", name)).at(place(node));
  for (const auto& [initializer, tensor] : (*branch)->initializers) inner_initializers_.insert_or_assign(initializer, &tensor);
  std::vector<const NodeRecord*> nodes;
  for (const NodeRecord& inner : (*branch)->nodes) nodes.push_back(&inner);
  OCTET_RETURN_IF_ERROR(run(nodes));
  for (std::size_t i = 0; i < node.outputs.size(); ++i) {
    OCTET_ASSIGN_AT(const ImportedValue result, value((*branch)->outputs[i]), place(node));
    set(node.outputs[i], result);
  }
  return {};
}

Result<std::vector<std::optional<ImportedValue>>> Translation::inputs_of(const NodeRecord& node) {
  std::vector<std::optional<ImportedValue>> inputs;
  for (const std::string& name : node.inputs) {
    inputs.emplace_back();
    if (name.empty()) continue;
    OCTET_ASSIGN(inputs.back(), value(name));
  }
  return inputs;
}

Result<ImportedValue> Translation::value(const std::string& name) {
  if (const auto found = values_.find(name); found != values_.end()) return found->second;
  const auto outer = source_.initializers.find(name);
  const auto inner = inner_initializers_.find(name);
  if (outer == source_.initializers.end() && inner == inner_initializers_.end())
    return malformed("reads " + in_quotes(name) + ", which is not in the file: it was cut short or edited; fetch or export it again");
  const Tensor& tensor = outer != source_.initializers.end() ? outer->second : *inner->second;
  auto constant = builder_.add_stored(Constant{in_graph_element(tensor)}, {}, reserved_.contains(name) ? name + "/value" : name);
  if (!constant.ok()) return constant.error().at("initializer " + in_quotes(name));
  const ImportedValue imported{*constant};
  set(name, imported);
  return imported;
}

// What a person can do about a node that octet lacks.
std::string Translation::advice(const NodeRecord& node) {
  const bool others_fail_alike = !find_rule(node.domain, node.op) || node.op == "NonZero";  // of what depends on the picture
  const std::vector<std::string> names = values_in_front_of(source_, node, others_fail_alike);
  if (names.empty() || names.size() > kMostOutputs) return "";
  return fmt::format("; if what is in front of it is the detector, cut the graph there: --outputs {}", fmt::join(names, ","));
}

std::string Translation::name_for(const NodeRecord& node) const {
  const std::string name = !node.name.empty() ? node.name : node.outputs.empty() ? node.op : node.outputs[0];
  return reserved_.contains(name) ? name + "/" + node.op : name;
}

}  // namespace octet::onnx
