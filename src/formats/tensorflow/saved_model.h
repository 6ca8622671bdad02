#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <string>

#include "base/result.h"
#include "formats/tensorflow/graph_def.h"

namespace octet::tensorflow {

// Gives the value of a variable by its key in the checkpoint.
using ReadVariable = std::function<Result<Tensor>(const std::string& key)>;

// The graph of saved_model.pb, as the frozen graph would have it: the nodes that the outputs of its signature need ("serving_default", or
// the only one that has outputs), functions put in place of their calls, variables as constants. Which variable has which key is read
// off the model's own restoring of them.
//
// kMalformed for what is no SavedModel, or damaged; kUnsupported for one without a signature to choose; what `read_variable` says.
Result<GraphDef> parse_saved_model(std::span<const std::byte> pb, const ReadVariable& read_variable);

// The same of a folder with saved_model.pb and variables/. Errors name the file.
Result<GraphFiles> read_saved_model(const std::filesystem::path& folder);

}  // namespace octet::tensorflow
