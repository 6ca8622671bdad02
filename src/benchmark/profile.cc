#include "benchmark/profile.h"

#include "benchmark/random_input.h"
#include "benchmark/statistics.h"
#include "runtime/plan_data.h"

namespace octet {
namespace {

std::int64_t bytes_of(const Slot& slot) {
  const bool bytes = slot.format == Format::kPlainU8 || slot.format == Format::kImageU8 || slot.format == Format::kPicture;
  return element_count(slot.type.shape) * (bytes ? 1 : static_cast<std::int64_t>(size_of(slot.type.element)));
}

std::int64_t bytes_of(const PlanData& plan, const Step& step) {
  std::int64_t bytes = 0;
  for (const auto& slots : {step.reads, step.writes})
    for (const SlotId id : slots) bytes += bytes_of(plan.slot(id));
  return bytes;
}

}  // namespace

Result<std::vector<StepTime>> profile_steps(const std::shared_ptr<const Plan>& plan, int threads, int rounds) {
  const auto inputs = random_inputs(plan->inputs());
  Session session(plan, threads);
  session.enable_profile(true);
  std::vector<std::vector<double>> samples(plan->steps().size());
  for (int round = 0; round <= rounds; ++round) {
    if (auto done = session.run(inputs); !done.ok()) return done.error();
    const bool warm_up = round == 0;
    for (std::size_t i = 0; i < samples.size() && !warm_up; ++i) samples[i].push_back(session.step_us()[i]);
  }
  std::vector<StepTime> times;
  for (std::size_t i = 0; i < samples.size(); ++i)
    times.push_back(
        {plan->steps()[i], samples[i].empty() ? 0 : percentile(samples[i], 0.5), bytes_of(plan->data(), plan->data().steps[i])});
  return times;
}

}  // namespace octet
