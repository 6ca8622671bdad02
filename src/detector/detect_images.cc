#include "detector/detect_images.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>

#include "base/parallel.h"
#include "image/decode.h"

namespace octet {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// A thread's own: a session of each detector, and the time that it worked.
struct Worker {
  std::vector<std::unique_ptr<DetectionSession>> sessions;
  double busy_seconds = 0;
};

class DatasetRun {
 public:
  DatasetRun(std::span<const Detector> detectors, const Dataset& dataset, const DetectRunOptions& options)
      : dataset_(dataset),
        options_(options),
        to_run_(options.share.size(dataset.images.size())),
        workers_(static_cast<std::size_t>(std::max(1, options.threads))),
        found_(dataset.images.size(), std::vector<std::vector<Detection>>(detectors.size())),
        done_(dataset.images.size()) {
    for (Worker& worker : workers_)
      for (const Detector& detector : detectors) worker.sessions.push_back(std::make_unique<DetectionSession>(detector, 1));
  }

  Result<std::vector<DetectionRun>> run() {
    const auto start = Clock::now();
    parallel_for_each(static_cast<int>(workers_.size()), to_run_, [&](int worker, std::size_t n) {
      const std::size_t image = options_.share.item(n);
      if (!failed_) detect(workers_[static_cast<std::size_t>(worker)], image);
      count(image);
    });
    if (failure_) return *failure_;
    return runs_in(seconds_since(start));
  }

 private:
  // By detector, what the store knows of an image.
  std::vector<const std::vector<Detection>*> known_of(std::size_t image) const {
    std::vector<const std::vector<Detection>*> known(found_[image].size());
    if (options_.store)
      for (std::size_t i = 0; i < known.size(); ++i) known[i] = options_.store->known(i, image);
    return known;
  }

  void detect(Worker& worker, std::size_t image) {
    const auto known = known_of(image);
    const auto start = Clock::now();
    std::optional<Image> decoded;
    if (std::ranges::count(known, nullptr) > 0) {
      auto read = read_image(dataset_.images[image].path, dataset_.decode);
      if (!read.ok()) return skip(read.error());
      decoded = std::move(*read);
    }
    for (std::size_t i = 0; i < known.size(); ++i) {
      if (known[i]) {
        found_[image][i] = *known[i];
        continue;
      }
      auto found = worker.sessions[i]->detect(*decoded, options_.detect);
      if (!found.ok()) return fail(found.error());
      found_[image][i] = std::move(*found);
      if (!options_.store) continue;
      if (const Status kept = options_.store->keep(i, image, found_[image][i]); !kept.ok()) return fail(kept.error());
    }
    worker.busy_seconds += seconds_since(start);
    done_[image] = true;
  }

  void skip(const Error& error) {
    const std::lock_guard lock(mutex_);
    if (options_.warn) options_.warn("skipped " + error.message);
  }

  void fail(const Error& error) {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = error;
    failed_ = true;
  }

  void count(std::size_t image) {
    const std::lock_guard lock(mutex_);
    if (options_.found && done_[image]) options_.found(image, found_[image]);
    if (options_.progress) options_.progress(++finished_, static_cast<std::int64_t>(to_run_));
  }

  std::vector<DetectionRun> runs_in(double seconds) {
    double busy = 0;
    for (const Worker& worker : workers_) busy += worker.busy_seconds;
    std::vector<DetectionRun> runs(workers_[0].sessions.size());
    for (std::size_t i = 0; i < runs.size(); ++i) {
      DetectionRun& run = runs[i];
      for (auto& of_image : found_) run.detections.push_back(std::move(of_image[i]));
      run.done.assign(done_.begin(), done_.end());
      run.images = std::count(done_.begin(), done_.end(), char{1});
      run.seconds = seconds;
      run.busy_share = seconds > 0 ? busy / seconds / static_cast<double>(workers_.size()) : 0;
    }
    return runs;
  }

  const Dataset& dataset_;
  const DetectRunOptions& options_;
  std::size_t to_run_;
  std::vector<Worker> workers_;
  std::vector<std::vector<std::vector<Detection>>> found_;  // by image and detector
  std::vector<char> done_;
  std::mutex mutex_;
  std::optional<Error> failure_;
  std::atomic<bool> failed_ = false;  // other images need not run
  std::int64_t finished_ = 0;
};

}  // namespace

Result<std::vector<DetectionRun>> detect_images(std::span<const Detector> detectors, const Dataset& dataset,
                                                const DetectRunOptions& options) {
  return DatasetRun(detectors, dataset, options).run();
}

}  // namespace octet
