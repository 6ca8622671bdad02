// An archive or a single array of any bytes.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "formats/npz/npz.h"

using namespace octet;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  (void)parse_npz(bytes, {}, std::size_t{1} << 24);
  const auto array = parse_npy(bytes);
  if (!array.ok()) return 0;
  const std::string header = npy_header(array->type, array->shape);
  std::vector<std::byte> file(header.size() + array->bytes.size());
  for (std::size_t i = 0; i < header.size(); ++i) file[i] = static_cast<std::byte>(header[i]);
  std::copy(array->bytes.begin(), array->bytes.end(), file.begin() + static_cast<std::ptrdiff_t>(header.size()));
  const auto again = parse_npy(file);
  if (!again.ok() || *again != *array) std::abort();
  return 0;
}
