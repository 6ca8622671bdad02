#include "runtime/plan.h"

#include "runtime/builder.h"

namespace octet {

Plan::Plan(std::unique_ptr<PlanData> data) : data_(std::move(data)) {}
Plan::~Plan() = default;

std::span<const Port> Plan::inputs() const { return data_->inputs; }
std::span<const Port> Plan::outputs() const { return data_->outputs; }
std::span<const StepInfo> Plan::steps() const { return data_->step_infos; }
std::size_t Plan::arena_bytes() const { return data_->arena_bytes; }

Result<std::shared_ptr<const Plan>> compile(const Graph& graph, const RuntimeOptions& options) {
  OCTET_ASSIGN(auto data, PlanBuilder(graph, options).build());
  return std::shared_ptr<const Plan>(std::make_shared<Plan>(std::move(data)));
}

}  // namespace octet
