#pragma once

#include <filesystem>
#include <vector>

#include "data/class_map.h"
#include "detector/detect_images.h"
#include "steps/import_source.h"

namespace octet {

// Gives a model's classes the names of a file, one a line, or those of a data.yaml; the background of an SSD need not be among them.
// kMalformed where a name is no text or their number is not that of the classes of `model`, which is where the description came from.
Status name_classes(ModelDescription& description, const std::filesystem::path& names_file, const std::filesystem::path& model);

// Models of any kind that octet opens made ready by an engine, their classes named by `options.labels` unless that is empty.
// `options.warn` is told what another engine than octet runs of a file.
Result<std::vector<Detector>> load_detectors(const std::vector<std::filesystem::path>& models, const ConvertOptions& options,
                                             const Engine& engine = default_engine(),
                                             InferencePrecision precision = InferencePrecision::kF32);

// What the classes of one detector, or of two, are to the categories of a data set. `warn` is told what a reader of the figures
// must know; call this before pictures are run. kMalformed, with the annotation file, as map_classes() has it.
Result<std::vector<ClassMap>> map_classes(const std::vector<Detector>& detectors, const Dataset& dataset, const Warn& warn);

// The detections in COCO's results format, image after image.
std::vector<CocoResult> coco_results(const ClassMap& classes, const Dataset& dataset, const DetectionRun& run);

}  // namespace octet
