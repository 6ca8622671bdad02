// A TensorFlow Lite model of any bytes.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "formats/tflite/model.h"

using namespace octet;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  (void)tflite::parse_custom_options(bytes);
  const auto owner = std::make_shared<std::vector<std::byte>>(bytes.begin(), bytes.end());
  const auto model = tflite::parse_model(std::span<const std::byte>(*owner), owner);
  if (!model.ok()) return 0;
  for (const auto& op : model->operators) (void)tflite::parse_custom_options(op.custom_options);
  return 0;
}
