#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/info_reader.h"

namespace octet {

// What files beside a model say of it, by the keys of docs/model_info.md and of Ultralytics (names, imgsz, stride, task).
struct Beside {
  ModelInfo keys = {};
  std::string from = {};                 // "infer_cfg.yml beside it (PaddleDetection)"; empty: nothing lies there
  std::string remark = {};               // what those files ask for that octet does otherwise, as a sentence; may be empty
  std::vector<std::string> unused = {};  // sentences about files of those names that cannot be read
};

// The first of what exporters lay beside a model: Ultralytics' metadata.yaml, PaddleDetection's infer_cfg.yml or inference.yml, MMDeploy's
// pipeline.json, Transformers' preprocessor_config.json with config.json, which may lie in the folder above one that is named onnx or
// openvino. Of a model that is a folder, such files in it. Files of these names that have not their keys are of others, and are passed
// over, and so are files that cannot be read, which `unused` says. kMalformed, naming the file, where one of them has a wrong value.
Result<Beside> read_beside(const std::filesystem::path& model);

// Puts what lies beside a model below what its own metadata says, for none that octet wrote: that says all. The sentences about it, for the
// reasons.
std::vector<std::string> merge_beside(const Beside& beside, ModelInfo& metadata);

}  // namespace octet
