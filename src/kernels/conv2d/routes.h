#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/conv2d/aligned_buffer.h"
#include "kernels/conv2d/conv2d.h"
#include "kernels/conv2d/gemm_u8.h"
#include "kernels/conv2d/panels.h"

// vpmaddubsw adds two neighbouring products of bytes in 16 bits and saturates. That is exact for every input where the positive weights of
// the two sum to at most 128, and the negative ones as well, as 128 * 255 < 2^15. Groups of four inputs are therefore routed by the weights
// that a panel has for them.
namespace octet::kernels {

// The weights of all panels in the order of their routes. A group takes its bytes as pack_panels() leaves them; one that is widened takes
// words: of the first and third input of every lane, then of the second and fourth.
struct RoutedPanels {
  AlignedBuffer<std::int8_t> weights;
  std::vector<std::size_t> first_weight;  // of each panel, in `weights`
  std::vector<GroupRoutes> routes;        // [panel][run]
  std::vector<std::int32_t> places;       // [panel][group]: bytes from the start of its run
};

// Of `packed`, bytes of pack_panels() in groups of four; a panel has `runs` runs of `run_groups` groups.
RoutedPanels route_panels(const std::int8_t* packed, const std::vector<Panel>& panels, int lanes, std::int64_t runs,
                          std::int64_t run_groups);

// Whether so many groups of these weights fit that routed products of `lanes` channels a register take less time than those of words.
bool routes_pay(const Conv2dShape& shape, std::span<const std::int16_t> weights, int lanes);

}  // namespace octet::kernels
