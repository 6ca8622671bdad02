#include "importers/tensorflow/trace.h"

#include <algorithm>
#include <deque>
#include <map>
#include <string_view>

namespace octet::tensorflow {
namespace {

enum class Side { kAll, kNone, kFirst, kSecond, kThird, kThirdAndFourth, kAllButFirst, kAllButLast };

struct SideOf {
  std::string_view op;
  Side side;
};

constexpr SideOf kSides[] = {
    {"Gather", Side::kFirst},
    {"GatherV2", Side::kFirst},
    {"GatherNd", Side::kFirst},
    {"Slice", Side::kFirst},
    {"StridedSlice", Side::kFirst},
    {"Reshape", Side::kFirst},
    {"Tile", Side::kFirst},
    {"ExpandDims", Side::kFirst},
    {"Squeeze", Side::kFirst},
    {"Transpose", Side::kFirst},
    {"Pad", Side::kFirst},
    {"PadV2", Side::kFirst},
    {"TopKV2", Side::kFirst},
    {"Switch", Side::kFirst},
    {"SplitV", Side::kFirst},
    {"Split", Side::kSecond},
    {"Select", Side::kAllButFirst},
    {"SelectV2", Side::kAllButFirst},
    {"Concat", Side::kAllButFirst},
    {"ConcatV2", Side::kAllButLast},
    {"TensorArrayReadV2", Side::kThird},
    {"TensorArrayReadV3", Side::kThird},
    {"TensorArrayGatherV2", Side::kThird},
    {"TensorArrayGatherV3", Side::kThird},
    {"TensorArrayScatterV2", Side::kThird},
    {"TensorArrayScatterV3", Side::kThird},
    {"TensorArrayWriteV2", Side::kThirdAndFourth},
    {"TensorArrayWriteV3", Side::kThirdAndFourth},
    {"Shape", Side::kNone},
    {"Rank", Side::kNone},
    {"Size", Side::kNone},
    {"ZerosLike", Side::kNone},
    {"OnesLike", Side::kNone},
    {"Fill", Side::kNone},
    {"Range", Side::kNone},
    {"Where", Side::kNone},
    {"TensorArrayV3", Side::kNone},
};

Side side_of(std::string_view op) {
  const auto found = std::ranges::find(kSides, op, &SideOf::op);
  return found == std::end(kSides) ? Side::kAll : found->side;
}

}  // namespace

std::vector<Ref> data_inputs(const NodeRecord& node) {
  const std::vector<Ref>& all = node.inputs;
  const auto part = [&](std::size_t begin, std::size_t end) {
    end = std::min(end, all.size());
    begin = std::min(begin, end);
    return std::vector<Ref>(all.begin() + static_cast<std::ptrdiff_t>(begin), all.begin() + static_cast<std::ptrdiff_t>(end));
  };
  switch (side_of(node.op)) {
    case Side::kNone:
      return {};
    case Side::kFirst:
      return part(0, 1);
    case Side::kSecond:
      return part(1, 2);
    case Side::kThird:
      return part(2, 3);
    case Side::kThirdAndFourth:
      return part(2, 4);
    case Side::kAllButFirst:
      return part(1, all.size());
    case Side::kAllButLast:
      return part(0, all.empty() ? 0 : all.size() - 1);
    case Side::kAll:
      break;
  }
  return all;
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
