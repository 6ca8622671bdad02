#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/share.h"
#include "graph/graph.h"
#include "quant/calibration_statistics.h"
#include "quant/range_estimator.h"
#include "runtime/plan.h"

namespace octet::quant {

// Images of a calibration, made ready as the model's one input. `load` is called from several threads; an error means that
// the image is skipped with a warning. `name` is for messages; without it an image is called by its number.
struct CalibrationImages {
  std::size_t count = 0;
  std::function<Result<Tensor>(std::size_t index)> load;
  std::function<std::string(std::size_t index)> name = {};
};

// `count` of the images, spread over all of them, which must outlive the result.
CalibrationImages spread_over(const CalibrationImages& images, std::size_t count);

// What DefaultQuantization calls its presets: how the limits of activations lie about zero (ranges.h). Those of weights are symmetric.
enum class Preset { kPerformance, kMixed };  // symmetric, asymmetric

// Gives a calibration out in blocks, and keeps what they give outside of the run, so that one that is ended can go on later and several
// processes can take blocks from one another.
class CalibrationStore {
 public:
  CalibrationStore() = default;
  CalibrationStore(const CalibrationStore&) = delete;
  CalibrationStore& operator=(const CalibrationStore&) = delete;
  virtual ~CalibrationStore() = default;

  // The next block of so many images, as a share of them; nothing when there are no more.
  virtual Result<std::optional<Share>> next(std::size_t images) = 0;
  // What a block gave before; null where that is not known, or where an image could not be used, which is to be tried again.
  virtual const CalibrationStatistics* known(const Share& block) = 0;
  virtual Status keep(const Share& block, const CalibrationStatistics& statistics) = 0;
};

struct CalibrationOptions {
  int threads = 1;
  Progress progress;
  Warn warn;
  bool pair_safe = false;                                // weights for CPUs with AVX2 alone: quantize() reads it, see pair_safe.h
  Preset preset = Preset::kMixed;                        // quantize() reads it, too
  std::optional<RangeEstimator> estimator{};             // of activations, in place of octet's own way to find ranges
  Share share{};                                         // CalibratedModel::calibrate(): the images that are observed
  std::shared_ptr<const CalibrationStatistics> known{};  // and, where some are given, what is taken for all images instead
  CalibrationStore* store = nullptr;                     // whose blocks are observed instead of the share, where there is one
  bool of_channels = false;                              // calibrate(): see RangeObserver
  bool stops_when_enough = false;                        // with neither of them: leaves out images of many that would change nothing
};

// Is shown each observed value of an image as well, by worker 0 to threads - 1, each of which has one image at a time.
using ImageObserver = std::function<void(int worker, std::size_t index, const Observed& seen)>;

// Is shown what is known after 4, 8, 16, ... of the images in their order, and after the last.
using CalibrationCheckpoint = std::function<void(std::int64_t images, const std::map<Value, RangeObserver>& observers)>;

// Statistics of the given values over all images, from the FP32 model; one pass, memory independent of the number of images.
// The number of images that were used comes with each observer. kNotFound if no image could be used; kMalformed, with the names of
// image and node, if a value is infinite or no number: of several such images the first is named, whatever the number of threads.
Result<std::map<Value, RangeObserver>> calibrate(const Graph& graph, const std::vector<Value>& values, const CalibrationImages& images,
                                                 const CalibrationOptions& options, const ImageObserver& observer = {},
                                                 const CalibrationCheckpoint& checkpoint = {});

}  // namespace octet::quant
