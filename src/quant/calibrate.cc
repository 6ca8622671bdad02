#include "quant/calibrate.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "base/parallel.h"
#include "quant/channels.h"
#include "quant/sessions.h"
#include "runtime/plan.h"

namespace octet::quant {
namespace {

// Images whose statistics may be held until those before them are added.
constexpr std::size_t kMostAhead = 32;
// Images whose statistics are added at once.
constexpr std::size_t kTogether = 16;

using ImageStatistics = std::map<Value, ChannelStatistics>;

// A value that is infinite or no number makes the mean of its channel such a one.
bool is_finite(const ChannelStatistics& statistics) {
  return std::ranges::all_of(statistics.mean, [](float mean) { return std::isfinite(mean); });
}

class Calibration {
 public:
  Calibration(const Graph& graph, const std::shared_ptr<const Plan>& plan, const CalibrationImages& images,
              const CalibrationOptions& options, const ImageObserver& observer, const CalibrationCheckpoint& checkpoint)
      : graph_(graph),
        images_(images),
        options_(options),
        observer_(observer),
        checkpoint_(checkpoint),
        sessions_(make_sessions(plan, images.count, options.threads)) {}

  Result<std::map<Value, RangeObserver>> run() {
    parallel_for_each(static_cast<int>(sessions_.size()), images_.count, [&](int worker, std::size_t index) {
      try {
        add(index, observe(worker, index));
      } catch (...) {
        give_up();
        throw;
      }
    });
    OCTET_RETURN_IF_ERROR(failure_);
    add_waiting();
    if (observers_.empty())
      return Error{ErrorCode::kNotFound, "no image of the calibration set could be used" + (unusable_ ? ", as " + unusable_->second : "")};
    if (checkpoint_ && used_ != shown_) checkpoint_(used_, observers_);
    return std::move(observers_);
  }

 private:
  // Nothing for an image that cannot be used, and for those behind a failure.
  std::optional<ImageStatistics> observe(int worker, std::size_t index) {
    if (failed_) return std::nullopt;
    const auto input = images_.load(index);
    if (!input.ok()) return skip(index, input.error()), std::nullopt;
    ImageStatistics statistics;
    const auto done = sessions_[static_cast<std::size_t>(worker)]->run(std::span(&*input, 1), [&](const Observed& seen) {
      statistics[seen.value] = channel_statistics(seen.images);
      if (observer_) observer_(worker, index, seen);
    });
    if (!done.ok()) return skip(index, done.error()), std::nullopt;
    return statistics;
  }

  void skip(std::size_t index, const Error& error) {
    const std::lock_guard lock(mutex_);
    if (!unusable_ || index < unusable_->first) unusable_ = {index, error.message};
    if (options_.warn) options_.warn("skipped: " + error.message);
  }

  // An exception ends the run; nobody is to wait for its image.
  void give_up() {
    const std::lock_guard lock(mutex_);
    given_up_ = true;
    added_.notify_all();
  }

  // In the order of the images. A thread too far ahead waits; the one with the next image never does.
  void add(std::size_t index, std::optional<ImageStatistics> image) {
    std::unique_lock lock(mutex_);
    if (options_.progress) options_.progress(++done_, static_cast<std::int64_t>(images_.count));
    added_.wait(lock, [&] { return index < next_ + kMostAhead || given_up_; });
    early_[index] = std::move(image);
    for (auto first = early_.begin(); first != early_.end() && first->first == next_; first = early_.erase(first), ++next_)
      if (first->second && failure_.ok()) add_in_order(first->first, *std::move(first->second));
    added_.notify_all();
  }

  void add_in_order(std::size_t index, ImageStatistics image) {
    // Nodes come after what they read, so the first value is where it began.
    const auto broken = std::ranges::find_if(image, [](const auto& item) { return !is_finite(item.second); });
    if (broken != image.end()) {
      failure_ = Error{ErrorCode::kMalformed, name_of(index) + ": node '" + node_before_scale(graph_, broken->first).name +
                                                  "' gives values that are infinite or no numbers, so they have no range"};
      failed_ = true;
      return;
    }
    waiting_.push_back(std::move(image));
    ++used_;
    const bool is_shown = checkpoint_ && used_ >= next_shown_;
    if (is_shown || waiting_.size() == kTogether) add_waiting();
    if (!is_shown) return;
    checkpoint_(used_, observers_);
    shown_ = used_;
    next_shown_ *= 2;
  }

  void add_waiting() {
    if (waiting_.empty()) return;
    for (const auto& [value, first] : waiting_[0]) {
      std::vector<const ChannelStatistics*> of_images;
      for (const ImageStatistics& image : waiting_) of_images.push_back(&image.at(value));
      observers_.try_emplace(value, options_.of_channels).first->second.add(of_images);
    }
    waiting_.clear();
  }

  std::string name_of(std::size_t index) const {
    return images_.name ? images_.name(index) : "calibration image " + std::to_string(index + 1);
  }

  const Graph& graph_;
  const CalibrationImages& images_;
  const CalibrationOptions& options_;
  const ImageObserver& observer_;
  const CalibrationCheckpoint& checkpoint_;
  std::vector<std::unique_ptr<Session>> sessions_;
  std::map<Value, RangeObserver> observers_;
  std::optional<std::pair<std::size_t, std::string>> unusable_;  // the first image that cannot be used, and why
  std::mutex mutex_;
  std::condition_variable added_;
  std::map<std::size_t, std::optional<ImageStatistics>> early_;
  std::vector<ImageStatistics> waiting_;  // to be added to the observers
  Status failure_;                        // of the first image with one
  std::atomic<bool> failed_ = false;      // images behind it need not run
  std::size_t next_ = 0;
  bool given_up_ = false;
  std::int64_t done_ = 0;
  std::int64_t used_ = 0, shown_ = 0, next_shown_ = 4;  // images, at checkpoints
};

}  // namespace

CalibrationImages spread_over(const CalibrationImages& images, std::size_t count) {
  return {std::min(count, images.count),
          [&images, count = std::min(count, images.count)](std::size_t index) { return images.load(index * images.count / count); }};
}

Result<std::map<Value, RangeObserver>> calibrate(const Graph& graph, const std::vector<Value>& values, const CalibrationImages& images,
                                                 const CalibrationOptions& options, const ImageObserver& observer,
                                                 const CalibrationCheckpoint& checkpoint) {
  RuntimeOptions runtime;
  runtime.observe = values;
  runtime.only_observed = true;
  OCTET_ASSIGN(auto plan, compile(graph, runtime));
  return Calibration(graph, plan, images, options, observer, checkpoint).run();
}

}  // namespace octet::quant
