// An ONNX model of any bytes, imported as a whole and cut where it chooses among its boxes.
#include <cstddef>
#include <cstdint>
#include <span>

#include "importers/finish_import.h"
#include "importers/onnx/import.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto model = octet::onnx::parse_model(std::as_bytes(std::span(data, size)));
  if (!model.ok()) return 0;
  auto imported = octet::onnx::import_graph(*std::move(model), {{"orig_width", "8"}, {"orig_height", "6"}}, {});
  if (imported.ok()) (void)octet::finish_import(std::move(imported->graph), imported->facts);
  return 0;
}
