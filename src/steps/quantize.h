#pragma once

#include <filesystem>

#include "data/dataset.h"
#include "quant/explain.h"
#include "quant/quantize.h"

namespace octet {

// Quantizes an FP32 model that describes itself with the pictures of a data set. Pictures that cannot give good ranges are warned of
// before they are run. `path` is where the model came from, for messages. Errors are those of quant::quantize(), and kMalformed for a
// graph that does not say how pictures enter it.
Result<quant::QuantizedModel> quantize_model(const Graph& graph, const std::filesystem::path& path, const Dataset& pictures,
                                             const quant::CalibrationOptions& options);

// What each layer of what quantize_model() made costs, from a few of the same pictures. Errors are those of quant::explain().
Result<quant::Explanation> explain_model(const quant::QuantizedModel& model, const std::filesystem::path& path, const Dataset& pictures,
                                         const quant::CalibrationOptions& options);

}  // namespace octet
