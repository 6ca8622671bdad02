#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "formats/onnx/model.h"

namespace octet::onnx {

struct FunctionRecord {
  std::vector<std::string> inputs, outputs;
  std::map<std::string, Attribute, std::less<>> defaults;  // of attributes that a call may leave out
  std::vector<NodeRecord> nodes;
};

// By domain and name.
using Functions = std::map<std::pair<std::string, std::string>, FunctionRecord>;

// Puts the bodies of functions in the place of their calls, also inside of subgraphs. kMalformed where functions call one another too
// deeply or too often, or a call gives more values than a function takes.
Status inline_functions(const Functions& functions, GraphRecord& graph);

}  // namespace octet::onnx
