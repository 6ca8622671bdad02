#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "base/result.h"
#include "formats/tensorflow_js/graph_model.h"
#include "tensor/tensor.h"

namespace octet::tensorflow_js {

// The arrays of a model's 'weightsManifest' by name, no longer quantized; those of text are left out. kMalformed where the shards hold less
// or more than the manifest says, for a path out of the folder, and for a shard that is named twice; kUnsupported for a type that octet
// lacks.
Result<std::map<std::string, Tensor>> read_weights(const nlohmann::json& model, const ReadShard& read_shard);

}  // namespace octet::tensorflow_js
