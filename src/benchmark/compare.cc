#include "benchmark/compare.h"

#include <algorithm>
#include <chrono>

#include "base/parallel.h"
#include "benchmark/random_input.h"

namespace octet {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kWarmUps = 3;
constexpr double kTurnSeconds = 0.2;  // one model's turn in a round

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// One model with its streams.
class Runner {
 public:
  Runner(const EngineModel& model, const BenchOptions& options) : inputs_(random_inputs(model.inputs())) {
    const int streams = std::max(1, options.streams);
    for (int i = 0; i < streams; ++i) sessions_.push_back(model.open_session(std::max(1, options.threads / streams)));
    latencies_.resize(sessions_.size());
    result_.integer = model.uses_integers();
  }

  Status warm_up() {
    for (const auto& session : sessions_)
      for (int i = 0; i < kWarmUps; ++i)
        if (auto done = session->run(inputs_); !done.ok()) return done.error();
    return {};
  }

  // Every stream runs one inference after another for a while.
  void take_turn(double seconds) {
    const auto start = Clock::now();
    parallel_for_each(static_cast<int>(sessions_.size()), sessions_.size(), [&](int, std::size_t stream) {
      do {
        const auto begin = Clock::now();
        (void)sessions_[stream]->run(inputs_);
        latencies_[stream].push_back(1e3 * seconds_since(begin));
      } while (seconds_since(start) < seconds);
    });
    busy_seconds_ += seconds_since(start);
  }

  ModelBench finish() {
    for (const auto& stream : latencies_) result_.latencies_ms.insert(result_.latencies_ms.end(), stream.begin(), stream.end());
    result_.latency = summarize_latencies(result_.latencies_ms).value_or(LatencySummary{});
    result_.throughput = throughput(static_cast<std::int64_t>(result_.latencies_ms.size()), busy_seconds_);
    return std::move(result_);
  }

 private:
  std::vector<Tensor> inputs_;
  std::vector<std::unique_ptr<EngineSession>> sessions_;
  std::vector<std::vector<double>> latencies_;
  double busy_seconds_ = 0;
  ModelBench result_;
};

}  // namespace

Result<std::vector<ModelBench>> compare_latency(const std::vector<std::shared_ptr<const EngineModel>>& models,
                                                const BenchOptions& options) {
  std::vector<Runner> runners;
  for (const auto& model : models) runners.emplace_back(*model, options);
  for (Runner& runner : runners) OCTET_RETURN_IF_ERROR(runner.warm_up());
  const auto start = Clock::now();
  const auto total = static_cast<std::int64_t>(1e3 * options.seconds);
  const double turn = std::min(kTurnSeconds, options.seconds / static_cast<double>(runners.size()));
  do {
    for (Runner& runner : runners) runner.take_turn(turn);
    if (options.progress) options.progress(std::min(total, static_cast<std::int64_t>(1e3 * seconds_since(start))), total);
  } while (seconds_since(start) < options.seconds);
  std::vector<ModelBench> results;
  for (Runner& runner : runners) results.push_back(runner.finish());
  return results;
}

}  // namespace octet
