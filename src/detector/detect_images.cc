#include "detector/detect_images.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>

#include "base/parallel.h"
#include "image/decode.h"

namespace octet {
namespace {

class DatasetRun {
 public:
  DatasetRun(const Detector& detector, const Dataset& dataset, const DetectRunOptions& options)
      : dataset_(dataset), options_(options), to_run_(options.share.size(dataset.images.size())), done_(dataset.images.size()) {
    for (int i = 0; i < std::max(1, options.threads); ++i) sessions_.push_back(std::make_unique<DetectionSession>(detector, 1));
    run_.detections.resize(dataset.images.size());
  }

  Result<DetectionRun> run() {
    const auto start = std::chrono::steady_clock::now();
    parallel_for_each(static_cast<int>(sessions_.size()), to_run_, [&](int worker, std::size_t n) {
      const std::size_t image = options_.share.item(n);
      if (!failed_ && !recall(image)) detect(worker, image);
      count();
    });
    run_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (failure_) return *failure_;
    run_.done.assign(done_.begin(), done_.end());
    run_.images = std::count(done_.begin(), done_.end(), char{1});
    return std::move(run_);
  }

 private:
  bool recall(std::size_t i) {
    const auto* known = options_.store ? options_.store->known(options_.detector, i) : nullptr;
    if (!known) return false;
    run_.detections[i] = *known;
    done_[i] = true;
    return true;
  }

  void detect(int worker, std::size_t i) {
    const auto image = read_image(dataset_.images[i].path, dataset_.decode);
    if (!image.ok()) return skip(image.error());
    auto found = sessions_[static_cast<std::size_t>(worker)]->detect(*image, options_.detect);
    if (!found.ok()) return fail(found.error());
    if (options_.store)
      if (const Status kept = options_.store->keep(options_.detector, i, *found); !kept.ok()) return fail(kept.error());
    run_.detections[i] = std::move(*found);
    done_[i] = true;
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

  void count() {
    const std::lock_guard lock(mutex_);
    if (options_.progress) options_.progress(++finished_, static_cast<std::int64_t>(to_run_));
  }

  const Dataset& dataset_;
  const DetectRunOptions& options_;
  std::size_t to_run_;
  std::vector<std::unique_ptr<DetectionSession>> sessions_;
  std::vector<char> done_;
  DetectionRun run_;
  std::mutex mutex_;
  std::optional<Error> failure_;
  std::atomic<bool> failed_ = false;  // other images need not run
  std::int64_t finished_ = 0;
};

}  // namespace

Result<DetectionRun> detect_images(const Detector& detector, const Dataset& dataset, const DetectRunOptions& options) {
  return DatasetRun(detector, dataset, options).run();
}

}  // namespace octet
