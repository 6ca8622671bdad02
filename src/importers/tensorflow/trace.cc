#include "importers/tensorflow/trace.h"

#include <algorithm>
#include <deque>
#include <map>
#include <string_view>

namespace octet::tensorflow {
namespace {

constexpr std::ptrdiff_t kAll = 1 << 30;

// Which inputs of an operation are data: from `begin` to before `end`, which counts from the last one where it is negative.
struct DataInputs {
  std::string_view op;
  std::ptrdiff_t begin, end;
};

// Of all others every input is.
constexpr DataInputs kDataInputs[] = {
    {"Gather", 0, 1},
    {"GatherV2", 0, 1},
    {"GatherNd", 0, 1},
    {"Slice", 0, 1},
    {"StridedSlice", 0, 1},
    {"Reshape", 0, 1},
    {"Tile", 0, 1},
    {"ExpandDims", 0, 1},
    {"Squeeze", 0, 1},
    {"Transpose", 0, 1},
    {"Pad", 0, 1},
    {"PadV2", 0, 1},
    {"TopKV2", 0, 1},
    {"Switch", 0, 1},
    {"SplitV", 0, 1},
    {"Split", 1, 2},
    {"Select", 1, kAll},
    {"SelectV2", 1, kAll},
    {"Concat", 1, kAll},
    {"ConcatV2", 0, -1},
    {"TensorArrayReadV2", 2, 3},
    {"TensorArrayReadV3", 2, 3},
    {"TensorArrayGatherV2", 2, 3},
    {"TensorArrayGatherV3", 2, 3},
    {"TensorArrayScatterV2", 2, 3},
    {"TensorArrayScatterV3", 2, 3},
    {"TensorArrayWriteV2", 2, 4},
    {"TensorArrayWriteV3", 2, 4},
    {"Shape", 0, 0},
    {"Rank", 0, 0},
    {"Size", 0, 0},
    {"ZerosLike", 0, 0},
    {"OnesLike", 0, 0},
    {"Fill", 0, 0},
    {"Range", 0, 0},
    {"Where", 0, 0},
    {"TensorArrayV3", 0, 0},
};

}  // namespace

std::vector<Ref> data_inputs(const NodeRecord& node) {
  const auto found = std::ranges::find(kDataInputs, node.op, &DataInputs::op);
  if (found == std::end(kDataInputs)) return node.inputs;
  const auto size = std::ssize(node.inputs);
  const std::ptrdiff_t end = std::clamp(found->end < 0 ? size + found->end : found->end, std::ptrdiff_t{0}, size);
  return {node.inputs.begin() + std::min(found->begin, end), node.inputs.begin() + end};
}

std::vector<Ref> trace_back(const Source& source, Ref from, const std::function<bool(Ref)>& accept) {
  std::map<Ref, Ref> reached_from{{from, from}};
  std::deque<Ref> waiting{from};
  while (!waiting.empty()) {
    const Ref at = waiting.front();
    waiting.pop_front();
    if (accept(at)) {
      std::vector<Ref> path{at};
      while (path.back() != from) path.push_back(reached_from.at(path.back()));
      std::reverse(path.begin(), path.end());
      return path;
    }
    for (const Ref input : data_inputs(source.node(at)))
      if (reached_from.emplace(input, at).second) waiting.push_back(input);
  }
  return {};
}

}  // namespace octet::tensorflow
