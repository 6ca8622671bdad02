#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/thread_pool.h"
#include "kernels/conv2d/conv2d.h"

namespace octet::kernels {

// Output channels [first, first + channels) whose weights are packed together, `vectors` registers wide.
struct Panel {
  std::int64_t first = 0, channels = 0;
  int vectors = 0;
  std::size_t offset = 0;  // of its weights, in elements
};

// Cuts the output channels into as few panels of at most `most_vectors` registers of `lanes` channels as there can be, the widest first.
// A panel has `depth` elements for each of its lanes.
std::vector<Panel> split_into_panels(std::int64_t out_channels, int lanes, std::int64_t depth, int most_vectors = 2);

// Elements that the packed weights of all panels take.
std::size_t packed_size(const std::vector<Panel>& panels, int lanes, std::int64_t depth);

// How a layer's outputs are cut into tasks: blocks of pixels whose patches stay in the second cache, times groups of panels.
struct Tasks {
  std::int64_t pixels = 0, blocks = 1;
  std::int64_t panels = 0, groups = 1;

  std::int64_t count() const { return blocks * groups; }
  std::int64_t first_pixel(std::int64_t block) const { return pixels * block / blocks; }
  std::int64_t first_panel(std::int64_t group) const { return panels * group / groups; }
  std::int64_t largest_block() const { return (pixels + blocks - 1) / blocks; }
};

inline constexpr std::int64_t kTasksPerThread = 4;  // evens out what one thread is late

// The most output pixels that a task has, of `pixels` in all, at any number of threads.
std::int64_t most_rows_of_a_task(std::int64_t pixels, std::int64_t row_bytes, std::int64_t tile_rows);

Tasks split_into_tasks(std::int64_t pixels, std::int64_t row_bytes, std::int64_t tile_rows, std::int64_t panels, int threads);

// Packs weights [O, I, kh, kw] as [panel][depth / group][lane][group]; depth runs over (ky, kx, i), a ky every `run` elements, and is
// padded with zeros to a multiple of the group, as are the lanes. `packed` is all zeros before.
template <typename From, typename To>
void pack_panels(const Conv2dShape& shape, const From* weights, const std::vector<Panel>& panels, int lanes, int group, std::int64_t run,
                 To* packed) {
  const std::int64_t taps = shape.kernel_h * shape.kernel_w, padding = run - shape.kernel_w * shape.in_channels;
  for (const Panel& panel : panels) {
    const std::int64_t width = std::int64_t{panel.vectors} * lanes;
    for (std::int64_t lane = 0; lane < panel.channels; ++lane) {
      const From* from = weights + (panel.first + lane) * shape.in_channels * taps;
      To* to = packed + panel.offset + lane * group;
      std::int64_t in_group = 0;
      const auto advance = [&](std::int64_t elements) {
        for (in_group += elements; in_group >= group; in_group -= group) to += width * group;
      };
      for (std::int64_t tap = 0; tap < taps; ++tap) {
        for (std::int64_t i = 0; i < shape.in_channels; ++i, advance(1)) to[in_group] = static_cast<To>(from[i * taps + tap]);
        if ((tap + 1) % shape.kernel_w == 0) advance(padding);
      }
    }
  }
}

// The same with every row of a window right behind the one before.
template <typename From, typename To>
void pack_panels(const Conv2dShape& shape, const From* weights, const std::vector<Panel>& panels, int lanes, int group, To* packed) {
  pack_panels(shape, weights, panels, lanes, group, shape.kernel_w * shape.in_channels, packed);
}

// True if the patch of every output pixel is its input pixel, so that nothing need be gathered.
template <typename In, typename Out>
bool patches_are_pixels(const Conv2dShape& shape, const ImageView<In>& in, const ImageView<Out>& out) {
  return shape.kernel_h == 1 && shape.kernel_w == 1 && shape.stride_h == 1 && shape.stride_w == 1 && shape.pad_top == 0 &&
         shape.pad_left == 0 && in.width == out.width && in.height >= out.height;
}

// Whether rows so far apart fight for the same few places of the first cache: at a multiple of 1024 bytes.
template <typename T>
bool rows_fight(std::int64_t stride) {
  return stride * static_cast<std::int64_t>(sizeof(T)) % 1024 == 0;
}

// Distance of gathered rows: at least `depth`, whole cache lines, and never one at which they fight.
template <typename T>
std::int64_t patch_stride(std::int64_t depth) {
  constexpr std::int64_t kLine = 64 / sizeof(T);
  const std::int64_t stride = (depth + kLine - 1) / kLine * kLine;
  return rows_fight<T>(stride) ? stride + kLine : stride;
}

}  // namespace octet::kernels
