#include "passes/dedupe_constants.h"

#include <cstring>
#include <string_view>
#include <unordered_map>

namespace octet::passes {
namespace {

std::string_view bytes_of(const Tensor& tensor) { return {reinterpret_cast<const char*>(tensor.bytes().data()), tensor.bytes().size()}; }

bool is_equal(const Tensor& a, const Tensor& b) { return a.type() == b.type() && a.shape() == b.shape() && bytes_of(a) == bytes_of(b); }

}  // namespace

bool dedupe_constants(Graph& graph) {
  bool changed = false;
  std::unordered_multimap<std::size_t, Value> seen;
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    const Value value{static_cast<NodeId>(i), 0};
    const Tensor* constant = graph.constant(value);
    if (!constant) continue;
    const std::size_t hash = std::hash<std::string_view>{}(bytes_of(*constant));
    const auto [first, last] = seen.equal_range(hash);
    auto found = first;
    while (found != last && !is_equal(*graph.constant(found->second), *constant)) ++found;
    if (found == last) {
      seen.emplace(hash, value);
    } else {
      graph.replace_uses(value, found->second);
      changed = true;
    }
  }
  if (changed) graph.tidy();
  return changed;
}

}  // namespace octet::passes
