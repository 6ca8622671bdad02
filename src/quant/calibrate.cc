#include "quant/calibrate.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>

#include "base/parallel.h"
#include "runtime/plan.h"

namespace octet::quant {
namespace {

// Images whose statistics may be held until those before them are added.
constexpr std::size_t kMostAhead = 32;

using ImageStatistics = std::map<Value, ChannelStatistics>;

class Calibration {
 public:
  Calibration(std::shared_ptr<const Plan> plan, const CalibrationImages& images, const CalibrationOptions& options)
      : images_(images), options_(options) {
    for (int i = 0; i < std::max(1, options.threads); ++i) sessions_.push_back(std::make_unique<Session>(plan, 1));
  }

  Result<std::map<Value, RangeObserver>> run() {
    parallel_for_each(static_cast<int>(sessions_.size()), images_.count,
                      [&](int worker, std::size_t index) { add(index, observe(*sessions_[static_cast<std::size_t>(worker)], index)); });
    if (observers_.empty()) return Error{ErrorCode::kNotFound, "no image of the calibration set could be used"};
    return std::move(observers_);
  }

 private:
  std::optional<ImageStatistics> observe(Session& session, std::size_t index) {
    const auto input = images_.load(index);
    if (!input.ok()) return warn(input.error()), std::nullopt;
    ImageStatistics statistics;
    const auto done =
        session.run(std::span(&*input, 1), [&](const Observed& seen) { statistics[seen.value] = channel_statistics(seen.images); });
    if (!done.ok()) return warn(done.error()), std::nullopt;
    return statistics;
  }

  void warn(const Error& error) {
    const std::lock_guard lock(mutex_);
    if (options_.warn) options_.warn("skipped: " + error.message);
  }

  // In the order of the images. A thread too far ahead waits; the one with the next image never does.
  void add(std::size_t index, std::optional<ImageStatistics> image) {
    std::unique_lock lock(mutex_);
    if (options_.progress) options_.progress(++done_, static_cast<std::int64_t>(images_.count));
    added_.wait(lock, [&] { return index < next_ + kMostAhead; });
    early_[index] = std::move(image);
    for (auto first = early_.begin(); first != early_.end() && first->first == next_; first = early_.erase(first), ++next_)
      if (first->second)
        for (const auto& [value, statistics] : *first->second) observers_[value].add(statistics);
    added_.notify_all();
  }

  const CalibrationImages& images_;
  const CalibrationOptions& options_;
  std::vector<std::unique_ptr<Session>> sessions_;
  std::map<Value, RangeObserver> observers_;
  std::mutex mutex_;
  std::condition_variable added_;
  std::map<std::size_t, std::optional<ImageStatistics>> early_;
  std::size_t next_ = 0;
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
