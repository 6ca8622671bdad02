#pragma once

#include <filesystem>
#include <vector>

#include "runtime/plan.h"
#include "steps/import_source.h"
#include "workflow/layout.h"

namespace octet {

struct ConvertedIr {
  std::filesystem::path xml, onnx;  // the latter where it was asked for
  std::vector<Port> inputs, outputs;
};

// Imports `source` and writes OUTPUT/public/<model>/<FP32 or FP16>/<model>.xml and .bin, and .onnx where it is asked for.
Result<ConvertedIr> convert_source(const std::filesystem::path& source, const std::filesystem::path& output, const ConvertOptions& options,
                                   const WriteOptions& written = {});

}  // namespace octet
