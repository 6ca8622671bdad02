#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "model/description.h"

namespace octet {

// A published model as octet has it: the network, and how a picture enters it and its outputs become boxes.
struct ImportedModel {
  Graph graph;  // without model_info, which is the text form of `description`
  ModelDescription description;
  std::vector<std::filesystem::path> weights = {};  // the files that hold the numbers: what a person means by "the model"
  std::string labels_hint = {};                     // how a person gives it labels where it has none; may be empty
};

}  // namespace octet
