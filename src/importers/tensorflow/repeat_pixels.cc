// Nearest-neighbour upsampling as exporters before ResizeNearestNeighbor spell it: [1,H,W,C] reshaped to [1,H,1,W,1,C],
// multiplied by ones [1,1,s,1,s,1] (or stacked s times on two new axes) and reshaped to [1,H*s,W*s,C]. Any such chain is
// tried out with a value that tells its elements apart.
#include <algorithm>

#include "importers/tensorflow/network.h"
#include "importers/tensorflow/probe.h"

namespace octet::tensorflow {
namespace {

bool may_repeat(std::string_view op) {
  return op == "Reshape" || op == "Pack" || op == "Tile" || op == "ExpandDims" || op == "Mul" || op == "Identity";
}

// The one value that the node arranges, if its other inputs are constants.
std::optional<Ref> arranged(const Source& source, const NodeRecord& node) {
  std::optional<Ref> found;
  for (const Ref input : node.inputs) {
    if (!source.is_dynamic(input)) continue;
    if (found && *found != input) return std::nullopt;
    found = input;
  }
  return found;
}

// How often each pixel of numbered elements is repeated along both axes, or 0 if that is not what happened.
std::int64_t repetition(const Shape& from, const Tensor& repeated) {
  const Shape& to = repeated.shape();
  if (to.size() != 4 || to[0] != 1 || to[3] != from[3] || to[1] % from[1] != 0) return 0;
  const std::int64_t times = to[1] / from[1];
  if (times < 1 || to[2] != from[2] * times) return 0;
  const auto numbers = to_vector<double>(repeated);
  std::size_t at = 0;
  for (std::int64_t y = 0; y < to[1]; ++y)
    for (std::int64_t x = 0; x < to[2]; ++x)
      for (std::int64_t c = 0; c < to[3]; ++c) {
        const std::int64_t source = ((y / times) * from[2] + x / times) * from[3] + c;
        if (numbers[at++] != static_cast<double>(source)) return 0;
      }
  return times;
}

}  // namespace

std::optional<Ref> repeated_value(const Source& source, const NodeRecord& node) {
  if (node.op != "Reshape") return std::nullopt;
  const NodeRecord* at = &node;
  std::optional<Ref> found;
  bool is_chain = false;
  for (std::size_t hops = 0; hops < 16 && may_repeat(at->op); ++hops) {
    const auto next = arranged(source, *at);
    if (!next) break;
    // A product is taken to repeat only inside of the chain, that is behind a Reshape to more dimensions.
    if (at->op == "Mul" && source.op(*next) != "Reshape") break;
    is_chain |= hops > 0 && at->op != "Identity";
    found = next;
    at = &source.node(*next);
  }
  return is_chain ? found : std::nullopt;
}

Result<std::optional<Feature>> repeat_pixels(const NodeRecord& node, Ref from, Network& network) {
  OCTET_ASSIGN(const Shape nhwc, network.shape_of(from));
  if (nhwc.size() != 4 || !check_constant_shape(nhwc).ok()) return std::optional<Feature>();
  // Each element is its number, which f32 holds exactly: there are no more than kMaxConstantElements.
  Tensor numbered(ElementType::kF32, nhwc);
  const auto numbers = numbered.mutable_values<float>();
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<float>(i);
  const auto to = probe(from, std::move(numbered), {network.source().index_of(node), 0}, network);
  const std::int64_t times = to.ok() ? repetition(nhwc, *to) : 0;
  if (times < 1) return std::optional<Feature>();
  OCTET_ASSIGN(const Value data, network.planar(from));
  const Value size = emit_integers(network.graph(), {nhwc[1] * times, nhwc[2] * times}, node.name + "/size");
  OCTET_ASSIGN(Feature repeated, network.append(node, Interpolate{}, {data, size}));
  return std::optional(std::move(repeated));
}

}  // namespace octet::tensorflow
