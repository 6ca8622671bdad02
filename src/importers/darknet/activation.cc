#include <algorithm>
#include <array>

#include "importers/darknet/net_context.h"

namespace octet::darknet {
namespace {

// Adds the nodes of one activation of Darknet, whose names begin with `name`.
struct Builder {
  NetContext& net;
  std::string name;

  Value unary(UnaryKind kind, Value x, const char* suffix = "") const { return net.graph.emit(Unary{kind}, {x}, name + suffix); }
  Value binary(BinaryKind kind, Value a, Value b, const char* suffix = "") const {
    return net.graph.emit(Binary{kind}, {a, b}, name + suffix);
  }
  Value clamp(Value x, double min, double max, const char* suffix = "") const {
    return net.graph.emit(Clamp{min, max}, {x}, name + suffix);
  }
  Value number(float value, const char* suffix) const { return net.constant(value, {1, 1, 1, 1}, name + suffix); }
  Value leaky(Value x, float slope) const { return net.graph.emit(PRelu{}, {x, net.constant(slope, {1}, name + "/slope")}, name); }
};

Value linear(const Builder&, Value x) { return x; }
Value leaky(const Builder& add, Value x) { return add.leaky(x, 0.1f); }
Value relie(const Builder& add, Value x) { return add.leaky(x, 0.01f); }
Value relu(const Builder& add, Value x) { return add.unary(UnaryKind::kRelu, x); }
Value relu6(const Builder& add, Value x) { return add.clamp(x, 0, 6); }
Value hardtan(const Builder& add, Value x) { return add.clamp(x, -1, 1); }
Value logistic(const Builder& add, Value x) { return add.unary(UnaryKind::kSigmoid, x); }
Value tanh(const Builder& add, Value x) { return add.unary(UnaryKind::kTanh, x); }
Value swish(const Builder& add, Value x) { return add.unary(UnaryKind::kSwish, x); }
Value mish(const Builder& add, Value x) { return add.unary(UnaryKind::kMish, x); }

// x above 0, x * (x / 2 + 1) down to -2, then 0: x times a line that is cut to 0..1.
Value hard_mish(const Builder& add, Value x) {
  const Value half = add.binary(BinaryKind::kMultiply, x, add.number(0.5f, "/half"), "/halved");
  const Value line = add.binary(BinaryKind::kAdd, half, add.number(1.0f, "/one"), "/line");
  return add.binary(BinaryKind::kMultiply, x, add.clamp(line, 0, 1, "/gate"));
}

// scale * (x above 0, alpha * (exp(x) - 1) below), as max(x, 0) + alpha * (exp(min(x, 0)) - 1).
Value exponential(const Builder& add, Value x, float scale, float alpha) {
  const Value above = add.unary(UnaryKind::kRelu, x, "/above");
  const Value below = add.unary(UnaryKind::kExp, add.binary(BinaryKind::kMinimum, x, add.number(0.0f, "/zero"), "/below"), "/exp");
  const Value curve = add.binary(BinaryKind::kSubtract, below, add.number(1.0f, "/one"), "/curve");
  const Value scaled_above = add.binary(BinaryKind::kMultiply, above, add.number(scale, "/scale"), "/scaled_above");
  const Value scaled_curve = add.binary(BinaryKind::kMultiply, curve, add.number(scale * alpha, "/alpha"), "/scaled_curve");
  return add.binary(BinaryKind::kAdd, scaled_above, scaled_curve);
}
Value elu(const Builder& add, Value x) { return exponential(add, x, 1.0f, 1.0f); }
Value selu(const Builder& add, Value x) { return exponential(add, x, 1.0507f, 1.6732f); }

struct Rule {
  std::string_view activation;
  Value (*add)(const Builder&, Value);
};

constexpr std::array kRules = {
    Rule{"linear", linear}, Rule{"leaky", leaky},         Rule{"revleaky", leaky}, Rule{"relu", relu},       Rule{"relu6", relu6},
    Rule{"relie", relie},   Rule{"logistic", logistic},   Rule{"tanh", tanh},      Rule{"hardtan", hardtan}, Rule{"swish", swish},
    Rule{"mish", mish},     Rule{"hard_mish", hard_mish}, Rule{"elu", elu},        Rule{"selu", selu},
};

std::string known_activations() {
  std::string names;
  for (const Rule& rule : kRules) names += (names.empty() ? "" : ", ") + std::string(rule.activation);
  return names;
}

}  // namespace

Result<Value> activate(const CfgSection& section, NetContext& net, Value value, std::string_view fallback, const std::string& name) {
  const std::string wanted = section.text("activation", fallback);
  const auto rule = std::find_if(kRules.begin(), kRules.end(), [&](const Rule& r) { return r.activation == wanted; });
  if (rule == kRules.end())
    return section.error(ErrorCode::kUnsupported, "activation '" + printable(wanted) + "' is not supported (" + known_activations() + ")");
  return rule->add(Builder{net, name + "/" + wanted}, value);
}

}  // namespace octet::darknet
