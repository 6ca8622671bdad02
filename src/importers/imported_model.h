#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "graph/original_file.h"
#include "model/description.h"
#include "passes/passes.h"

namespace octet {

// A published model as octet has it: the network, and how a picture enters it and its outputs become boxes.
struct ImportedModel {
  Graph graph;  // without model_info, which is the text form of `description`
  ModelDescription description;
  std::vector<std::filesystem::path> weights = {};  // the files that hold the numbers: what a person means by "the model"
  std::string labels_hint = {};                     // how a person gives it labels where it has none; may be empty
  passes::InputSteps input_steps = {};    // what `graph` does to a picture before the network as the file has it, where it is known
  std::vector<std::string> reasons = {};  // what was recognised of the file and why; may be empty
  std::string doubt = {};                 // what speaks against it, for a warning; may be empty
  // The file as other programs run it, for the graph as it is here; else why it cannot stand for the graph.
  Result<OriginalFile> original = Error{ErrorCode::kUnsupported, "octet gives such files to no other engine"};
};

}  // namespace octet
