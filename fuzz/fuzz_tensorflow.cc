// A TensorFlow frozen graph of any bytes, imported as a whole.
#include <cstddef>
#include <cstdint>
#include <span>

#include "importers/tensorflow/import.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)octet::import_tensorflow(std::as_bytes(std::span(data, size)));
  return 0;
}
