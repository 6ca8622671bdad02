// An archive or a single array of any bytes.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>

#include "formats/npz/npz.h"

using namespace octet;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  (void)parse_npz(bytes, {}, std::size_t{1} << 24);
  const auto array = parse_npy(bytes);
  if (!array.ok()) return 0;
  const std::string header = npy_header(*array);
  std::vector<std::byte> file(header.size());
  std::memcpy(file.data(), header.data(), header.size());
  file.insert(file.end(), array->bytes().begin(), array->bytes().end());
  const auto again = parse_npy(file);
  if (!again.ok() || again->shape() != array->shape() || !std::ranges::equal(again->bytes(), array->bytes())) std::abort();
  return 0;
}
