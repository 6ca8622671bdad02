#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/dataset.h"
#include "quant/calibrate.h"

namespace octet {

// How the Open Model Zoo has a model quantized, for its Post-training Optimization Tool: quantization.yml, or what its quantizer does
// without one.
struct QuantizationSettings {
  std::string compression;     // JSON of the part that the tool is configured by
  std::int64_t samples = 300;  // pictures to calibrate with
  quant::Preset preset = quant::Preset::kMixed;
  std::optional<quant::RangeEstimator> estimator{};  // none: octet's own way
  std::vector<std::string> unheeded;                 // what octet's quantizer does another way
};

// Reads quantization.yml; an empty path gives what holds without one. kMalformed, with the file, for what is none.
Result<QuantizationSettings> read_quantization_settings(const std::filesystem::path& path);

// The pictures of the data set that accuracy-check.yml measures a model on: the first `count` by id of those that have annotations.
// `accuracy_check` and `definitions` (dataset_definitions.yml) say where they lie below `data`; where one of them is empty, `data` is
// looked at as everywhere in octet. Listed pictures that are not there are left out, and `warn` is told how many.
//
// Errors: those of open_dataset(); kMalformed for files that cannot be read so, kUnsupported for annotations that are not COCO's.
Result<Dataset> open_accuracy_samples(const std::filesystem::path& accuracy_check, const std::filesystem::path& definitions,
                                      const std::filesystem::path& data, std::int64_t count, const Warn& warn);

}  // namespace octet
