#pragma once

#include <gtest/gtest.h>

#include <functional>
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

// What `make` gives of each stride, [1,columns,cells of it], as [1,columns,cells].
inline Value of_strides(Graph& graph, Value image, const std::function<Value(Value image, std::int64_t stride)>& make) {
  std::vector<Value> maps;
  for (const std::int64_t stride : kStrides) maps.push_back(flat(graph, make(image, stride)));
  return graph.emit(Concat{2}, maps);
}
inline Value of_strides(Graph& graph, const std::function<Value(Value image, std::int64_t stride)>& make) {
  return of_strides(graph, picture(graph), make);
}

// Numbers of cells, [1,2,cells]: `number(index of the column or row, stride)`.
inline Value per_cell(Graph& graph, const std::function<double(std::int64_t, std::int64_t)>& number) {
  std::vector<float> numbers;
  for (const bool is_x : {true, false})
    for (const std::int64_t stride : kStrides)
      for (std::int64_t cell = 0; cell < (kSide / stride) * (kSide / stride); ++cell)
        numbers.push_back(static_cast<float>(number(is_x ? cell % (kSide / stride) : cell / (kSide / stride), stride)));
  return graph.emit_constant(Tensor::of<float>({1, 2, kCells}, numbers));
}

// Centres in the middle of the cells and sizes of two strides, in pixels times `unit`; then logistic scores. [1,4+classes,cells]
inline Graph decoded(std::int64_t classes, double unit = 1) {
  Graph graph;
  const Value raw = of_strides(graph, [&](Value image, std::int64_t stride) { return convolved(graph, image, stride, 4 + classes); });
  const Value axis = graph.emit_constant(Tensor::scalar<std::int64_t>(1));
  const NodeId parts = graph.emit(VariadicSplit{}, {raw, axis, integers(graph, {2, 2, classes})}).node;
  const Value place = per_cell(
      graph, [&](std::int64_t i, std::int64_t stride) { return (static_cast<double>(i) + 0.5) * static_cast<double>(stride) * unit; });
  const Value size = per_cell(graph, [&](std::int64_t, std::int64_t stride) { return 2.0 * static_cast<double>(stride) * unit; });
  const Value center = graph.emit(Binary{}, {Value{parts, 0}, place});
  const Value extent = graph.emit(Binary{}, {Value{parts, 1}, size});
  output(graph, graph.emit(Concat{1}, {center, extent, sigmoid(graph, {parts, 2})}), "output0");
  return graph;
}

// YOLOX: raw boxes beside logistic objectness and scores. [1,cells,5+classes]
inline Graph yolox(std::int64_t classes) {
  Graph graph;
  const Value joined = of_strides(graph, [&](Value image, std::int64_t stride) {
    return graph.emit(Concat{1}, {convolved(graph, image, stride, 4), sigmoid(graph, convolved(graph, image, stride, 1)),
                                  sigmoid(graph, convolved(graph, image, stride, classes))});
  });
  output(graph, graph.emit(Transpose{}, {joined, integers(graph, {0, 2, 1})}), "output");
  return graph;
}

// Rows [1,queries,9] of a network that begins as RT-DETR does, or with patches beside that.
inline Value rows_of_queries(Graph& graph, std::int64_t queries, bool takes_patches = false, std::int64_t stem_side = 3) {
  const Value image = picture(graph);
  const auto weights = [&](std::int64_t outputs, std::int64_t inputs, std::int64_t side) {
    return graph.emit_constant(Tensor(ElementType::kF32, {outputs, inputs, side, side}));
  };
  const std::int64_t pad = stem_side / 2;
  const Value stem = graph.emit(Convolution{{2, 2}, {1, 1}, {{pad, pad}, {pad, pad}}}, {image, weights(4, 3, stem_side)});
  Value map = graph.emit(Convolution{{16, 16}}, {stem, weights(queries, 4, 16)});
  if (takes_patches) map = graph.emit(Binary{}, {map, convolved(graph, image, 32, queries)});
  return graph.emit(Reshape{}, {map, integers(graph, {1, queries, 9})});
}

// Queries of a transformer: products with weights.
inline Graph detr(std::int64_t queries, std::int64_t classes, bool takes_patches = false) {
  Graph graph;
  const Value rows = rows_of_queries(graph, queries, takes_patches);
  const auto projected = [&](std::int64_t columns) {
    return graph.emit(MatMul{}, {rows, graph.emit_constant(Tensor(ElementType::kF32, {9, columns}))});
  };
  output(graph, projected(classes), "logits");
  output(graph, sigmoid(graph, projected(4)), "boxes");
  return graph;
}

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
