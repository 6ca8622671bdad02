#pragma once

#include <functional>
#include <map>
#include <vector>

#include "base/progress.h"
#include "graph/graph.h"
#include "quant/observer.h"

namespace octet::quant {

// Images of a calibration, made ready as the model's one input. `load` is called from several threads; an error means that
// the image is skipped with a warning.
struct CalibrationImages {
  std::size_t count = 0;
  std::function<Result<Tensor>(std::size_t index)> load;
};

struct CalibrationOptions {
  int threads = 1;
  Progress progress;
  Warn warn;
};

// Statistics of the given values over all images, from the FP32 model; one pass, memory independent of the number of images.
// The number of images that were used comes with each observer. kNotFound if no image could be used.
Result<std::map<Value, RangeObserver>> calibrate(const Graph& graph, const std::vector<Value>& values, const CalibrationImages& images,
                                                 const CalibrationOptions& options);

}  // namespace octet::quant
