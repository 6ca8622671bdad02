// Attention as one operator: ONNX's, and ONNX Runtime's with and without the projections in front of it.
#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "importers/onnx/rules.h"

namespace octet::onnx {
namespace {

constexpr std::string_view kRuntime = "com.microsoft";

// Queries, keys and values, each [batch, heads, positions, size of a head].
struct Heads {
  Value query, key, value;
};

// [batch, positions, heads * size] as [batch, heads, positions, size].
Result<Value> split_heads(NodeImport& node, Value joined, std::int64_t heads) {
  const Shape shape = node.shape_of(joined);
  if (shape.size() != 3 || heads < 1 || shape[2] % heads != 0)
    return malformed(fmt::format("{} heads of data of shape {}", heads, to_string(shape)));
  OCTET_ASSIGN(const Value split, node.reshape(joined, {shape[0], shape[1], heads, shape[2] / heads}));
  return node.transpose(split, {0, 2, 1, 3});
}

Result<Value> join_heads(NodeImport& node, Value split) {
  OCTET_ASSIGN(const Value ordered, node.transpose(split, {0, 2, 1, 3}));
  const Shape shape = node.shape_of(ordered);
  return node.reshape(ordered, {shape[0], shape[1], shape[2] * shape[3]});
}

// softmax(scale * query * key' + mask) * value. A mask of booleans says which keys are seen.
Result<Value> attend(NodeImport& node, const Heads& heads, double scale, std::optional<Value> mask) {
  OCTET_ASSIGN(const Value product, node.value(MatMul{false, true}, {heads.query, heads.key}));
  OCTET_ASSIGN(const Value factor, node.scalar_like(scale, product));
  OCTET_ASSIGN(Value scores, node.binary(BinaryKind::kMultiply, product, factor));
  if (mask && node.graph().type(*mask).element == ElementType::kBoolean) {
    OCTET_ASSIGN(const Value never, node.scalar_like(std::numeric_limits<float>::lowest(), scores));
    OCTET_ASSIGN(scores, node.value(Select{}, {*mask, scores, never}));
  } else if (mask) {
    OCTET_ASSIGN(scores, node.binary(BinaryKind::kAdd, scores, *mask));
  }
  OCTET_ASSIGN(const Value weights, node.value(SoftMax{3}, {scores}));
  return node.value(MatMul{}, {weights, heads.value});
}

double scale_for(NodeImport& node, Value query) {
  const double given = node.number("scale", 0);
  return given != 0 ? given : 1 / std::sqrt(static_cast<double>(node.shape_of(query)[3]));
}

Status refuse_inputs(const NodeImport& node, std::initializer_list<std::pair<std::size_t, std::string_view>> roles) {
  for (const auto& [input, role] : roles)
    if (node.has_input(input)) return unsupported(fmt::format("input '{}' is not supported", role));
  return {};
}

Status refuse_flags(NodeImport& node, std::initializer_list<std::string_view> flags) {
  for (const std::string_view flag : flags)
    if (node.flag(flag, false)) return unsupported(fmt::format("attribute '{}' is not supported", flag));
  return node.status();
}

std::optional<Value> optional_input(const NodeImport& node, std::size_t input) {
  return node.has_input(input) ? std::optional(node.input(input)) : std::nullopt;
}

// Parts of the last axis of [batch, positions, sum of sizes].
Result<Values> split_last(NodeImport& node, Value data, const std::vector<std::int64_t>& sizes) {
  OCTET_ASSIGN(const Value axis, node.constant(Tensor::of<std::int64_t>({}, {2})));
  OCTET_ASSIGN(const Value lengths, node.integers_constant(sizes));
  return node.add(VariadicSplit{}, {data, axis, lengths});
}

// How many columns of the weights are queries, keys and values.
Result<std::vector<std::int64_t>> projected_sizes(NodeImport& node) {
  const std::int64_t columns = node.rank(1) == 2 ? node.shape(1)[1] : 0;
  const auto sizes = node.integers("qkv_hidden_sizes", std::vector<std::int64_t>(3, columns / 3));
  OCTET_RETURN_IF_ERROR(node.status());
  if (sizes.size() != 3 || sizes[0] < 1 || sizes[1] != sizes[0] || sizes[2] < 1 || columns - sizes[0] - sizes[1] != sizes[2])
    return malformed("weights of shape " + to_string(node.shape(1)) + " are no queries, keys and values");
  return sizes;
}

// ONNX Runtime's Attention: input, weights and bias of the three projections side by side; a bias of the scores.
Result<Values> projected_attention(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(2));
  OCTET_RETURN_IF_ERROR(refuse_inputs(node, {{3, "mask_index"}, {4, "past"}, {6, "past_sequence_length"}}));
  OCTET_RETURN_IF_ERROR(refuse_flags(node, {"unidirectional", "do_rotary", "past_present_share_buffer"}));
  OCTET_ASSIGN(const auto sizes, projected_sizes(node));
  OCTET_ASSIGN(Value projected, node.value(MatMul{}, {node.input(0), node.input(1)}));
  if (node.has_input(2)) {
    OCTET_ASSIGN(projected, node.binary(BinaryKind::kAdd, projected, node.input(2)));
  }
  if (node.shape_of(projected).size() != 3) return malformed("data of shape " + to_string(node.shape(0)) + ", expected three axes");
  OCTET_ASSIGN(const Values parts, split_last(node, projected, sizes));
  const std::int64_t count = node.integer("num_heads", 0);
  OCTET_ASSIGN(const Value query, split_heads(node, parts[0].value, count));
  OCTET_ASSIGN(const Value key, split_heads(node, parts[1].value, count));
  OCTET_ASSIGN(const Value value, split_heads(node, parts[2].value, count));
  OCTET_ASSIGN(const Value result, attend(node, {query, key, value}, scale_for(node, query), optional_input(node, 5)));
  return one(join_heads(node, result));
}

// `input` with its part of the bias of ONNX Runtime's MultiHeadAttention, which begins at `offset`.
Result<Value> with_bias(NodeImport& node, std::size_t input, std::int64_t offset, std::int64_t heads) {
  Value data = node.input(input);
  if (node.has_input(3)) {
    OCTET_ASSIGN(const auto all, node.numbers_at(3, "bias"));
    const std::int64_t size = node.shape(input)[2];
    if (std::ssize(all) < offset + size) return malformed(fmt::format("a bias of {} numbers, expected more", all.size()));
    const std::vector<float> own(all.begin() + offset, all.begin() + offset + size);
    OCTET_ASSIGN(const Value bias, node.constant(Tensor::of<float>({size}, own)));
    OCTET_ASSIGN(data, node.binary(BinaryKind::kAdd, data, bias));
  }
  return split_heads(node, data, heads);
}

// ONNX Runtime's MultiHeadAttention: what was projected, with one bias for all three; a bias of the scores.
Result<Values> multi_head_attention(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(3));
  OCTET_RETURN_IF_ERROR(refuse_inputs(node, {{4, "key_padding_mask"}, {6, "past_key"}, {7, "past_value"}}));
  OCTET_RETURN_IF_ERROR(refuse_flags(node, {"unidirectional"}));
  if (node.rank(0) != 3 || node.rank(1) != 3 || node.rank(2) != 3)
    return unsupported("queries, keys and values of other than three axes are not supported");
  const std::int64_t count = node.integer("num_heads", 0);
  const std::int64_t queries = node.shape(0)[2], keys = node.shape(1)[2];
  OCTET_ASSIGN(const Value query, with_bias(node, 0, 0, count));
  OCTET_ASSIGN(const Value key, with_bias(node, 1, queries, count));
  OCTET_ASSIGN(const Value value, with_bias(node, 2, queries + keys, count));
  OCTET_ASSIGN(const Value result, attend(node, {query, key, value}, scale_for(node, query), optional_input(node, 5)));
  return one(join_heads(node, result));
}

