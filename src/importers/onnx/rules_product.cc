// Products of matrices.
#include "importers/onnx/einsum.h"
#include "importers/onnx/rules.h"

namespace octet::onnx {
namespace {

Result<Values> mat_mul(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(2));
  return node.add(MatMul{}, {node.input(0), node.input(1)});
}

// A factor of ONNX Runtime's product whose first axis stands behind the others but the last.
Result<Value> with_batch_first(NodeImport& node, Value factor, std::string_view is_moved) {
  const auto rank = static_cast<std::int64_t>(node.shape_of(factor).size());
  if (!node.flag(is_moved, false) || rank < 3) return factor;
  std::vector<std::int64_t> order;
  for (std::int64_t axis = 1; axis < rank - 1; ++axis) order.push_back(axis);
  order.push_back(0);
  order.push_back(rank - 1);
  return node.transpose(factor, order);
}

// ONNX Runtime's: the last two axes may be exchanged, the first may stand behind the batch, and the product is scaled.
Result<Values> fused_mat_mul(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(2));
  OCTET_ASSIGN(const Value a, with_batch_first(node, node.input(0), "transBatchA"));
  OCTET_ASSIGN(const Value b, with_batch_first(node, node.input(1), "transBatchB"));
  OCTET_ASSIGN(const Value product, node.value(MatMul{node.flag("transA", false), node.flag("transB", false)}, {a, b}));
  const double alpha = node.number("alpha", 1);
  if (alpha == 1) return Values{{product}};
  OCTET_ASSIGN(const Value factor, node.scalar_like(alpha, product));
  return one(node.binary(BinaryKind::kMultiply, product, factor));
}

Result<Value> scaled(NodeImport& node, Value value, double factor) {
  if (factor == 1) return value;
  OCTET_ASSIGN(const Value by, node.scalar_like(factor, value));
  return node.binary(BinaryKind::kMultiply, value, by);
}

// alpha * A' * B' + beta * C
Result<Values> gemm(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(2));
  const MatMul op{node.flag("transA", false), node.flag("transB", false)};
  OCTET_ASSIGN(const Value product, node.value(op, {node.input(0), node.input(1)}));
  OCTET_ASSIGN(const Value weighted, scaled(node, product, node.number("alpha", 1)));
  if (!node.has_input(2)) return Values{{weighted}};
  OCTET_ASSIGN(const Value bias, scaled(node, node.input(2), node.number("beta", 1)));
  return one(node.binary(BinaryKind::kAdd, weighted, bias));
}

constexpr OperatorRule kRules[] = {
    {"Einsum", einsum},
    {"FusedMatMul", fused_mat_mul, Integers::kRefuses, "com.microsoft"},
    {"Gemm", gemm},
    {"MatMul", mat_mul},
};

}  // namespace

std::span<const OperatorRule> product_rules() { return kRules; }

}  // namespace octet::onnx
