// An IR of any bytes: an .xml, a NUL, and a .bin behind it. What is read as a graph must survive being written and read again.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "formats/openvino_ir/ir.h"
#include "importers/openvino_ir/import.h"

using namespace octet;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t split = std::min(text.find('\0'), size);
  const std::string_view xml = text.substr(0, split), rest = text.substr(std::min(split + 1, size));
  const auto weights = std::make_shared<const std::vector<char>>(rest.begin(), rest.end());

  const auto network = openvino_ir::read_network(xml);
  if (!network.ok()) return 0;
  const auto again = openvino_ir::read_network(openvino_ir::write_network(*network));
  if (!again.ok()) std::abort();

  const auto graph = import_openvino_ir(xml, std::as_bytes(std::span(*weights)), weights);
  if (graph.ok()) (void)dump(*graph);
  return 0;
}
