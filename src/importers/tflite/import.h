#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>

#include "base/result.h"
#include "importers/importer.h"
#include "recognise/beside/beside.h"

namespace octet {

// A TensorFlow Lite model (.tflite): float, with weights in 16 or 8 bits, or quantized throughout, whose scales it keeps. Its network
// computes on planes where the file has pixels; a quantized tensor has its real values. The head is recognised (recognise/), or is the
// TFLite_Detection_PostProcess of an SSD, which becomes DetectionOutput; that keeps at least 100 boxes an image, and `warn` is told where
// the file keeps fewer. Errors name the file, the operator and the tensor: kNotFound, kMalformed, kUnsupported.
Result<ImportedModel> import_tflite(const std::filesystem::path& path, const ImportOptions& options = {});

// The same from the content of a file that `owner` keeps alive, aligned as an allocation; errors and warnings name no file, the model has
// no name; `beside`: what lies beside the file, for heads that are recognised.
Result<ImportedModel> import_tflite(std::span<const std::byte> bytes, std::shared_ptr<const void> owner, const ImportOptions& options = {},
                                    const Beside& beside = {});

}  // namespace octet
