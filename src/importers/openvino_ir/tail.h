#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "formats/openvino_ir/ir.h"
#include "importers/onnx/tail.h"

namespace octet::openvino_ir {

// Where a layer's input comes from: which layer of the network, and which of its outputs by place.
struct Source {
  std::size_t layer = SIZE_MAX, output = 0;
};

// How a network ends that chooses among its boxes itself (importers/onnx/tail.h), and where it is cut: scores and boxes.
struct NetworkTail {
  onnx::Tail end;
  std::vector<Source> outputs;
};

// `order`: the layers so that each follows those it reads; `sources`: by layer and input; `constant`: the value of a Const layer. Nothing
// for a network that ends otherwise; errors as onnx::find_tail() and `constant` have them.
Result<std::optional<NetworkTail>> find_tail(const Network& network, const std::vector<std::size_t>& order,
                                             const std::vector<std::vector<Source>>& sources,
                                             const std::function<Result<Tensor>(const Layer&)>& constant);

}  // namespace octet::openvino_ir
