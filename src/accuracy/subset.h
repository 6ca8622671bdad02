#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace octet::accuracy {

inline constexpr std::uint32_t kDefaultSubsetSeed = 666;

// The numbers 0 to count - 1 in the order that NumPy's legacy generator gives: numpy.random.seed(seed), numpy.random.permutation(count).
// `numpy.random.choice(list, size, replace=False)` are the first `size` of them.
std::vector<std::size_t> numpy_permutation(std::uint32_t seed, std::size_t count);

// How many of `count` images "300" or "50%" are: one at least, more than `count` where the text asks for more. kInvalidArgument for other
// texts.
Result<std::size_t> subset_size(std::string_view text, std::size_t count);

}  // namespace octet::accuracy
