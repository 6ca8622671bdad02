#include "formats/onnx/inline_functions.h"

#include "formats/onnx/records.h"

namespace octet::onnx {
namespace {

constexpr int kMaxDepth = 32;
constexpr std::size_t kMaxNodes = 200'000;
constexpr std::size_t kMaxNameBytes = std::size_t{1} << 28;  // names grow with the depth

// How the values and attributes of one body are called outside of it.
struct Call {
  std::string prefix;                         // of values that the body makes
  std::map<std::string, std::string> values;  // its inputs and outputs: the caller's names
  std::map<std::string, Attribute, std::less<>> attributes;
};

class Inliner {
 public:
  explicit Inliner(const Functions& functions) : functions_(functions) {}

  Status inline_into(GraphRecord& graph, int depth) {
    std::vector<NodeRecord> flat;
    for (NodeRecord& node : graph.nodes) OCTET_RETURN_IF_ERROR(add(std::move(node), depth, flat));
    graph.nodes = std::move(flat);
    return {};
  }

 private:
  Status add(NodeRecord node, int depth, std::vector<NodeRecord>& to) {
    name_bytes_ += node.name.size();
    for (const auto* names : {&node.inputs, &node.outputs})
      for (const std::string& name : *names) name_bytes_ += name.size();
    if (++nodes_ > kMaxNodes || name_bytes_ > kMaxNameBytes) return malformed("functions of the model call one another too often");
    if (const auto found = functions_.find({node.domain, node.op}); found != functions_.end())
      return add_body(found->second, node, depth, to);
    for (auto& [name, attribute] : node.attributes)
      if (auto* graph = std::get_if<std::shared_ptr<const GraphRecord>>(&attribute)) {
        auto own = std::make_shared<GraphRecord>(**graph);
        OCTET_RETURN_IF_ERROR(inline_into(*own, depth));
        *graph = std::move(own);
      }
    to.push_back(std::move(node));
    return {};
  }

  Status add_body(const FunctionRecord& function, const NodeRecord& call, int depth, std::vector<NodeRecord>& to) {
    if (depth >= kMaxDepth) return malformed("functions call one another too deeply, or themselves").at(place(call));
    if (call.inputs.size() > function.inputs.size() || call.outputs.size() > function.outputs.size())
      return malformed("gives or asks for more values than the function has").at(place(call));
    Call inside{"call " + std::to_string(++calls_) + "/" + call.op + "/", {}, function.defaults};
    for (const auto& [name, value] : call.attributes) inside.attributes.insert_or_assign(name, value);
    for (std::size_t i = 0; i < function.inputs.size(); ++i)
      inside.values[function.inputs[i]] = i < call.inputs.size() ? call.inputs[i] : std::string();
    std::vector<NodeRecord> copies;
    for (std::size_t i = 0; i < call.outputs.size(); ++i) {
      // An input that is handed through needs a node of its own to have the caller's name.
      const bool is_fresh = !call.outputs[i].empty() && inside.values.emplace(function.outputs[i], call.outputs[i]).second;
      if (!is_fresh && !call.outputs[i].empty())
        copies.push_back({"", "Identity", "", call.opset, {inside.values[function.outputs[i]]}, {call.outputs[i]}});
    }
    for (const NodeRecord& node : function.nodes) OCTET_RETURN_IF_ERROR(add(renamed(node, inside), depth + 1, to));
    for (NodeRecord& copy : copies) OCTET_RETURN_IF_ERROR(add(std::move(copy), depth + 1, to));
    return {};
  }

  static std::string renamed(const std::string& value, const Call& call) {
    if (value.empty()) return value;
    const auto known = call.values.find(value);
    return known == call.values.end() ? call.prefix + value : known->second;
  }

  static NodeRecord renamed(NodeRecord node, const Call& call) {
    if (!node.name.empty()) node.name = call.prefix + node.name;
    for (std::string& input : node.inputs) input = renamed(input, call);
    for (std::string& output : node.outputs) output = renamed(output, call);
    for (auto attribute = node.attributes.begin(); attribute != node.attributes.end();) {
      if (const auto* asked = std::get_if<AttributeOfCall>(&attribute->second)) {
        const auto given = call.attributes.find(asked->name);
        if (given == call.attributes.end()) {
          attribute = node.attributes.erase(attribute);
          continue;
        }
        attribute->second = Attribute(given->second);
      } else if (auto* graph = std::get_if<std::shared_ptr<const GraphRecord>>(&attribute->second)) {
        *graph = std::make_shared<const GraphRecord>(renamed(**graph, call));
      }
      ++attribute;
    }
    return node;
  }

  static GraphRecord renamed(const GraphRecord& source, const Call& call) {
    GraphRecord graph;
    for (const auto& [name, tensor] : source.initializers) graph.initializers.emplace(renamed(name, call), tensor);
    for (const InputRecord& input : source.inputs)
      graph.inputs.push_back({renamed(input.name, call), input.type, input.has_shape, input.shape});
    for (const std::string& output : source.outputs) graph.outputs.push_back(renamed(output, call));
    for (const NodeRecord& node : source.nodes) graph.nodes.push_back(renamed(node, call));
    return graph;
  }

  const Functions& functions_;
  std::size_t nodes_ = 0, name_bytes_ = 0, calls_ = 0;
};

}  // namespace

Status inline_functions(const Functions& functions, GraphRecord& graph) { return Inliner(functions).inline_into(graph, 0); }

}  // namespace octet::onnx
