#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "formats/tensorflow/graph_def.pb.h"

namespace octet::tensorflow {

// Puts the bodies of called functions (PartitionedCall, StatefulPartitionedCall, a function's own name) in place of the calls, their
// names behind that of the call: "StatefulPartitionedCall/model/conv2d/Conv2D". `outputs` are values of the graph ("name:port"), which
// are given the names that they have afterwards. What only orders the execution ("^name") is dropped. A graph without functions stays
// as it is.
//
// kMalformed for a call that does not fit its function, for functions that call themselves, and where the graph would grow beyond what
// real networks have.
Status inline_functions(proto::GraphDef& graph, std::vector<std::string>& outputs);

}  // namespace octet::tensorflow
