// An IR of any bytes, as fuzz_openvino_ir takes it: what is read as a small graph is planned and run as the passes leave it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "importers/openvino_ir/import.h"
#include "passes/standard.h"
#include "quant/placement.h"
#include "runtime/plan.h"

using namespace octet;

namespace {

// A window may be far larger than what it reads, and costs its own size where it is run.
bool is_small(const Graph& graph) {
  constexpr std::int64_t kMost = 1 << 12;
  const auto fits = [](const TensorType& type) { return element_count(type.shape) <= kMost; };
  const auto fits_window = [](const Spatial& size) { return size[0] * size[1] <= 64; };
  return std::all_of(graph.nodes().begin(), graph.nodes().end(), [&](const Node& node) {
    const auto* max = std::get_if<MaxPool>(&node.op);
    const auto* average = std::get_if<AvgPool>(&node.op);
    return std::all_of(node.outputs.begin(), node.outputs.end(), fits) && (!max || fits_window(max->kernel)) &&
           (!average || fits_window(average->kernel));
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t split = std::min(text.find('\0'), size);
  const std::string_view rest = text.substr(std::min(split + 1, size));
  const auto weights = std::make_shared<const std::vector<char>>(rest.begin(), rest.end());
  auto graph = import_openvino_ir(text.substr(0, split), std::as_bytes(std::span(*weights)), weights);
  if (!graph.ok() || !is_small(*graph)) return 0;
  for (int round = 0; round < 2; ++round) {
    quant::plan_quantization(*graph);
    if (const auto plan = compile(*graph); plan.ok()) {
      std::vector<Tensor> inputs;
      for (const Port& port : (*plan)->inputs()) inputs.emplace_back(port.type.element, port.type.shape);
      if (!Session(*plan, 1).run(inputs).ok()) std::abort();
    }
    passes::run_import_passes(*graph);
  }
  return 0;
}
