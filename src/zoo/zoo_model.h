#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "download/remote_file.h"
#include "model/info_reader.h"

namespace octet {

// An input of a published model as its own program has it, before any conversion.
struct ZooInput {
  std::string name;
  std::vector<std::int64_t> shape;  // empty where it is not stated
  std::string layout;               // such as NHWC; empty where it is not stated
};

// A published model: what its model.yml says, or its composite-model.yml with the models of its stages.
struct ZooModel {
  std::string name;              // letters, digits, '.', '_' and '-'
  std::string subdirectory;      // where its files go below an output folder, and its model.yml lies below the models root
  std::filesystem::path folder;  // that holds its model.yml, accuracy-check.yml and quantization.yml; empty for what the program carries
  std::string composite_name;    // of the composite model that this is or belongs to; empty: none

  std::string description, framework, license, task_type;
  std::vector<RemoteFile> files;
  std::vector<Postprocessing> postprocessing;  // in this order, once all files are there
  std::vector<ZooInput> inputs;
  std::vector<std::string> precisions;                     // of its IR, in byte order
  std::optional<std::vector<std::string>> optimizer_args;  // none: it is an IR already, or octet's own way to convert it is known
  std::vector<std::string> onnx_args;                      // of the script that makes an ONNX of it first; empty: none is needed
  std::optional<bool> quantizable;                         // where the tree that it is from states that of its models
  ModelInfo model_info;
  std::vector<ZooModel> stages;  // of a composite model

  // Keys of octet's own. The files are paths below the model's folder, once post-processing is done.
  std::vector<std::string> aliases;
  std::string source_file;                                                    // that octet converts; empty: `optimizer_args` tell
  std::string weights_file;                                                   // of a source that does not hold them
  std::string accuracy;                                                       // as it is published, for people
  std::map<std::string, std::vector<std::string>, std::less<>> output_names;  // by which scripts look for an output of the imported source
};

}  // namespace octet
