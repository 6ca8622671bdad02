#include "importers/tflite/translate.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "graph/check_numbers.h"
#include "importers/tflite/original.h"
#include "importers/tflite/rules.h"

namespace octet::tflite {
namespace {

// Which operators the outputs need; what else is there may be of a kind that octet lacks.
std::vector<bool> needed_operators(const Model& model) {
  std::vector<bool> wanted(model.tensors.size(), false), needed(model.operators.size(), false);
  for (const std::int32_t output : model.outputs) wanted[static_cast<std::size_t>(output)] = true;
  for (std::size_t i = model.operators.size(); i-- > 0;) {
    const OperatorRecord& op = model.operators[i];
    needed[i] = std::ranges::any_of(op.outputs, [&](std::int32_t tensor) { return wanted[static_cast<std::size_t>(tensor)]; });
    if (!needed[i]) continue;
    for (const std::int32_t tensor : op.inputs)
      if (tensor >= 0) wanted[static_cast<std::size_t>(tensor)] = true;
  }
  return needed;
}

Status add_input(Network& network, std::int32_t tensor) {
  const TensorRecord& record = network.record(tensor);
  const auto failed = [&](ErrorCode code, std::string_view what) { return Error{code, fmt::format("input '{}' {}", record.name, what)}; };
  if (!record.unreadable.empty()) return failed(ErrorCode::kUnsupported, record.unreadable);
  if (network.is_known(tensor)) return failed(ErrorCode::kMalformed, "is a constant, or is listed twice");
  // Bytes without a scale are numbers from 0 to 255, which floats hold.
  const bool is_real = record.quantization || record.type == StoredType::UINT8;
  const auto type = is_real ? ElementType::kF32 : *element_type_of(record.type);
  Shape shape = record.shape;
  const Layout layout = is_pixels(shape) ? Layout::kPlanar : Layout::kPlain;
  if (layout == Layout::kPlanar) shape = {shape[0], shape[3], shape[1], shape[2]};
  auto added = network.add(Parameter{type, shape}, {}, record.name);
  if (!added.ok()) return failed(added.error().code, added.error().message);
  OCTET_ASSIGN(const Value value, network.rounded(record, *added));
  return network.give(tensor, value, layout);
}

// A result gets the tensor's name, the node that computes it another.
Status add_output(Network& network, std::int32_t tensor) {
  const std::string& name = network.record(tensor).name;
  if (!network.is_known(tensor)) return Error{ErrorCode::kMalformed, fmt::format("output '{}' is written by no operator", name)};
  OCTET_ASSIGN(const Value value, network.value(tensor, Layout::kPlain));
  Graph& graph = network.graph();
  for (std::size_t i = 0; i < graph.nodes().size(); ++i)
    if (graph.nodes()[i].name == name && !std::holds_alternative<Parameter>(graph.nodes()[i].op))
      graph.rename(static_cast<NodeId>(i), name + "/value");
  OCTET_ASSIGN([[maybe_unused]] const NodeId output, graph.add(Output{}, {value}, name));
  return {};
}

Status translate_operator(Network& network, std::size_t index, Translation& result) {
  Layer layer(network, index);
  if (is_post_process(layer.record())) {
    if (result.post_process) return layer.unsupported("is the second of its kind");
    OCTET_ASSIGN(result.post_process, append_post_process(layer));
    return {};
  }
  const NamedRule* rule = find_rule(layer.record().code);
  if (!rule) return layer.unsupported("octet does not know this operator; convert the model without it, or cut it off in front of it");
  OCTET_RETURN_IF_ERROR(layer.check(rule->least_inputs));
  return rule->rule(layer);
}

// Whether all outputs are of the operator that suppresses boxes; kUnsupported where only some are.
Result<bool> ends_in_post_process(const Model& model) {
  const auto found = std::ranges::find_if(model.operators, is_post_process);
  if (found == model.operators.end()) return false;
  const auto is_its = [&](std::int32_t tensor) { return std::ranges::find(found->outputs, tensor) != found->outputs.end(); };
  const auto count = std::ranges::count_if(model.outputs, is_its);
  if (count != 0 && count != std::ssize(model.outputs))
    return Error{ErrorCode::kUnsupported,
                 "has outputs beside those of TFLite_Detection_PostProcess; give a model that has one or the other"};
  return count != 0;
}

}  // namespace

Result<Translation> translate(const Model& model) {
  Translation result;
  Network network(model, result.graph);
  OCTET_ASSIGN(const bool ends_in_boxes, ends_in_post_process(model));
  for (const std::int32_t input : model.inputs) OCTET_RETURN_IF_ERROR(add_input(network, input));
  const std::vector<bool> needed = needed_operators(model);
  for (std::size_t i = 0; i < model.operators.size(); ++i)
    if (needed[i]) OCTET_RETURN_IF_ERROR(translate_operator(network, i, result));
  if (ends_in_boxes) {
    OCTET_ASSIGN([[maybe_unused]] const NodeId output, result.graph.add(Output{}, {result.post_process->rows}, "detection_out"));
  } else {
    for (const std::int32_t output : model.outputs) OCTET_RETURN_IF_ERROR(add_output(network, output));
  }
  if (model.outputs.empty()) return Error{ErrorCode::kMalformed, "has no output"};
  result.graph.tidy();
  OCTET_RETURN_IF_ERROR(check_numbers(result.graph));
  result.original = original_file(model, result.graph, result.post_process);
  return result;
}

}  // namespace octet::tflite
