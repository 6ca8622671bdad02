#include "importers/tensorflow/constant_ops.h"

#include <unordered_map>

namespace octet::tensorflow {
namespace {

std::unordered_map<std::string_view, ConstantRule> all_rules() {
  std::unordered_map<std::string_view, ConstantRule> rules;
  for (const auto table : {math_rules(), shape_rules(), part_rules()})
    for (const NamedRule& named : table) rules.emplace(named.op, named.rule);
  return rules;
}

}  // namespace

ConstantRule constant_rule(std::string_view op) {
  static const auto rules = all_rules();
  const auto found = rules.find(op);
  return found == rules.end() ? nullptr : found->second;
}

Result<ArrayPtr> input_at(std::span<const ArrayPtr> inputs, std::size_t i) {
  if (i < inputs.size()) return inputs[i];
  return Error{ErrorCode::kMalformed, "has " + std::to_string(inputs.size()) + " inputs, expected " + std::to_string(i + 1)};
}

}  // namespace octet::tensorflow
