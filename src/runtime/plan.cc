#include "runtime/plan.h"

#include "kernels/conv2d/conv2d.h"
#include "runtime/builder.h"
#include "runtime/constants.h"

namespace octet {
namespace {

// The longest way from a stored constant to the one that a kernel reads, in operations that keep its size: compressed weights.
constexpr std::uint64_t kStepsOfAConstant = 8;

// Each constant that is computed from others may fit where all of them do not: a file of a few bytes can double one forty times.
Status check_computed_constants(const Graph& graph, const RuntimeOptions& options) {
  const Constants constants(graph);
  std::uint64_t allowed = options.memory_limit, computed = 0;
  for (const Node& node : graph.nodes())
    if (const auto* constant = std::get_if<Constant>(&node.op))
      allowed += kStepsOfAConstant * static_cast<std::uint64_t>(constant->value.size()) * sizeof(float);
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    const Node& node = graph.nodes()[i];
    if (std::holds_alternative<Constant>(node.op) || !constants.is_constant({static_cast<NodeId>(i), 0})) continue;
    for (const TensorType& type : node.outputs) computed += bytes_of(type);
    if (computed > allowed) return too_large(node.name, computed, options.memory_limit);
  }
  return {};
}

// Before anything is computed or laid out, as constants may be as large as any other value.
Status check_options(const Graph& graph, const RuntimeOptions& options) {
  if (options.precision == InferencePrecision::kBf16 && !kernels::has_bf16(options.isa))
    return Error{ErrorCode::kUnsupported,
                 "the instruction set " + std::string(options.isa.name) + " has no products of bf16 (AVX512_BF16); take f32"};
  for (const Node& node : graph.nodes())
    for (const TensorType& type : node.outputs)
      if (bytes_of(type) > options.memory_limit) return too_large(node.name, bytes_of(type), options.memory_limit);
  OCTET_RETURN_IF_ERROR(check_computed_constants(graph, options));
  if (!options.picture_input) return {};
  const auto inputs = graph.parameters();
  if (inputs.size() != 1)
    return Error{ErrorCode::kInvalidArgument, "a model of " + std::to_string(inputs.size()) + " inputs does not take a picture"};
  const auto& [element, shape] = graph.node(inputs[0]).outputs[0];
  if (element != ElementType::kF32 || shape.size() != 4)
    return Error{ErrorCode::kInvalidArgument, "input '" + graph.node(inputs[0]).name + "' is " + std::string(name_of(element)) +
                                                  to_string(shape) + ", not a picture f32[N,C,H,W]"};
  return {};
}

}  // namespace

Plan::Plan(std::unique_ptr<PlanData> data) : data_(std::move(data)) {}
Plan::~Plan() = default;

std::span<const Port> Plan::inputs() const { return data_->inputs; }
std::span<const Port> Plan::outputs() const { return data_->outputs; }
std::span<const StepInfo> Plan::steps() const { return data_->step_infos; }
std::size_t Plan::arena_bytes() const { return data_->arena_bytes; }

Result<std::shared_ptr<const Plan>> compile(const Graph& graph, const RuntimeOptions& options) {
  OCTET_RETURN_IF_ERROR(check_options(graph, options));
  OCTET_ASSIGN(auto data, PlanBuilder(graph, options).build());
  return std::shared_ptr<const Plan>(std::make_shared<Plan>(std::move(data)));
}

}  // namespace octet
