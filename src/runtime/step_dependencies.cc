#include "runtime/step_dependencies.h"

#include <algorithm>
#include <ranges>
#include <set>

namespace octet {
namespace {

// Slots that share a buffer depend on it as a whole.
using Buffer = std::pair<Slot::Memory, std::size_t>;

class Buffers {
 public:
  explicit Buffers(const PlanData& plan) : plan_(plan) {}

  void add(SlotId id) { buffers_.insert(of(id)); }
  void add(const std::vector<SlotId>& ids) {
    for (const SlotId id : ids) add(id);
  }
  bool has_one_of(const std::vector<SlotId>& ids) const {
    return std::ranges::any_of(ids, [this](SlotId id) { return buffers_.contains(of(id)); });
  }

 private:
  Buffer of(SlotId id) const { return {plan_.slot(id).memory, plan_.slot(id).index}; }

  const PlanData& plan_;
  std::set<Buffer> buffers_;
};

// By step: whether a wanted one, or what that one shows, depends on it.
std::vector<char> steps_that_lead_to(const PlanData& plan, FunctionRef<bool(const Step&)> is_wanted) {
  std::vector<char> leads(plan.steps.size());
  Buffers needed(plan);
  for (std::size_t i = plan.steps.size(); i-- > 0;) {
    const Step& step = plan.steps[i];
    const bool wanted = is_wanted(step);
    if (wanted)
      for (const auto& shown : step.shows) needed.add(shown.second);
    leads[i] = wanted || needed.has_one_of(step.writes);
    if (leads[i]) needed.add(step.reads);
  }
  return leads;
}

std::vector<std::size_t> steps_that_make(const PlanData& plan, SlotId by) {
  std::vector<std::size_t> makes;
  Buffers needed(plan);
  needed.add(by);
  for (std::size_t i = plan.steps.size(); i-- > 0;) {
    if (plan.leads_to_output[i] || !needed.has_one_of(plan.steps[i].writes)) continue;
    makes.push_back(i);
    needed.add(plan.steps[i].reads);
  }
  std::ranges::reverse(makes);
  return makes;
}

std::vector<char> steps_that_follow(const PlanData& plan, const Substitution& substitution) {
  std::vector<char> follows(plan.steps.size());
  Buffers changed(plan);
  changed.add(substitution.value);
  for (std::size_t i = substitution.first; i < plan.steps.size(); ++i) {
    follows[i] = plan.leads_to_output[i] && changed.has_one_of(plan.steps[i].reads);
    if (follows[i]) changed.add(plan.steps[i].writes);
  }
  return follows;
}

}  // namespace

void find_dependent_steps(PlanData& plan) {
  plan.leads_to_output = steps_that_lead_to(plan, [&](const Step& step) {
    return std::ranges::any_of(step.writes, [&](SlotId id) { return plan.slot(id).memory == Slot::Memory::kOutput; });
  });
  for (Substitution& substitution : plan.substitutions) {
    substitution.makes = steps_that_make(plan, substitution.by);
    substitution.follows = steps_that_follow(plan, substitution);
  }
}

std::size_t first_kept_step(const PlanData& plan, std::size_t kept_bytes, FunctionRef<std::size_t(std::size_t)> bytes_of) {
  std::set<std::size_t> kept;
  std::size_t bytes = 0;
  for (std::size_t i = plan.steps.size(); i-- > 0;) {
    if (!plan.leads_to_output[i]) continue;
    for (const auto* slots : {&plan.steps[i].reads, &plan.steps[i].writes})
      for (const SlotId id : *slots)
        if (const Slot& slot = plan.slot(id); slot.memory == Slot::Memory::kArena && kept.insert(slot.index).second)
          bytes += bytes_of(slot.index);
    if (bytes > kept_bytes) return i + 1;
  }
  return 0;
}

void drop_unobserved_steps(PlanData& plan) {
  const auto leads = steps_that_lead_to(plan, [](const Step& step) { return !step.shows.empty(); });
  std::vector<Step> steps;
  for (std::size_t i = 0; i < leads.size(); ++i)
    if (leads[i]) steps.push_back(std::move(plan.steps[i]));
  plan.steps = std::move(steps);
}

}  // namespace octet
