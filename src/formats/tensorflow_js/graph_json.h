#pragma once

#include <nlohmann/json.hpp>

#include "base/result.h"
#include "formats/tensorflow/graph_def.pb.h"

namespace octet::tensorflow_js {

// A GraphDef from protobuf's JSON: numbers of 64 bits may be texts, an enumerator its name or its number, bytes are base64 or, as
// older converters wrote them, a list of numbers. Constants have no values here: TensorFlow.js keeps them in the shards.
Result<tensorflow::proto::GraphDef> graph_from_json(const nlohmann::json& topology);

}  // namespace octet::tensorflow_js
