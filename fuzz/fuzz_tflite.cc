// A TensorFlow Lite model of any bytes, imported as a whole: its tables, its network, what it says of itself.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "formats/tflite/model.h"
#include "importers/tflite/import.h"

using namespace octet;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  (void)tflite::parse_custom_options(bytes);
  const auto owner = std::make_shared<std::vector<std::byte>>(bytes.begin(), bytes.end());
  (void)import_tflite(std::span<const std::byte>(*owner), owner);
  return 0;
}
