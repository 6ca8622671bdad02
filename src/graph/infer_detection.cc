#include "base/checked_math.h"
#include "graph/infer.h"

namespace octet::infer {

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
  return std::vector<TensorType>{{ElementType::kF32, {2, *values}}};
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
  return std::vector<TensorType>{{arguments.element(0), {1, 1, images * op.keep_top_k, 7}}};
}

}  // namespace octet::infer
