#include "passes/passes.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "passes/rewrite.h"

namespace octet::passes {
namespace {

std::string_view bytes_of(const Tensor& tensor) { return {reinterpret_cast<const char*>(tensor.bytes().data()), tensor.bytes().size()}; }

bool is_equal(const Tensor& a, const Tensor& b) { return a.type() == b.type() && a.shape() == b.shape() && bytes_of(a) == bytes_of(b); }

}  // namespace

bool dedupe_constants(Graph& graph) {
  std::unordered_multimap<std::size_t, Value> seen;
  return rewrite_each(graph, [&](Value value) {
    const Tensor* constant = graph.constant(value);
    if (!constant) return false;
    const std::size_t hash = std::hash<std::string_view>{}(bytes_of(*constant));
    const auto [first, last] = seen.equal_range(hash);
    const auto found = std::find_if(first, last, [&](const auto& item) { return is_equal(*graph.constant(item.second), *constant); });
    if (found != last) return graph.replace_uses(value, found->second), true;
    seen.emplace(hash, value);
    return false;
  });
}

}  // namespace octet::passes
