#pragma once

#include "base/result.h"
#include "formats/tensorflow/graph_def.h"
#include "formats/tensorflow/graph_def.pb.h"

namespace octet::tensorflow {

// The records of a message, which is used up: for the formats that have a GraphDef inside or write it otherwise. Errors, all
// kMalformed, as those of parse_graph_def.
Result<GraphDef> records_of(proto::GraphDef&& source);

}  // namespace octet::tensorflow
