// The graph of a TensorFlow SavedModel of any bytes, imported as a whole; variables have one value each.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "formats/tensorflow/saved_model.h"
#include "importers/tensorflow/import.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto graph = octet::tensorflow::parse_saved_model(
      std::as_bytes(std::span(data, size)), [](const std::string&) { return octet::Result<octet::Tensor>(octet::Tensor::scalar(1.f)); });
  if (graph.ok()) (void)octet::import_tensorflow(*std::move(graph), {.model_info = {{"anchors", "1 2"}, {"masks", "0"}}});
  return 0;
}
