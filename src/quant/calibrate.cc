#include "quant/calibrate.h"

#include <algorithm>
#include <mutex>
#include <optional>

#include "base/parallel.h"
#include "runtime/plan.h"

namespace octet::quant {
namespace {

// Images whose statistics are held until they are added in order.
constexpr std::size_t kBlock = 32;

using ImageStatistics = std::map<Value, ChannelStatistics>;

class Calibration {
 public:
  Calibration(std::shared_ptr<const Plan> plan, const CalibrationImages& images, const CalibrationOptions& options)
      : images_(images), options_(options) {
    for (int i = 0; i < std::max(1, options.threads); ++i) sessions_.push_back(std::make_unique<Session>(plan, 1));
  }

  Result<std::map<Value, RangeObserver>> run() {
    for (std::size_t first = 0; first < images_.count; first += kBlock) {
      std::vector<std::optional<ImageStatistics>> block(std::min(kBlock, images_.count - first));
      parallel_for_each(static_cast<int>(sessions_.size()), block.size(), [&](int worker, std::size_t i) {
        block[i] = observe(*sessions_[static_cast<std::size_t>(worker)], first + i);
        report_done();
      });
      for (const auto& image : block)
        if (image)
          for (const auto& [value, statistics] : *image) observers_[value].add(statistics);
    }
    if (observers_.empty()) return Error{ErrorCode::kNotFound, "no image of the calibration set could be used"};
    return std::move(observers_);
  }

 private:
  std::optional<ImageStatistics> observe(Session& session, std::size_t index) {
    const auto input = images_.load(index);
    if (!input.ok()) return warn(input.error()), std::nullopt;
    ImageStatistics statistics;
    const auto done = session.run(std::span(&*input, 1), [&](const Observed& seen) { statistics[seen.value] = channel_statistics(seen.images); });
    if (!done.ok()) return warn(done.error()), std::nullopt;
    return statistics;
  }

  void warn(const Error& error) {
    const std::lock_guard lock(mutex_);
    if (options_.warn) options_.warn("skipped: " + error.message);
  }

  void report_done() {
    const std::lock_guard lock(mutex_);
    ++done_;
    if (options_.progress) options_.progress(done_, static_cast<std::int64_t>(images_.count));
  }

  const CalibrationImages& images_;
  const CalibrationOptions& options_;
  std::vector<std::unique_ptr<Session>> sessions_;
  std::map<Value, RangeObserver> observers_;
  std::mutex mutex_;
  std::int64_t done_ = 0;
};

}  // namespace

Result<std::map<Value, RangeObserver>> calibrate(const Graph& graph, const std::vector<Value>& values, const CalibrationImages& images,
                                                 const CalibrationOptions& options) {
  RuntimeOptions runtime;
  runtime.observe = values;
  OCTET_ASSIGN(auto plan, compile(graph, runtime));
  return Calibration(std::move(plan), images, options).run();
}

}  // namespace octet::quant
