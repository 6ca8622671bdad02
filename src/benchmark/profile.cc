#include "benchmark/profile.h"

#include "benchmark/random_input.h"
#include "benchmark/statistics.h"

namespace octet {

Result<std::vector<StepTime>> profile_steps(const EngineModel& model, int threads, int rounds) {
  const auto inputs = random_inputs(model.inputs());
  const auto session = model.open_session(threads);
  session->enable_profile(true);
  std::vector<std::vector<double>> samples(model.steps().size());
  for (int round = 0; round <= rounds; ++round) {
    if (auto done = session->run(inputs); !done.ok()) return done.error();
    const bool warm_up = round == 0;
    for (std::size_t i = 0; i < samples.size() && !warm_up; ++i) samples[i].push_back(session->step_us()[i]);
  }
  std::vector<StepTime> times;
  for (std::size_t i = 0; i < samples.size(); ++i)
    times.push_back({model.steps()[i], samples[i].empty() ? 0 : percentile(samples[i], 0.5)});
  return times;
}

}  // namespace octet
