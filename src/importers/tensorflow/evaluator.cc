#include "importers/tensorflow/evaluator.h"

#include "importers/tensorflow/constant_ops.h"

namespace octet::tensorflow {
Evaluator::Evaluator(const Source& source, ShapeOf shape_of)
    : source_(source), shape_of_(std::move(shape_of)), states_(source.size(), State::kFresh) {}

const Tensor* Evaluator::known(Ref ref) const {
  if (const auto found = bound_.find(ref); found != bound_.end()) return &found->second;
  const auto found = values_.find(ref.node);
  return found != values_.end() && ref.port < found->second.size() ? &found->second[ref.port] : nullptr;
}

Result<Tensor> Evaluator::evaluate(Ref ref) {
  std::vector<NodeIndex> stack;
  if (!known(ref)) stack.push_back(ref.node);
  const auto step = [&]() -> Status {
    const NodeIndex index = stack.back();
    if (const auto failed = failures_.find(index); failed != failures_.end()) return failed->second;
    if (states_[index] == State::kFresh) {
      OCTET_ASSIGN(const bool waits, open(index, stack));
      if (waits) return {};
    }
    if (states_[index] != State::kDone) OCTET_RETURN_IF_ERROR(compute(index));
    states_[index] = State::kDone;
    stack.pop_back();
    return {};
  };
  while (!stack.empty()) {
    if (auto status = step(); !status.ok()) {
      for (const NodeIndex index : stack)
        if (index == stack.back() || states_[index] == State::kOpen) {
          states_[index] = State::kFresh;
          failures_.try_emplace(index, status.error());
        }
      return status.error();
    }
  }
  const Tensor* value = known(ref);
  if (!value) return malformed(source_.node(ref), "has no output " + std::to_string(ref.port));
  return *value;
}

template <typename T>
Result<T> Evaluator::single(Ref ref) {
  OCTET_ASSIGN(const Tensor value, evaluate(ref));
  if (value.size() != 1) return malformed(source_.node(ref), "is " + to_string(value.shape()) + " where one number is expected");
  return to_vector<T>(value)[0];
}
template Result<double> Evaluator::single<double>(Ref);
template Result<std::int64_t> Evaluator::single<std::int64_t>(Ref);

Result<bool> Evaluator::open(NodeIndex index, std::vector<NodeIndex>& stack) {
  const NodeRecord& node = source_.node(index);
  states_[index] = State::kOpen;
  if (asks_for_shape(node) && answer_shape(index).ok()) return false;
  if (!constant_rule(node.op)) return unsupported(node, "depends on the image or on an operation that octet cannot compute beforehand");
  bool waits = false;
  for (const Ref input : node.inputs) {
    if (known(input) || states_[input.node] == State::kDone) continue;
    if (states_[input.node] == State::kOpen) return malformed(node, "depends on itself");
    stack.push_back(input.node);
    waits = true;
  }
  return waits;
}

// Shape and its kin of a value that is not computed here; not ok if its shape is not known.
Status Evaluator::answer_shape(NodeIndex index) {
  const NodeRecord& node = source_.node(index);
  OCTET_RETURN_IF_ERROR(expect_inputs(node, 1));
  if (known(node.inputs[0])) return Error{};
  if (!shape_of_ || !source_.is_dynamic(node.inputs[0])) return Error{};
  OCTET_ASSIGN(const Shape shape, shape_of_(node.inputs[0]));
  OCTET_RETURN_IF_ERROR(validate_shape(shape));
  OCTET_ASSIGN(Tensor answer, shape_answer(node, shape));
  values_[index] = {std::move(answer)};
  states_[index] = State::kDone;
  return {};
}

Status Evaluator::compute(NodeIndex index) {
  const NodeRecord& node = source_.node(index);
  const ConstantRule& rule = *constant_rule(node.op);
  OCTET_RETURN_IF_ERROR(expect_inputs(node, rule.inputs));
  std::vector<Tensor> inputs;
  for (const Ref input : node.inputs) {
    const Tensor* value = known(input);
    if (!value)
      return malformed(node,
                       "reads output " + std::to_string(input.port) + " of " + in_quotes(source_.node(input).name) + ", which has none");
    inputs.push_back(*value);
  }
  auto outputs = rule.compute(node, inputs);
  if (!outputs.ok()) return outputs.error().at(place(node));
  for (const Tensor& output : *outputs) elements_left_ -= output.size();
  values_[index] = *std::move(outputs);
  if (elements_left_ < 0) return malformed(node, "the constants of this graph are too large");
  return {};
}

}  // namespace octet::tensorflow
