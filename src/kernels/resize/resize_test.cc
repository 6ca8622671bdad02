#include "kernels/resize/resize.h"

#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "kernels/test_image.h"

namespace octet::kernels {
namespace {

using test::difference;
using test::Image;
using test::pick;

std::vector<std::int32_t> any_indices(int count, int below) {
  std::vector<std::int32_t> indices;
  for (int i = 0; i < count; ++i) indices.push_back(pick(0, 1) && i > 0 ? indices.back() : pick(0, below - 1));
  return indices;
}

template <typename T, typename Gather, typename Reference>
void expect_gathered(const Gather& gather, const Reference& reference) {
  const int height = pick(1, 6), width = pick(1, 6), channels = test::pick_channels();
  const auto rows = any_indices(pick(1, 20), height), columns = any_indices(pick(1, 20), width);
  const auto in = Image<T>(height, width, channels).fill([] { return static_cast<T>(pick(0, 255)); });
  Image<T> expected(static_cast<std::int64_t>(rows.size()), static_cast<std::int64_t>(columns.size()), channels);
  reference(in.view, rows, columns, expected.view);
  for (const int threads : {1, 3}) {
    ThreadPool pool(threads);
    Image<T> out = expected.blank();
    gather(in.view, rows, columns, out.view, pool);
    RC_ASSERT(difference(out, expected) == "");
  }
}

RC_GTEST_PROP(GatherPixels, TakesRowsAndColumnsByIndexF32, ()) { expect_gathered<float>(gather_pixels_f32, gather_pixels_f32_ref); }

RC_GTEST_PROP(GatherPixels, TakesRowsAndColumnsByIndexU8, ()) { expect_gathered<std::uint8_t>(gather_pixels_u8, gather_pixels_u8_ref); }

}  // namespace
}  // namespace octet::kernels
