#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "recognise/recognise.h"

// Parts of graphs that end as detectors do.
namespace octet {

inline constexpr std::int64_t kSide = 96;  // of the picture: 12x12, 6x6 and 3x3 cells of strides 8, 16 and 32
inline constexpr std::int64_t kCells = 144 + 36 + 9;
inline constexpr std::int64_t kStrides[] = {8, 16, 32};

inline Value integers(Graph& graph, const std::vector<std::int64_t>& numbers) {
  return graph.emit_constant(Tensor::of<std::int64_t>({std::ssize(numbers)}, numbers));
}

inline Value picture(Graph& graph) { return graph.emit(Parameter{ElementType::kF32, {1, 3, kSide, kSide}}, {}, "images"); }

// A convolution with a bias that gives a map of that stride.
inline Value convolved(Graph& graph, Value image, std::int64_t stride, std::int64_t channels) {
  const Tensor weights(ElementType::kF32, {channels, 3, stride, stride});
  const Value map = graph.emit(Convolution{{stride, stride}}, {image, graph.emit_constant(weights)});
  const std::vector<float> bias(static_cast<std::size_t>(channels), -3.0f);
  return graph.emit(Binary{}, {map, graph.emit_constant(Tensor::of<float>({1, channels, 1, 1}, bias))});
}

inline Value sigmoid(Graph& graph, Value value) { return graph.emit(Unary{UnaryKind::kSigmoid}, {value}); }

inline Value flat(Graph& graph, Value map) { return graph.emit(Reshape{}, {map, integers(graph, {1, graph.shape(map)[1], -1})}); }

inline void output(Graph& graph, Value value, const std::string& name) { graph.emit(Output{}, {value}, name); }

inline const ModelInfo kDeclaredWay = {{"octet_resize", "stretch"},
                                       {"reverse_input_channels", "YES"},
                                       {"scale_values", "58.395 57.12 57.375"},
                                       {"mean_values", "[123.675, 116.28, 103.53]"}};

inline Recognition found_in(const Graph& graph, const SourceFacts& facts = {}) {
  auto found = recognise(graph, facts);
  EXPECT_TRUE(found.ok()) << found.error().message;
  return found.ok() ? *found : Recognition{};
}

inline Error error_of(const Graph& graph, const SourceFacts& facts = {}) {
  const auto found = recognise(graph, facts);
  return found.ok() ? Error{ErrorCode::kInternal, "no error"} : found.error();
}

inline void expect_contains(const std::string& text, const std::string& part) { EXPECT_NE(text.find(part), std::string::npos) << text; }

}  // namespace octet
