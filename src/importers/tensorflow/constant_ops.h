#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "formats/tensorflow/graph_def.h"
#include "importers/tensorflow/array.h"

namespace octet::tensorflow {

// Computes the outputs of one operation from the values of its inputs. Messages name no node; the caller does.
using ConstantRule = Result<std::vector<Array>> (*)(const NodeRecord& node, std::span<const ArrayPtr> inputs);

// How an operation is computed, or null if octet cannot. Operations of one to one values, of shapes and of parts are
// in a file each: constant_math.cc, constant_shapes.cc, constant_parts.cc.
ConstantRule constant_rule(std::string_view op);

struct NamedRule {
  std::string_view op;
  ConstantRule rule;
};
std::span<const NamedRule> math_rules();
std::span<const NamedRule> shape_rules();
std::span<const NamedRule> part_rules();

// Input `i`, or kMalformed if there are fewer.
Result<ArrayPtr> input_at(std::span<const ArrayPtr> inputs, std::size_t i);

inline Result<std::vector<Array>> one(Array array) {
  std::vector<Array> outputs;
  outputs.push_back(std::move(array));
  return outputs;
}

}  // namespace octet::tensorflow
