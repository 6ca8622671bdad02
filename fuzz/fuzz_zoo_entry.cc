// An entry of the catalogue of any bytes.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "zoo/entry.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)octet::parse_zoo_entry(std::string_view(reinterpret_cast<const char*>(data), size), "fuzz", [](const auto&) {});
  return 0;
}
