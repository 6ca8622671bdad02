#pragma once

#include <algorithm>
#include <cstdint>

#include "base/thread_pool.h"
#include "kernels/view.h"

namespace octet::kernels {

// Work below this many elements is done before a second thread has woken up.
inline constexpr std::int64_t kElementsPerTask = 32768;

// How many items of `elements_per_item` elements make a task that is worth a thread.
inline std::int64_t task_grain(std::int64_t elements_per_item) {
  return (kElementsPerTask + elements_per_item - 1) / std::max<std::int64_t>(1, elements_per_item);
}

template <typename T>
bool is_dense(const ImageView<T>& view) {
  return view.pixel_stride == view.channels;
}

// Calls work(pixel, elements) for runs that cover the image: `elements` values lie together from the first channel of
// pixel number `pixel` (counted in rows) on. A run is one pixel, or many where `dense` says that all views involved
// have no gaps. Threads share the runs.
template <typename Work>
void for_each_run(std::int64_t pixels, std::int64_t channels, bool dense, ThreadPool& pool, const Work& work) {
  pool.run(pixels, task_grain(channels), [&](std::int64_t begin, std::int64_t end) {
    if (dense) return work(begin, (end - begin) * channels);
    for (std::int64_t pixel = begin; pixel < end; ++pixel) work(pixel, channels);
  });
}

}  // namespace octet::kernels
