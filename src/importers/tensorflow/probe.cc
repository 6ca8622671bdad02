#include "importers/tensorflow/probe.h"

#include <algorithm>

namespace octet::tensorflow {

Result<Tensor> probe(Ref given, Tensor value, Ref wanted, Network& network) {
  Evaluator evaluator(network.source(), [&](Ref ref) { return network.shape_of(ref); });
  evaluator.bind(given, std::move(value));
  return evaluator.evaluate(wanted);
}

Result<Ref> last_computable(const std::vector<Ref>& path, const Heads& heads, const std::vector<std::int64_t>& widths, Network& network) {
  Evaluator evaluator(network.source(), [&](Ref ref) { return network.shape_of(ref); });
  OCTET_RETURN_IF_ERROR(check_constant_shape(heads.joined_shape));
  evaluator.bind(heads.joined, Tensor(ElementType::kF32, heads.joined_shape));
  Error first_obstacle = unsupported(network.source().node(heads.joined), "leads to nothing that octet can compute");
  for (const Ref ref : path) {
    const auto value = evaluator.evaluate(ref);
    if (!value.ok()) {
      first_obstacle = value.error();
      continue;
    }
    const std::int64_t count = value->size();
    if (std::ranges::any_of(widths, [&](std::int64_t width) { return width > 0 && count == heads.num_rows * width; })) return ref;
  }
  return first_obstacle;
}

}  // namespace octet::tensorflow
