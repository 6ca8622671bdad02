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

template <typename T>
void expect_gathered() {
  const int height = pick(1, 6), width = pick(1, 6), channels = test::pick_channels();
  const auto rows = any_indices(pick(1, 20), height), columns = any_indices(pick(1, 20), width);
  const auto in = Image<T>(height, width, channels).fill([] { return static_cast<T>(pick(0, 255)); });
  const ImageView<const T> in_view = in.view;
  Image<T> expected(static_cast<std::int64_t>(rows.size()), static_cast<std::int64_t>(columns.size()), channels);
  gather_pixel_bytes_ref(bytes_of(in_view), rows, columns, bytes_of(expected.view));
  for (const int threads : {1, 3}) {
    ThreadPool pool(threads);
    Image<T> out = expected.blank();
    gather_pixels(in_view, rows, columns, out.view, pool);
    RC_ASSERT(difference(out, expected) == "");
  }
}

RC_GTEST_PROP(GatherPixels, TakesRowsAndColumnsByIndexF32, ()) { expect_gathered<float>(); }

RC_GTEST_PROP(GatherPixels, TakesRowsAndColumnsByIndexU8, ()) { expect_gathered<std::uint8_t>(); }

}  // namespace
}  // namespace octet::kernels
