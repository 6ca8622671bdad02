#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "graph/graph.h"

// Words for the small graphs of tests.
namespace octet::runtime_test {

// Numbers from -1 to 1, the same each time.
inline Tensor numbers(Shape shape, std::uint32_t seed = 1) {
  Tensor tensor(ElementType::kF32, std::move(shape));
  for (float& value : tensor.mutable_values<float>()) {
    seed = seed * 1664525u + 1013904223u;
    value = static_cast<float>(static_cast<std::int32_t>(seed >> 8) - (1 << 23)) / static_cast<float>(1 << 23);
  }
  return tensor;
}

struct SmallGraph {
  Graph graph;

  Value input(Shape shape, std::string name = "image") {
    return graph.emit(Parameter{ElementType::kF32, std::move(shape)}, {}, std::move(name));
  }
  Value integers(const std::vector<std::int64_t>& list) {
    return graph.emit_constant(Tensor::of({static_cast<std::int64_t>(list.size())}, list));
  }

  Value conv(Value data, std::int64_t outputs, std::string name = "conv") {
    return graph.emit(Convolution{{1, 1}, {1, 1}, {{1, 1}, {1, 1}}},
                      {data, graph.emit_constant(numbers({outputs, graph.shape(data)[1], 3, 3}))}, std::move(name));
  }
  // Weights as 8-bit integers with one scale.
  Value integer_conv(Value data, std::int64_t outputs, std::string name = "conv") {
    Tensor bytes(ElementType::kI8, {outputs, graph.shape(data)[1], 1, 1});
    std::int8_t next = -100;
    for (auto& value : bytes.mutable_values<std::int8_t>()) value = next = static_cast<std::int8_t>(next + 37);
    const Value wide = graph.emit(Convert{ElementType::kF32}, {graph.emit_constant(bytes)});
    const Value weights = graph.emit(Binary{BinaryKind::kMultiply}, {wide, graph.emit_constant(Tensor::scalar(0.01f))});
    return graph.emit(Convolution{}, {data, weights}, std::move(name));
  }
  Value bias(Value data, std::string name = "bias") {
    return graph.emit(Binary{BinaryKind::kAdd}, {data, graph.emit_constant(numbers({1, graph.shape(data)[1], 1, 1}, 9))}, std::move(name));
  }
  Value add(Value a, Value b, std::string name = "add") { return graph.emit(Binary{BinaryKind::kAdd}, {a, b}, std::move(name)); }
  Value relu(Value data, std::string name = "relu") { return graph.emit(Unary{UnaryKind::kRelu}, {data}, std::move(name)); }
  // 8 bits from -1.28 to 1.27, times `factor`.
  Value quantize(Value data, std::string name = "fq", float factor = 1) {
    const Value low = graph.emit_constant(Tensor::scalar(-1.28f * factor)), high = graph.emit_constant(Tensor::scalar(1.27f * factor));
    return graph.emit(FakeQuantize{256}, {data, low, high, low, high}, std::move(name));
  }
  Value concat(std::vector<Value> values, std::int64_t axis = 1, std::string name = "concat") {
    return graph.emit(Concat{axis}, std::move(values), std::move(name));
  }
  void output(Value value, std::string name = "out") { graph.emit(Output{}, {value}, std::move(name)); }
};

}  // namespace octet::runtime_test
