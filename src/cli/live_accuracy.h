#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/detection_work.h"

namespace octet::cli {

// Accuracy with its interval while detectors run, for a person who waits. It takes at most one part in fifty of the time, and keeps a copy
// of what was found.
class LiveAccuracy {
 public:
  // `show` is given the text to be seen from now on. `inputs` must outlive this.
  LiveAccuracy(const DetectionInputs& inputs, std::function<void(std::string)> show);

  // What each detector found in an image. From one thread at a time.
  void add(std::size_t image, std::span<const std::vector<Detection>> of_each);

 private:
  using Clock = std::chrono::steady_clock;

  const DetectionInputs& inputs_;
  std::function<void(std::string)> show_;
  std::vector<DetectionRun> runs_;
  std::int64_t images_ = 0;
  std::optional<Clock::time_point> next_;  // when it is worked out again; none yet: as soon as there is something to say
};

}  // namespace octet::cli
