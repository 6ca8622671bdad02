// Products of matrices.
#include "importers/onnx/einsum.h"
#include "importers/onnx/rules.h"

namespace octet::onnx {
namespace {

Result<Values> mat_mul(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(2));
  return node.add(MatMul{}, {node.input(0), node.input(1)});
}

// ONNX Runtime's: the last two axes may be exchanged, and the product scaled.
Result<Values> fused_mat_mul(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(2));
  if (node.flag("transBatchA", false) || node.flag("transBatchB", false)) return unsupported("transposed batch axes are not supported");
  OCTET_ASSIGN(const Value product,
               node.value(MatMul{node.flag("transA", false), node.flag("transB", false)}, {node.input(0), node.input(1)}));
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
