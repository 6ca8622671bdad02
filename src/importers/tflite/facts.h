#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "formats/tflite/model.h"
#include "model/info_reader.h"
#include "passes/passes.h"

namespace octet::tflite {

// What a file says beside its network.
struct FileFacts {
  passes::InputSteps pixels = {};        // from bytes to the values of the input, channels aside; empty where it does not say
  ModelInfo metadata = {};               // Ultralytics' keys, and Model API's for `pixels`
  std::vector<std::string> labels = {};  // lines of an appended file of labels
};

// A quantized input takes bytes by its scale; another one by the normalization of the metadata. `bytes` is the whole file. kMalformed for
// damaged metadata.
Result<FileFacts> facts_of(const Model& model, std::span<const std::byte> bytes);

}  // namespace octet::tflite
