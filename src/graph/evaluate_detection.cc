#include <algorithm>

#include "graph/detection_output.h"
#include "graph/evaluate_ops.h"

namespace octet::reference {
namespace {

float step_of(float own, float common, std::int64_t image, std::int64_t grid) {
  if (own != 0) return own;
  return common != 0 ? common : static_cast<float>(image) / static_cast<float>(grid);
}

std::array<float, 4> variances_of(const PriorBoxClustered& op) {
  if (op.variances.empty()) return {0.1f, 0.1f, 0.1f, 0.1f};
  if (op.variances.size() == 1) return {op.variances[0], op.variances[0], op.variances[0], op.variances[0]};
  return {op.variances[0], op.variances[1], op.variances[2], op.variances[3]};
}

}  // namespace

Tensors run(const PriorBoxClustered& op, const Call& call) {
  const auto grid = call.integers(0), image = call.integers(1);
  const float step_y = step_of(op.step_h, op.step, image[0], grid[0]), step_x = step_of(op.step_w, op.step, image[1], grid[1]);
  const auto height = static_cast<float>(image[0]), width = static_cast<float>(image[1]);
  std::vector<float> values;
  const auto put = [&](float value) { values.push_back(op.clip ? std::clamp(value, 0.0f, 1.0f) : value); };
  for (std::int64_t row = 0; row < grid[0]; ++row)
    for (std::int64_t column = 0; column < grid[1]; ++column)
      for (std::size_t prior = 0; prior < op.widths.size(); ++prior) {
        const float center_x = (static_cast<float>(column) + op.offset) * step_x;
        const float center_y = (static_cast<float>(row) + op.offset) * step_y;
        put((center_x - op.widths[prior] / 2) / width);
        put((center_y - op.heights[prior] / 2) / height);
        put((center_x + op.widths[prior] / 2) / width);
        put((center_y + op.heights[prior] / 2) / height);
      }
  const auto variances = variances_of(op);
  const std::size_t priors = values.size() / 4;
  for (std::size_t i = 0; i < priors; ++i) values.insert(values.end(), variances.begin(), variances.end());
  return {Tensor::of<float>(call.outputs[0].shape, values)};
}

Tensors run(const DetectionOutput& op, const Call& call) {
  const auto codes = to_vector<float>(call.inputs[0]), scores = to_vector<float>(call.inputs[1]);
  const auto priors = to_vector<float>(call.inputs[2]);
  const std::int64_t count = call.shape(2)[2] / 4;
  const DetectionSizes sizes{call.shape(0)[0], count, call.shape(1)[1] / count, call.shape(2)[0] > 1, call.shape(2)[1] == 2};
  std::vector<float> rows(static_cast<std::size_t>(element_count(call.outputs[0].shape)));
  DetectionScratch scratch;
  detection_output(op, sizes, codes, scores, priors, rows, scratch);
  return {rounded<float>(call.outputs[0], rows)};
}

}  // namespace octet::reference
