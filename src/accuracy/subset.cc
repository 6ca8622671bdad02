#include "accuracy/subset.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <random>
#include <string>
#include <utility>

#include "base/parse_number.h"

namespace octet::accuracy {
namespace {

// NumPy's legacy `random_interval`: bits of the generator under a mask, anew until they are no more than `most`.
std::uint32_t random_at_most(std::mt19937& generator, std::uint32_t most) {
  const std::uint32_t mask = most == 0 ? 0 : UINT32_MAX >> std::countl_zero(most);
  std::uint32_t number = 0;
  do number = generator() & mask;
  while (number > most);
  return number;
}

}  // namespace

std::vector<std::size_t> numpy_permutation(std::uint32_t seed, std::size_t count) {
  std::mt19937 generator(seed);  // the same MT19937, seeded alike
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t i = count; i-- > 1;) std::swap(order[i], order[random_at_most(generator, static_cast<std::uint32_t>(i))]);
  return order;
}

Result<std::size_t> subset_size(std::string_view text, std::size_t count) {
  const Error wrong{ErrorCode::kInvalidArgument, "'" + std::string(text) + "' is no number of images, such as 300 or 50%"};
  if (!text.ends_with('%')) {
    const auto size = parse_number<std::uint32_t>(text);
    return size && *size > 0 ? Result<std::size_t>(*size) : wrong;
  }
  const auto percent = parse_number<double>(text.substr(0, text.size() - 1));
  if (!percent || !(*percent > 0)) return wrong;
  const double size = *percent * (static_cast<double>(count) / 100);
  return static_cast<std::size_t>(std::clamp(size, 1.0, static_cast<double>(UINT32_MAX)));
}

}  // namespace octet::accuracy