// [batch, heads, positions, size] of an input that may have its heads side by side.
Result<Value> in_heads(NodeImport& node, std::size_t input, std::string_view heads) {
  if (node.rank(input) == 4) return node.input(input);
  return split_heads(node, node.input(input), node.integer(heads, 0));
}

// ONNX's Attention: queries, keys and values, each with its heads as an axis or side by side.
Result<Values> attention(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(3));
  OCTET_RETURN_IF_ERROR(refuse_inputs(node, {{4, "past_key"}, {5, "past_value"}, {6, "nonpad_kv_seqlen"}}));
  OCTET_RETURN_IF_ERROR(refuse_flags(node, {"is_causal"}));
  if (node.number("softcap", 0) != 0) return unsupported("attribute 'softcap' is not supported");
  OCTET_ASSIGN(const Value query, in_heads(node, 0, "q_num_heads"));
  OCTET_ASSIGN(const Value key, in_heads(node, 1, "kv_num_heads"));
  OCTET_ASSIGN(const Value value, in_heads(node, 2, "kv_num_heads"));
  if (node.shape_of(query)[1] != node.shape_of(key)[1] || node.shape_of(key)[1] != node.shape_of(value)[1])
    return unsupported("fewer heads of keys than of queries are not supported");
  OCTET_ASSIGN(const Value result, attend(node, {query, key, value}, scale_for(node, query), optional_input(node, 3)));
  return node.rank(0) == 4 ? Values{{result}} : one(join_heads(node, result));
}

constexpr OperatorRule kRules[] = {
    {"Attention", attention},
    {"Attention", projected_attention, Integers::kRefuses, kRuntime},
    {"MultiHeadAttention", multi_head_attention, Integers::kRefuses, kRuntime},
};

}  // namespace

std::span<const OperatorRule> attention_rules() { return kRules; }

}  // namespace octet::onnx
