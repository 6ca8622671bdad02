#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "boxes/detection.h"
#include "data/dataset.h"
#include "detect/postprocess.h"
#include "model/description.h"
#include "runtime/plan.h"

namespace octet {

// A model that turns pictures into boxes: a compiled plan and what the IR says of itself. Copies share the plan.
struct Detector {
  std::filesystem::path path;  // of the IR
  std::shared_ptr<const Plan> plan;
  ModelDescription description;
  std::size_t file_bytes = 0;  // .xml and .bin together
};

// Reads and compiles an IR; its description must be complete.
Result<Detector> load_detector(const std::filesystem::path& xml);

// The same of a graph in memory, without file_bytes; `path` says in messages where it came from.
Result<Detector> make_detector(const Graph& graph, const std::filesystem::path& path);

// Runs pictures through a detector, one after another. Not for use from two threads at once.
class DetectionSession {
 public:
  DetectionSession(const Detector& detector, int threads);

  Result<std::vector<Detection>> detect(const Image& image, const DetectOptions& options);

 private:
  ModelDescription description_;
  Session session_;
  Tensor input_;
};

struct DetectRunOptions {
  DetectOptions detect;
  int threads = 1;
  Progress progress;
  Warn warn;
};

// What a detector found in the images of a data set.
struct DetectionRun {
  std::vector<std::vector<Detection>> detections;  // one list an image of the data set, in its order
  std::vector<bool> done;                          // false: the image could not be read
  std::int64_t images = 0;                         // done
  double seconds = 0;                              // wall clock of all, decoding of files included
};

// Whole images are shared out among the threads; the answer does not depend on how many there are. An image that cannot be
// read is left out with a warning that names it.
Result<DetectionRun> detect_images(const Detector& detector, const Dataset& dataset, const DetectRunOptions& options);

}  // namespace octet
