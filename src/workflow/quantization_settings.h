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

// Where the pictures and annotations lie that accuracy-check.yml measures a model on: below `data`, as `accuracy_check` and `definitions`
// (dataset_definitions.yml) say; where one of them is empty, `data` is looked at as everywhere in octet.
//
// Errors: kMalformed for files that cannot be read so, kUnsupported for annotations that are not COCO's.
Result<DataSource> accuracy_source(const std::filesystem::path& accuracy_check, const std::filesystem::path& definitions,
                                   const std::filesystem::path& data);

// The first `count` of them by id that have annotations. Listed pictures that are not there are left out, and `warn` is told how many.
// Errors as open_dataset() and annotated_images() have them.
Result<Dataset> open_accuracy_samples(const DataSource& source, std::int64_t count, const Warn& warn);

}  // namespace octet
