#include "detector/detect_images.h"

#include <algorithm>
#include <chrono>
#include <mutex>

#include "base/parallel.h"
#include "image/decode.h"

namespace octet {
namespace {

class DatasetRun {
 public:
  DatasetRun(const Detector& detector, const Dataset& dataset, const DetectRunOptions& options)
      : dataset_(dataset), options_(options), done_(dataset.images.size()) {
    for (int i = 0; i < std::max(1, options.threads); ++i) sessions_.push_back(std::make_unique<DetectionSession>(detector, 1));
    run_.detections.resize(dataset.images.size());
  }

  Result<DetectionRun> run() {
    const auto start = std::chrono::steady_clock::now();
    parallel_for_each(static_cast<int>(sessions_.size()), dataset_.images.size(), [&](int worker, std::size_t i) { detect(worker, i); });
    run_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (failure_) return *failure_;
    run_.done.assign(done_.begin(), done_.end());
    run_.images = std::count(done_.begin(), done_.end(), char{1});
    return std::move(run_);
  }

 private:
  void detect(int worker, std::size_t i) {
    const auto image = read_image(dataset_.images[i].path, dataset_.decode);
    if (image.ok()) {
      auto found = sessions_[static_cast<std::size_t>(worker)]->detect(*image, options_.detect);
      if (found.ok())
        run_.detections[i] = std::move(*found);
      else
        fail(found.error());
      done_[i] = found.ok();
    }
    const std::lock_guard lock(mutex_);
    if (!image.ok() && options_.warn) options_.warn("skipped " + image.error().message);
    if (options_.progress) options_.progress(++finished_, static_cast<std::int64_t>(dataset_.images.size()));
  }

  void fail(const Error& error) {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = error;
  }

  const Dataset& dataset_;
  const DetectRunOptions& options_;
  std::vector<std::unique_ptr<DetectionSession>> sessions_;
  std::vector<char> done_;
  DetectionRun run_;
  std::mutex mutex_;
  std::optional<Error> failure_;
  std::int64_t finished_ = 0;
};

}  // namespace

Result<DetectionRun> detect_images(const Detector& detector, const Dataset& dataset, const DetectRunOptions& options) {
  return DatasetRun(detector, dataset, options).run();
}

}  // namespace octet
