#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "importers/tensorflow/heads.h"
#include "importers/tensorflow/network.h"

// Trying out parts of the graph: what does it compute from predictions that we choose?
namespace octet::tensorflow {

// The value of `wanted` where `given` has the value `value`.
Result<Tensor> probe(Ref given, Tensor value, Ref wanted, Network& network);

// The value on `path` (from the suppression back to the heads) that is closest to the suppression and can be computed
// from the predictions alone, with one of `widths` values (those above 0) for each row of the heads.
Result<Ref> last_computable(const std::vector<Ref>& path, const Heads& heads, const std::vector<std::int64_t>& widths, Network& network);

}  // namespace octet::tensorflow
