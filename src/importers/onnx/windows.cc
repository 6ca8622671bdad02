#include "importers/onnx/windows.h"

#include <fmt/format.h>

#include <algorithm>

#include "importers/window_rules.h"

namespace octet::onnx {
namespace {

// Far above any real attribute, and small enough that sums and products of two stay inside int64.
constexpr std::int64_t kGreatest = std::int64_t{1} << 24;

constexpr std::string_view kPadRules[] = {"NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"};

// The last two of a list of one or two numbers; a lone one is of the width.
Result<Spatial> pair_of(const std::vector<std::int64_t>& list, std::size_t axes, std::string_view attribute, std::int64_t least,
                        std::int64_t otherwise) {
  if (list.empty()) return Spatial{otherwise, otherwise};
  if (list.size() != axes) return malformed(fmt::format("attribute '{}' has {} numbers, expected {}", attribute, list.size(), axes));
  if (std::ranges::any_of(list, [&](std::int64_t number) { return number < least || number > kGreatest; }))
    return malformed(fmt::format("attribute '{}' has a number outside of {} to {}", attribute, least, kGreatest));
  return Spatial{axes == 2 ? list[0] : otherwise, list.back()};
}

Result<Pads> explicit_pads(NodeImport& node, std::size_t axes) {
  const auto list = node.integers("pads");
  OCTET_RETURN_IF_ERROR(node.status());
  if (list.empty()) return Pads{};
  if (list.size() != 2 * axes) return malformed(fmt::format("attribute 'pads' has {} numbers, expected {}", list.size(), 2 * axes));
  const auto half = list.begin() + static_cast<std::ptrdiff_t>(axes);
  OCTET_ASSIGN(const Spatial begin, pair_of({list.begin(), half}, axes, "pads", 0, 0));
  OCTET_ASSIGN(const Spatial end, pair_of({half, list.end()}, axes, "pads", 0, 0));
  return Pads{begin, end};
}

}  // namespace

Result<Window> read_window(NodeImport& node, const Shape& data, const Shape* weights) {
  if (data.size() != 4 && data.size() != 3)
    return unsupported("data of shape " + to_string(data) + "; only windows over height and width, or over width, are supported");
  const std::size_t axes = data.size() - 2;
  std::vector<std::int64_t> kernel = node.integers("kernel_shape");
  if (weights) {
    if (weights->size() != data.size())
      return malformed("weights of shape " + to_string(*weights) + " for data of shape " + to_string(data));
    const std::vector<std::int64_t> own(weights->begin() + 2, weights->end());
    if (!kernel.empty() && kernel != own) return malformed("attribute 'kernel_shape' is not that of the weights " + to_string(*weights));
    kernel = own;
  }
  if (kernel.empty()) return malformed("has no attribute 'kernel_shape'");
  Window window;
  OCTET_ASSIGN(window.kernel, pair_of(kernel, axes, "kernel_shape", 1, 1));
  OCTET_ASSIGN(window.strides, pair_of(node.integers("strides"), axes, "strides", 1, 1));
  OCTET_ASSIGN(window.dilations, pair_of(node.integers("dilations"), axes, "dilations", 1, 1));
  const std::string rule = node.choice("auto_pad", kPadRules, "NOTSET");
  OCTET_RETURN_IF_ERROR(node.status());
  if (rule == "NOTSET") {
    OCTET_ASSIGN(window.pads, explicit_pads(node, axes));
  } else if (rule != "VALID") {
    const Spatial size{axes == 2 ? data[2] : 1, data.back()};
    window.pads = same_pads(size, window.kernel, window.strides, window.dilations, rule == "SAME_UPPER");
  }
  return window;
}

Result<Value> with_height(NodeImport& node, Value value) {
  const Shape shape = node.shape_of(value);
  return shape.size() == 3 ? node.reshape(value, {shape[0], shape[1], 1, shape[2]}) : Result<Value>(value);
}

Result<Value> without_height(NodeImport& node, Value value, const Shape& data) {
  const Shape shape = node.shape_of(value);
  return data.size() == 3 ? node.reshape(value, {shape[0], shape[1], shape[3]}) : Result<Value>(value);
}

}  // namespace octet::onnx
