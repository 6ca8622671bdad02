#include "detector/detect_images.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <utility>

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
        done_(dataset.images.size()) {
    for (std::size_t i = 0; i < detectors.size(); ++i) found_.emplace_back(dataset.images.size());
    for (Worker& worker : workers_)
      for (const Detector& detector : detectors) worker.sessions.push_back(std::make_unique<DetectionSession>(detector, 1));
  }

  Result<std::vector<DetectionRun>> run() {
    const auto start = Clock::now();
    parallel_for_each(static_cast<int>(workers_.size()), to_run_, [&](int worker, std::size_t n) {
      const std::size_t image = options_.share.item(n);
      count(image, failed_ ? std::nullopt : detect(workers_[static_cast<std::size_t>(worker)], image));
    });
    if (failure_) return *failure_;
    return runs_in(seconds_since(start));
  }

 private:
  using OfEach = std::vector<std::vector<Detection>>;  // by detector

  std::vector<std::optional<std::vector<Detection>>> known_of(std::size_t image) const {
    std::vector<std::optional<std::vector<Detection>>> known(found_.size());
    for (std::size_t i = 0; options_.store && i < known.size(); ++i) known[i] = options_.store->known(i, image);
    return known;
  }

  // What each detector finds in an image; nothing where it cannot be read, or a detector fails.
  std::optional<OfEach> detect(Worker& worker, std::size_t image) {
    const auto start = Clock::now();
    auto known = known_of(image);
    std::optional<Image> decoded;
    if (std::ranges::any_of(known, [](const auto& found) { return !found; })) {
      auto read = read_image(dataset_.images[image].path, dataset_.decode);
      if (!read.ok()) return skip(read.error());
      decoded = std::move(*read);
    }
    OfEach of_each;
    for (std::size_t i = 0; i < known.size(); ++i) {
      if (!known[i]) {
        auto found = run(worker, i, image, *decoded);
        if (!found.ok()) return fail(found.error());
        known[i] = std::move(*found);
      }
      of_each.push_back(std::move(*known[i]));
    }
    worker.busy_seconds += seconds_since(start);
    return of_each;
  }

  Result<std::vector<Detection>> run(Worker& worker, std::size_t detector, std::size_t image, const Image& decoded) const {
    OCTET_ASSIGN(auto found, worker.sessions[detector]->detect(decoded, options_.detect));
    if (options_.store) OCTET_RETURN_IF_ERROR(options_.store->keep(detector, image, found));
    return found;
  }

  std::nullopt_t skip(const Error& error) {
    const std::lock_guard lock(mutex_);
    if (options_.warn) options_.warn("skipped " + error.message);
    return std::nullopt;
  }

  std::nullopt_t fail(const Error& error) {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = error;
    failed_ = true;
    return std::nullopt;
  }

  void count(std::size_t image, const std::optional<OfEach>& found) {
    const std::lock_guard lock(mutex_);
    if (found) {
      for (std::size_t i = 0; i < found_.size(); ++i) found_[i].set(image, (*found)[i]);
      done_[image] = true;
      if (options_.found) options_.found(image, *found);
    }
    if (options_.progress) options_.progress(++finished_, static_cast<std::int64_t>(to_run_));
  }

  std::vector<DetectionRun> runs_in(double seconds) {
    double busy = 0;
    for (const Worker& worker : workers_) busy += worker.busy_seconds;
    std::vector<DetectionRun> runs(workers_[0].sessions.size());
    for (std::size_t i = 0; i < runs.size(); ++i) {
      DetectionRun& run = runs[i];
      run.detections = std::move(found_[i]);
      run.done = done_;
      run.images = std::ranges::count(done_, true);
      run.seconds = seconds;
      run.busy_share = seconds > 0 ? busy / seconds / static_cast<double>(workers_.size()) : 0;
    }
    return runs;
  }

  const Dataset& dataset_;
  const DetectRunOptions& options_;
  std::size_t to_run_;
  std::vector<Worker> workers_;
  std::vector<DetectionLists> found_;  // by detector
  std::vector<bool> done_;
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
