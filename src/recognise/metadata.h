#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/image_size.h"
#include "base/result.h"
#include "model/info_reader.h"

namespace octet {

// What the metadata of a file says by the keys of Ultralytics' exporters (names, task, stride, imgsz) and of Model API (labels), and by
// octet_classes.
struct MetadataFacts {
  std::vector<std::string> labels = {};  // by class index; empty: it does not say
  int classes = 0;                       // how many there are, also where it names none; 0: it does not say
  bool is_ultralytics = false;
};

// Whether an exporter of Ultralytics wrote it.
bool is_of_ultralytics(const ModelInfo& metadata);

// kMalformed for names that cannot be read; kUnsupported where the task is not to detect boxes. Both name the key.
Result<MetadataFacts> read_metadata(const ModelInfo& metadata);

// The height and width of the pictures of a file whose input leaves them open: as declared (orig_height, orig_width), else by its metadata
// (imgsz: "[480, 640]", "640"); zeros where neither says. kMalformed, naming the key.
Result<ImageSize> stated_size(const ModelInfo& declared, const ModelInfo& metadata);

// The names under `names` of a YAML file, such as the data.yaml that a model was trained with, by class index. kMalformed, with the file.
Result<std::vector<std::string>> names_in_yaml(const std::filesystem::path& file);

}  // namespace octet
