#include "benchmark/compare.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <iterator>

#include "benchmark/measure.h"
#include "benchmark/random_input.h"
#include "benchmark/streams.h"

namespace octet {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kWarmUps = 3;
constexpr double kTurnSeconds = 0.2;  // one model's turn in a round

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// One model with its streams; a single one runs on the caller's thread, so that its latency is that of an inference alone.
class Runner {
 public:
  Runner(std::shared_ptr<const EngineModel> model, const BenchOptions& options) : inputs_(random_inputs(model->inputs())) {
    const StreamLayout layout = layout_of_streams(options.streams, options.threads);
    result_.integer = model->uses_integers();
    if (layout.streams == 1)
      session_ = model->open_session(layout.threads_per_stream);
    else
      queue_ =
          std::make_unique<RequestQueue>(std::move(model), RequestQueueOptions{layout.streams, layout.threads_per_stream, layout.streams});
  }

  Status warm_up() {
    const auto streams = static_cast<std::int64_t>(queue_ ? queue_->requests() : 1);
    if (auto done = measure({.iterations = kWarmUps * streams}); !done.ok()) return done.error();
    return {};
  }

  // Every stream runs one inference after another for a while.
  Status take_turn(double seconds) {
    OCTET_ASSIGN(const Measurement turn, measure({.seconds = seconds}));
    result_.latencies_ms.insert(result_.latencies_ms.end(), turn.latencies_ms.begin(), turn.latencies_ms.end());
    result_.turn_medians_ms.push_back(percentile(turn.latencies_ms, 0.5));
    busy_seconds_ += turn.seconds;
    return {};
  }

  ModelBench finish() {
    result_.latency = summarize_latencies(result_.latencies_ms).value_or(LatencySummary{});
    result_.throughput = throughput(static_cast<std::int64_t>(result_.latencies_ms.size()), busy_seconds_);
    return std::move(result_);
  }

 private:
  Result<Measurement> measure(const MeasureLimits& limits) {
    const auto inputs = [this](std::size_t) { return std::span<const Tensor>(inputs_); };
    return queue_ ? measure_requests(*queue_, inputs, limits) : measure_serial(*session_, inputs, limits);
  }

  std::vector<Tensor> inputs_;
  std::unique_ptr<EngineSession> session_;
  std::unique_ptr<RequestQueue> queue_;
  double busy_seconds_ = 0;
  ModelBench result_;
};

}  // namespace

Result<std::vector<ModelBench>> compare_latency(const std::vector<std::shared_ptr<const EngineModel>>& models,
                                                const BenchOptions& options) {
  std::vector<Runner> runners;
  for (const auto& model : models) runners.emplace_back(model, options);
  for (Runner& runner : runners) OCTET_RETURN_IF_ERROR(runner.warm_up());
  const auto start = Clock::now();
  const auto total = static_cast<std::int64_t>(1e3 * options.seconds);
  const double turn = std::min(kTurnSeconds, options.seconds / static_cast<double>(runners.size()));
  do {
    for (Runner& runner : runners) OCTET_RETURN_IF_ERROR(runner.take_turn(turn));
    if (options.progress) options.progress(std::min(total, static_cast<std::int64_t>(1e3 * seconds_since(start))), total);
  } while (seconds_since(start) < options.seconds);
  std::vector<ModelBench> results;
  for (Runner& runner : runners) results.push_back(runner.finish());
  return results;
}

std::optional<double> speedup(const std::vector<ModelBench>& models) {
  if (models.size() < 2) return std::nullopt;
  return models[0].latency.median_ms / models[1].latency.median_ms;
}

std::optional<SpeedupRange> speedup_range(const std::vector<ModelBench>& models) {
  if (models.size() < 2 || models[0].turn_medians_ms.size() < 2) return std::nullopt;
  std::vector<double> ratios;
  std::ranges::transform(models[0].turn_medians_ms, models[1].turn_medians_ms, std::back_inserter(ratios), std::divides());
  return SpeedupRange{percentile(ratios, 0.1), percentile(ratios, 0.9), static_cast<int>(ratios.size())};
}

Status run_once(const std::shared_ptr<const EngineModel>& model, int threads) {
  const std::vector<Tensor> inputs = random_inputs(model->inputs());
  const auto session = model->open_session(threads);
  if (const auto done = session->run(inputs); !done.ok()) return done.error();
  return {};
}

}  // namespace octet
