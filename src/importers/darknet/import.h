#pragma once

#include <filesystem>

#include "base/progress.h"
#include "base/result.h"
#include "importers/imported_model.h"

namespace octet {

// Reads a Darknet network: its cfg and the .weights file that belongs to it, batch normalisations folded in.
//
// The graph takes "image", f32 [1,C,H,W], BGR 0..255, and has an output for each [yolo] and [region] section in the order
// of the cfg: the raw tensor that enters it, named by the section and its layer number as Darknet counts ("yolo_139").
// Labels come from a .names file beside the cfg (importers/darknet/labels.h); `warn` is told why one was not used.
//
// Errors: kNotFound (a file is absent), kMalformed (a file is not what it claims, or weights and cfg do not belong
// together), kUnsupported (a section or option that octet lacks, named with its line).
Result<ImportedModel> import_darknet(const std::filesystem::path& cfg, const std::filesystem::path& weights, const Warn& warn = {});

}  // namespace octet
