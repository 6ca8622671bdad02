#pragma once

#include <functional>
#include <vector>

#include "importers/tensorflow/source.h"

namespace octet::tensorflow {

// The inputs whose elements become elements of the output: not indices, shapes, conditions or sizes. Goes through
// TensorFlow 1 loops and tensor arrays.
std::vector<Ref> data_inputs(const NodeRecord& node);

// The shortest way along data_inputs from `from` back to a value that `accept` takes, both ends included; empty if
// there is none.
std::vector<Ref> trace_back(const Source& source, Ref from, const std::function<bool(Ref)>& accept);

}  // namespace octet::tensorflow
