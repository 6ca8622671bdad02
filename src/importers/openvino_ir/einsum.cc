#include "importers/openvino_ir/einsum.h"

#include <algorithm>
#include <string>

namespace octet::openvino_ir {
namespace {

bool has(const std::string& labels, char label) { return labels.find(label) != std::string::npos; }

bool are_labels(const std::string& text) {
  return std::ranges::all_of(
      text, [&](char c) { return ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) && std::ranges::count(text, c) == 1; });
}

struct Equation {
  std::string a, b, result;
};

// "mk,kn->mn".
Result<Equation> parse_equation(std::string text) {
  std::erase(text, ' ');
  const std::size_t comma = text.find(','), arrow = text.find("->");
  if (comma == std::string::npos || arrow == std::string::npos || comma > arrow)
    return unsupported("its equation is not one of two operands with an arrow, which is all that is supported");
  const Equation equation{text.substr(0, comma), text.substr(comma + 1, arrow - comma - 1), text.substr(arrow + 2)};
  if (!are_labels(equation.a) || !are_labels(equation.b) || !are_labels(equation.result))
    return unsupported("its equation has more than letters that stand once in each operand, which is all that is supported");
  return equation;
}

// Sizes of labels, each of an operand that has it.
class Sizes {
 public:
  Sizes(const LayerImport& layer, const Equation& equation) : layer_(layer), equation_(equation) {}

  std::int64_t of(char label) const {
    const std::size_t operand = has(equation_.a, label) ? 0 : 1;
    return layer_.shape(operand)[(operand == 0 ? equation_.a : equation_.b).find(label)];
  }
  Shape of(const std::string& labels) const {
    Shape sizes;
    for (const char label : labels) sizes.push_back(of(label));
    return sizes;
  }

 private:
  const LayerImport& layer_;
  const Equation& equation_;
};

Result<Value> reshaped(LayerImport& layer, Value value, const Shape& shape) {
  const Value sizes = layer.constant(Tensor::of<std::int64_t>({std::ssize(shape)}, shape), "/shape");
  OCTET_ASSIGN(const auto outputs, layer.add(Reshape{}, {value, sizes}));
  return outputs[0];
}

Result<Value> ordered(LayerImport& layer, Value value, const std::string& from, const std::string& to) {
  if (from == to) return value;
  std::vector<std::int64_t> order;
  for (const char label : to) order.push_back(static_cast<std::int64_t>(from.find(label)));
  const Value axes = layer.constant(Tensor::of<std::int64_t>({std::ssize(order)}, order), "/order");
  OCTET_ASSIGN(const auto outputs, layer.add(Transpose{}, {value, axes}));
  return outputs[0];
}

Status check(const LayerImport& layer, const Equation& equation) {
  const auto& [a, b, result] = equation;
  if (std::ssize(a) != std::ssize(layer.shape(0)) || std::ssize(b) != std::ssize(layer.shape(1)))
    return malformed("its equation does not fit the ranks of its operands");
  for (std::size_t i = 0; i < b.size(); ++i)
    if (const std::size_t place = a.find(b[i]); place != std::string::npos && layer.shape(0)[place] != layer.shape(1)[i])
      return malformed("its operands disagree in the size of a label");
  for (const char label : result)
    if (!has(a, label) && !has(b, label)) return malformed("its result has a label that no operand has");
  for (const char label : a + b)
    if (!has(result, label) && has(a, label) != has(b, label)) return unsupported("a sum over a label of one operand is not supported");
  return {};
}

}  // namespace

Result<std::vector<Value>> import_einsum(LayerImport& layer) {
  const std::string text = layer.attributes.text("equation");
  OCTET_RETURN_IF_ERROR(layer.attributes.status());
  OCTET_ASSIGN(const Equation equation, parse_equation(text));
  OCTET_RETURN_IF_ERROR(check(layer, equation));
  const auto& [a, b, result] = equation;
  std::string stack, rows, columns, summed;
  for (const char label : a) (!has(b, label) ? rows : has(result, label) ? stack : summed) += label;
  for (const char label : b)
    if (!has(a, label)) columns += label;
  const Sizes sizes(layer, equation);
  const auto matrices = [&](const std::string& first, const std::string& second) {
    Shape shape = sizes.of(stack);
    shape.push_back(element_count(sizes.of(first)));
    shape.push_back(element_count(sizes.of(second)));
    return shape;
  };
  OCTET_ASSIGN(const Value left, ordered(layer, layer.input(0), a, stack + rows + summed));
  OCTET_ASSIGN(const Value left_matrices, reshaped(layer, left, matrices(rows, summed)));
  OCTET_ASSIGN(const Value right, ordered(layer, layer.input(1), b, stack + summed + columns));
  OCTET_ASSIGN(const Value right_matrices, reshaped(layer, right, matrices(summed, columns)));
  OCTET_ASSIGN(const auto products, layer.add(MatMul{}, {left_matrices, right_matrices}));
  OCTET_ASSIGN(const Value product, reshaped(layer, products[0], sizes.of(stack + rows + columns)));
  OCTET_ASSIGN(const Value in_order, ordered(layer, product, stack + rows + columns, result));
  return std::vector<Value>{in_order};
}

}  // namespace octet::openvino_ir
