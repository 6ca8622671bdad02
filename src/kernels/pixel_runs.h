#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

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

// Elements that are taken at once, so that those just computed are in the nearest cache when something else is done with them.
inline constexpr std::int64_t kPiece = 1024;

// Whole pixels of a piece: few channels end in the middle of a vector.
inline std::int64_t pixels_together(std::int64_t channels) { return std::max<std::int64_t>(1, kPiece / channels); }

// The numbers of the channels for so many pixels side by side.
template <typename T>
std::span<const T> repeated(std::span<const T> numbers, std::int64_t times, std::span<T> buffer) {
  auto to = buffer.begin();
  for (std::int64_t i = 0; i < times; ++i) to = std::ranges::copy(numbers, to).out;
  return {buffer.begin(), to};
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
