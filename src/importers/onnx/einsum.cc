// Einsum of one or two operands as transposes, sums and one MatMul.
//
// Labels of two operands are sorted into four groups: common ones that the result keeps (a stack of matrices), those of the first operand
// alone (rows), of the second alone (columns), and common ones that are summed. Both operands become [stack, rows, summed] and
// [stack, summed, columns]; the product [stack, rows, columns] is brought into the order of the result.
#include "importers/onnx/einsum.h"

#include <algorithm>

namespace octet::onnx {
namespace {

struct Equation {
  std::vector<std::string> operands;
  std::string result;
};

// "bij,bjk->bik"; without an arrow the result has the labels that stand once, in alphabetical order.
Result<Equation> parse_equation(const std::string& text) {
  Equation equation{{""}, ""};
  bool has_arrow = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == ' ') continue;
    if (c == '-' && i + 1 < text.size() && text[i + 1] == '>' && !has_arrow) {
      has_arrow = true;
      ++i;
    } else if (c == ',' && !has_arrow) {
      equation.operands.emplace_back();
    } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
      (has_arrow ? equation.result : equation.operands.back()) += c;
    } else {
      return unsupported("equation " + in_quotes(text) + " is not supported: only letters, commas and one arrow are");
    }
  }
  if (!has_arrow) {
    std::string all;
    for (const std::string& operand : equation.operands) all += operand;
    std::ranges::sort(all);
    for (const char label : all)
      if (std::ranges::count(all, label) == 1) equation.result += label;
  }
  return equation;
}

bool has(const std::string& labels, char label) { return labels.find(label) != std::string::npos; }

bool repeats(const std::string& labels) {
  return std::ranges::any_of(labels, [&](char label) { return std::ranges::count(labels, label) > 1; });
}

struct Operand {
  Value value;
  std::string labels;
};

// Sums over the labels that neither the result nor the other operand has.
Status sum_own(NodeImport& node, const std::string& kept, Operand& operand) {
  std::vector<std::int64_t> axes;
  std::string left;
  for (std::size_t i = 0; i < operand.labels.size(); ++i)
    if (has(kept, operand.labels[i]))
      left += operand.labels[i];
    else
      axes.push_back(static_cast<std::int64_t>(i));
  if (axes.empty()) return {};
  OCTET_ASSIGN(const Value over, node.integers_constant(axes));
  OCTET_ASSIGN(operand.value, node.value(Reduce{ReduceKind::kSum, false}, {operand.value, over}));
  operand.labels = left;
  return {};
}

Result<Value> in_order(NodeImport& node, const Operand& operand, const std::string& labels) {
  std::vector<std::int64_t> order;
  for (const char label : labels) order.push_back(static_cast<std::int64_t>(operand.labels.find(label)));
  return node.transpose(operand.value, order);
}

Shape sizes_of(const NodeImport& node, const Operand& operand, const std::string& labels) {
  Shape sizes;
  for (const char label : labels) sizes.push_back(node.shape_of(operand.value)[operand.labels.find(label)]);
  return sizes;
}

// The operand as a stack of matrices whose sides are the groups `rows` and `columns` of labels.
Result<Value> as_matrices(NodeImport& node, const Operand& operand, const std::string& stack, const std::string& rows,
                          const std::string& columns) {
  OCTET_ASSIGN(const Value ordered, in_order(node, operand, stack + rows + columns));
  Shape shape = sizes_of(node, operand, stack);
  shape.push_back(element_count(sizes_of(node, operand, rows)));
  shape.push_back(element_count(sizes_of(node, operand, columns)));
  return node.reshape(ordered, shape);
}

Result<Value> product(NodeImport& node, const Operand& a, const Operand& b, const std::string& result) {
  std::string stack, rows, columns, summed;
  for (const char label : a.labels) (!has(b.labels, label) ? rows : has(result, label) ? stack : summed) += label;
  for (const char label : b.labels)
    if (!has(a.labels, label)) columns += label;
  for (const std::string& common : {stack, summed})
    if (sizes_of(node, a, common) != sizes_of(node, b, common)) return malformed("operands disagree in the size of a label");
  OCTET_ASSIGN(const Value left, as_matrices(node, a, stack, rows, summed));
  OCTET_ASSIGN(const Value right, as_matrices(node, b, stack, summed, columns));
  OCTET_ASSIGN(const Value matrices, node.value(MatMul{}, {left, right}));
  Shape shape = sizes_of(node, a, stack + rows);
  const Shape sizes = sizes_of(node, b, columns);
  shape.insert(shape.end(), sizes.begin(), sizes.end());
  OCTET_ASSIGN(const Value unfolded, node.reshape(matrices, shape));
  return in_order(node, {unfolded, stack + rows + columns}, result);
}

}  // namespace

Result<Values> einsum(NodeImport& node) {
  OCTET_ASSIGN(Equation equation, parse_equation(node.text("equation", "")));
  const std::size_t count = equation.operands.size();
  if (count > 2) return unsupported("an Einsum of more than two operands is not supported");
  OCTET_RETURN_IF_ERROR(node.expect_inputs(count));
  std::vector<Operand> operands;
  for (std::size_t i = 0; i < count; ++i) {
    if (std::ssize(equation.operands[i]) != node.rank(i))
      return malformed("the equation does not fit the rank of operand " + std::to_string(i));
    if (repeats(equation.operands[i])) return unsupported("a label that stands twice in an operand is not supported");
    operands.push_back({node.input(i), equation.operands[i]});
  }
  if (repeats(equation.result)) return malformed("a label stands twice in the result");
  for (const char label : equation.result)
    if (std::ranges::none_of(operands, [&](const Operand& operand) { return has(operand.labels, label); }))
      return malformed("the result has a label that no operand has");
  for (std::size_t i = 0; i < count; ++i) {
    const std::string kept = equation.result + (count == 2 ? operands[1 - i].labels : "");
    OCTET_RETURN_IF_ERROR(sum_own(node, kept, operands[i]));
  }
  auto value = count == 1 ? in_order(node, operands[0], equation.result) : product(node, operands[0], operands[1], equation.result);
  if (!value.ok()) return value.error();
  return Values{{*value}};
}

}  // namespace octet::onnx
