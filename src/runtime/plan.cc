#include "runtime/plan.h"

#include "runtime/builder.h"

namespace octet {
namespace {

// Before anything is computed or laid out, as constants may be as large as any other value.
Status check_options(const Graph& graph, const RuntimeOptions& options) {
  for (const Node& node : graph.nodes())
    for (const TensorType& type : node.outputs)
      if (bytes_of(type) > options.memory_limit) return too_large(node.name, bytes_of(type), options.memory_limit);
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
