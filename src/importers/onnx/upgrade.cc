#include "importers/onnx/upgrade.h"

#include <optional>

namespace octet::onnx {
namespace {

struct MovedAttribute {
  std::string_view op, attribute;
  std::size_t input;
};

constexpr MovedAttribute kMoved[] = {
    {"Clip", "min", 1},          {"Clip", "max", 2},
    {"Pad", "pads", 1},          {"Pad", "value", 2},
    {"ReduceL1", "axes", 1},     {"ReduceL2", "axes", 1},
    {"ReduceLogSum", "axes", 1}, {"ReduceLogSumExp", "axes", 1},
    {"ReduceMax", "axes", 1},    {"ReduceMean", "axes", 1},
    {"ReduceMin", "axes", 1},    {"ReduceProd", "axes", 1},
    {"ReduceSum", "axes", 1},    {"ReduceSumSquare", "axes", 1},
    {"Slice", "starts", 1},      {"Slice", "ends", 2},
    {"Slice", "axes", 3},        {"Split", "split", 1},
    {"Squeeze", "axes", 1},      {"TopK", "k", 1},
    {"Unsqueeze", "axes", 1},    {"Upsample", "scales", 1},
};

std::optional<Tensor> tensor_of(const Attribute& attribute) {
  if (const auto* integer = std::get_if<std::int64_t>(&attribute)) return Tensor::of<std::int64_t>({1}, {*integer});
  if (const auto* number = std::get_if<float>(&attribute)) return Tensor::scalar(*number);
  if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&attribute))
    return Tensor::of<std::int64_t>({std::ssize(*integers)}, *integers);
  if (const auto* numbers = std::get_if<std::vector<float>>(&attribute)) return Tensor::of<float>({std::ssize(*numbers)}, *numbers);
  return std::nullopt;
}

class Upgrade {
 public:
  explicit Upgrade(GraphRecord& graph) : graph_(graph) {}

  void run() {
    for (NodeRecord& node : graph_.nodes) {
      if (!node.domain.empty()) continue;
      move_attributes(node);
      rename(node);
    }
  }

 private:
  void move_attributes(NodeRecord& node) {
    for (const MovedAttribute& moved : kMoved) {
      if (node.op != moved.op) continue;
      const auto found = node.attributes.find(moved.attribute);
      if (found == node.attributes.end()) continue;
      auto tensor = tensor_of(found->second);
      if (!tensor) continue;  // of a wrong kind, which the rule says
      if (node.inputs.size() <= moved.input) node.inputs.resize(moved.input + 1);
      node.inputs[moved.input] = add_initializer(*std::move(tensor));
      node.attributes.erase(found);
    }
  }

  // Upsample and the Resize of opset 10 have no roi, and fixed rules.
  static void rename(NodeRecord& node) {
    if (node.op == "Scatter") node.op = "ScatterElements";
    const bool upsample = node.op == "Upsample";
    if (!upsample && !(node.op == "Resize" && node.opset < 11)) return;
    node.op = "Resize";
    if (!node.inputs.empty()) node.inputs.insert(node.inputs.begin() + 1, "");
    node.attributes.insert_or_assign("coordinate_transformation_mode", std::string("asymmetric"));
    node.attributes.insert_or_assign("nearest_mode", std::string(upsample ? "floor" : "simple"));
  }

  std::string add_initializer(Tensor tensor) {
    std::string name;
    do name = "attribute " + std::to_string(++added_);
    while (!graph_.initializers.emplace(name, tensor).second);
    return name;
  }

  GraphRecord& graph_;
  std::size_t added_ = 0;
};

}  // namespace

void upgrade(GraphRecord& graph) { Upgrade(graph).run(); }

}  // namespace octet::onnx
