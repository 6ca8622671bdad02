#include "cli/live_accuracy.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace octet::cli {
namespace {

std::string in_points(const char* name, const ApDrop& figure) {
  return fmt::format("{} {:.1f} ({:.1f} to {:.1f})", name, 100 * figure.drop, 100 * figure.low, 100 * figure.high);
}

std::string text_of(const RunningAccuracy& accuracy) {
  return in_points("AP", accuracy.ap) + (accuracy.drop ? in_points(", drop", *accuracy.drop) : "");
}

}  // namespace

LiveAccuracy::LiveAccuracy(const DetectionInputs& inputs, std::function<void(std::string)> show)
    : inputs_(inputs), show_(std::move(show)), runs_(inputs.detectors.size()) {
  for (DetectionRun& run : runs_) {
    run.detections = DetectionLists(inputs.dataset.images.size());
    run.done.resize(inputs.dataset.images.size());
  }
}

void LiveAccuracy::add(std::size_t image, std::span<const std::vector<Detection>> of_each) {
  constexpr int kShareOfTime = 50;
  constexpr std::int64_t kFewestImages = 16;  // of which an interval says something
  constexpr Clock::duration kLeastPause = std::chrono::milliseconds(500);
  for (std::size_t i = 0; i < runs_.size(); ++i) {
    runs_[i].detections.set(image, of_each[i]);
    runs_[i].done[image] = true;
  }
  if (++images_ < kFewestImages) return;
  const auto start = Clock::now();
  if (next_ && start < *next_) return;
  const auto accuracy = running_accuracy(inputs_.classes, inputs_.dataset, runs_);
  if (!accuracy.ok()) return;
  show_(text_of(*accuracy));
  const auto now = Clock::now();
  next_ = now + std::max(kLeastPause, kShareOfTime * (now - start));
}

}  // namespace octet::cli
