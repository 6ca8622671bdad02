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

// How often each pixel is repeated along both axes, or 0 if that is not what happened.
std::int64_t repetition(const Array& from, const Array& to) {
  if (to.shape.size() != 4 || to.shape[0] != 1 || to.shape[3] != from.shape[3] || to.shape[1] % from.shape[1] != 0) return 0;
  const std::int64_t times = to.shape[1] / from.shape[1];
  if (times < 1 || to.shape[2] != from.shape[2] * times) return 0;
  std::size_t at = 0;
  for (std::int64_t y = 0; y < to.shape[1]; ++y)
    for (std::int64_t x = 0; x < to.shape[2]; ++x)
      for (std::int64_t c = 0; c < to.shape[3]; ++c)
        if (to.values[at++] != from.values[static_cast<std::size_t>(((y / times) * from.shape[2] + x / times) * from.shape[3] + c)])
          return 0;
  return times;
}

}  // namespace

std::optional<Ref> repeated_value(const Source& source, const NodeRecord& node) {
  if (node.op != "Reshape") return std::nullopt;
  const NodeRecord* at = &node;
  std::optional<Ref> found;
  for (std::size_t hops = 0; hops < 16 && may_repeat(at->op); ++hops) {
    const auto next = arranged(source, *at);
    if (!next) break;
    // A product is taken to repeat only inside of the chain, that is behind a Reshape to more dimensions.
    if (at->op == "Mul" && source.op(*next) != "Reshape") break;
    found = next;
    at = &source.node(*next);
  }
  return found;
}

Result<Feature> repeat_pixels(const NodeRecord& node, Network& network) {
  const auto from = repeated_value(network.source(), node);
  if (!from) return unsupported(node, "rearranges values inside the feature extractor");
  OCTET_ASSIGN(const Shape nhwc, network.nhwc_shape(*from));
  OCTET_ASSIGN(Array numbered, make_array(DataType::kDouble, nhwc));
  for (std::size_t i = 0; i < numbered.values.size(); ++i) numbered.values[i] = static_cast<double>(i);
  OCTET_ASSIGN(const ArrayPtr to, probe(*from, numbered, {network.source().index_of(node), 0}, network));
  const std::int64_t times = repetition(numbered, *to);
  if (times < 1) return unsupported(node, "rearranges values inside the feature extractor other than by repeating pixels");
  OCTET_ASSIGN(const Value data, network.value(*from));
  const std::vector<std::int64_t> size{nhwc[1] * times, nhwc[2] * times};
  return network.append(node, Interpolate{}, {data, network.append_constant(Tensor::of<std::int64_t>({2}, size), node.name + "/size")});
}

}  // namespace octet::tensorflow
