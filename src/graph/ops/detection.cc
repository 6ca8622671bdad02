#include <algorithm>

#include "base/checked_math.h"
#include "graph/detection_output.h"
#include "graph/op_functions.h"

namespace octet::ops {
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

Types infer(const PriorBoxClustered& op, const Arguments& arguments) {
  OCTET_ASSIGN(const auto grid, integers(arguments, 0, "the size of the grid"));
  OCTET_ASSIGN(const auto image, integers(arguments, 1, "the size of the image"));
  if (grid.size() != 2 || image.size() != 2) return malformed("sizes of grid and image must be height and width");
  if (grid[0] < 0 || grid[1] < 0 || image[0] < 1 || image[1] < 1)
    return malformed("grid " + to_string(grid) + " in image " + to_string(image));
  if (op.widths.empty() || op.widths.size() != op.heights.size())
    return malformed(std::to_string(op.widths.size()) + " widths and " + std::to_string(op.heights.size()) + " heights");
  if (op.variances.size() > 1 && op.variances.size() != 4)
    return malformed(std::to_string(op.variances.size()) + " variances, expected none, 1 or 4");
  const std::int64_t factors[] = {grid[0], grid[1], static_cast<std::int64_t>(op.widths.size()), 4};
  const auto values = checked_product(factors);
  if (!values) return malformed("grid " + to_string(grid) + " is too large");
  return one_output(ElementType::kF32, {2, *values});
}

Types infer(const DetectionOutput& op, const Arguments& arguments) {
  OCTET_RETURN_IF_ERROR(expect_rank(arguments, 0, 2, "box codes"));
  OCTET_RETURN_IF_ERROR(expect_rank(arguments, 1, 2, "class scores"));
  OCTET_RETURN_IF_ERROR(expect_rank(arguments, 2, 3, "priors"));
  OCTET_RETURN_IF_ERROR(expect_float(arguments, "detection"));
  const Shape &codes = arguments.shape(0), &scores = arguments.shape(1), &priors = arguments.shape(2);
  const std::int64_t images = codes[0], count = priors[2] / 4;
  if (count < 1 || priors[2] % 4 != 0 || codes[1] != priors[2] || scores[0] != images || scores[1] % count != 0 || scores[1] < count ||
      (priors[0] != 1 && priors[0] != images) || (priors[1] != 1 && priors[1] != 2))
    return malformed("box codes " + to_string(codes) + ", scores " + to_string(scores) + " and priors " + to_string(priors) +
                     " do not belong together");
  if (op.keep_top_k < 1) return unsupported("keep_top_k of " + std::to_string(op.keep_top_k) + "; a positive number is needed");
  const std::int64_t factors[] = {images, op.keep_top_k, 7};
  if (!checked_product(factors)) return malformed("keep_top_k of " + std::to_string(op.keep_top_k));
  return one_output(arguments.element(0), {1, 1, images * op.keep_top_k, 7});
}

Tensors evaluate(const PriorBoxClustered& op, const Call& call) {
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

Tensors evaluate(const DetectionOutput& op, const Call& call) {
  const auto codes = to_vector<float>(call.inputs[0]), scores = to_vector<float>(call.inputs[1]);
  const auto priors = to_vector<float>(call.inputs[2]);
  const std::int64_t count = call.shape(2)[2] / 4;
  const DetectionSizes sizes{call.shape(0)[0], count, call.shape(1)[1] / count, call.shape(2)[0] > 1, call.shape(2)[1] == 2};
  std::vector<float> rows(static_cast<std::size_t>(element_count(call.outputs[0].shape)));
  DetectionScratch scratch;
  detection_output(op, sizes, codes, scores, priors, rows, scratch);
  return {rounded<float>(call.outputs[0], rows)};
}

}  // namespace octet::ops
