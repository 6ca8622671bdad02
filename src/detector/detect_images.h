#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "base/progress.h"
#include "base/share.h"
#include "data/dataset.h"
#include "detector/detection_lists.h"
#include "detector/detector.h"

namespace octet {

// Keeps what was found outside of the run, so that one that is ended can go on later. Safe from several threads.
class DetectionStore {
 public:
  DetectionStore() = default;
  DetectionStore(const DetectionStore&) = delete;
  DetectionStore& operator=(const DetectionStore&) = delete;
  virtual ~DetectionStore() = default;

  // What the detector of that number found in an image before; nothing where that is not known.
  virtual std::optional<std::vector<Detection>> known(std::size_t detector, std::size_t image) const = 0;
  virtual Status keep(std::size_t detector, std::size_t image, const std::vector<Detection>& found) = 0;
};

// Told of each image that was run or known, with what each detector found in it; from any thread, one at a time. May be empty.
using FoundInImage = std::function<void(std::size_t image, std::span<const std::vector<Detection>> of_each)>;

struct DetectRunOptions {
  DetectOptions detect;
  int threads = 1;
  Progress progress;  // of images
  Warn warn;
  Share share{};                    // the images that are run
  DetectionStore* store = nullptr;  // images that it knows are not run again
  FoundInImage found{};
};

// What a detector found in the images of a data set.
struct DetectionRun {
  DetectionLists detections;  // one list an image of the data set, in its order
  std::vector<bool> done;     // false: the image could not be read, or is of another share
  std::int64_t images = 0;    // done
  double seconds = 0;         // wall clock of all detectors and images, decoding of files included
  double busy_share = 0;      // of the threads' time, what they spent on decoding and on detectors
};

// Runs each detector over the images, each of which is read and decoded once. Whole images are shared out among the threads; the answer
// does not depend on how many there are. An image that cannot be read is left out of every run, with a warning that names it.
Result<std::vector<DetectionRun>> detect_images(std::span<const Detector> detectors, const Dataset& dataset,
                                                const DetectRunOptions& options);

}  // namespace octet
