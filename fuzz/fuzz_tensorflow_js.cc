// A TensorFlow.js graph model: JSON up to the first zero byte, and what follows as the bytes of every shard.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "formats/tensorflow_js/graph_model.h"
#include "importers/tensorflow/import.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(input.find('\0'), input.size());
  const std::string shard(input.substr(std::min(end + 1, input.size())));
  auto graph = octet::tensorflow_js::parse_graph_model(input.substr(0, end),
                                                       [&](const std::string&, std::size_t) { return octet::Result<std::string>(shard); });
  if (graph.ok()) (void)octet::import_tensorflow(*std::move(graph));
  return 0;
}
