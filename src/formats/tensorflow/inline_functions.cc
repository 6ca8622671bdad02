#include "formats/tensorflow/inline_functions.h"

#include <fmt/format.h>

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/parse_number.h"
#include "formats/tensorflow/graph_def.h"

namespace octet::tensorflow {
namespace {

constexpr int kMaxDepth = 32;
constexpr std::size_t kMaxNodes = 200'000;                   // calls, their arguments and results counted as well
constexpr std::size_t kMaxBytes = std::size_t{1} << 30;      // of the nodes of bodies, their constants included
constexpr std::size_t kMaxNameBytes = std::size_t{1} << 28;  // of the names, which grow with the depth

Error malformed(std::string message) { return {ErrorCode::kMalformed, std::move(message)}; }

// Outputs other than the first of the operations that have several by name; all others have one, or a list.
constexpr std::pair<std::string_view, std::uint32_t> kFurtherOutputs[] = {
    {"indices", 1}, {"output_true", 1}, {"value_index", 1}, {"selected_scores", 1}, {"valid_outputs", 1}, {"nmsed_scores", 1},
};

std::uint32_t first_port(std::string_view output) {
  for (const auto& [name, port] : kFurtherOutputs)
    if (name == output) return port;
  return 0;
}

bool orders_execution(std::string_view input) { return input.starts_with('^'); }

// "name:port" of an input of the graph itself, which may leave the port out.
std::string value_of_graph(std::string_view input) { return std::string(input) + (input.find(':') == std::string_view::npos ? ":0" : ""); }

// The same of a body, where a value is an argument ("x") or an item of an output of a node ("node:output:0").
std::string value_of_body(const std::string& prefix, std::string_view input) {
  const std::size_t first = input.find(':');
  if (first == std::string_view::npos) return fmt::format("{}{}:0", prefix, input);
  const std::size_t second = input.find(':', first + 1);
  const std::string_view output = input.substr(first + 1, second == std::string_view::npos ? second : second - first - 1);
  const auto item =
      second == std::string_view::npos ? std::optional<std::uint32_t>(0) : parse_number<std::uint32_t>(input.substr(second + 1));
  return fmt::format("{}{}:{}", prefix, input.substr(0, first), first_port(output) + item.value_or(0) % 65536);
}

class Inliner {
 public:
  explicit Inliner(const proto::GraphDef& source) {
    for (const proto::FunctionDef& function : source.library().function()) {
      Function& known = functions_[function.signature().name()];
      known.definition = &function;
      for (const proto::FunctionDef::Returned& returned : function.ret()) known.returned.emplace(returned.key(), returned.value());
    }
  }

  Status add_nodes_of_graph(const proto::GraphDef& source) {
    for (const proto::NodeDef& node : source.node()) OCTET_RETURN_IF_ERROR(add(node, "", 0));
    return {};
  }

  // Follows values through calls to the nodes that compute them.
  Status resolve_all(std::vector<std::string>& outputs) {
    for (proto::NodeDef& node : *graph_.mutable_node())
      for (std::string& input : *node.mutable_input()) OCTET_RETURN_IF_ERROR(resolve(input));
    for (std::string& output : outputs) {
      output = value_of_graph(output);
      OCTET_RETURN_IF_ERROR(resolve(output));
    }
    return {};
  }

  proto::GraphDef graph() && { return std::move(graph_); }

 private:
  struct Function {
    const proto::FunctionDef* definition = nullptr;
    std::unordered_map<std::string_view, std::string_view> returned;  // by output: the value of the body
  };

  const Function* called_by(const proto::NodeDef& node) const {
    if (const auto found = functions_.find(node.op()); found != functions_.end()) return &found->second;
    if (node.op() != "PartitionedCall" && node.op() != "StatefulPartitionedCall") return nullptr;
    for (const proto::Attribute& attribute : node.attr()) {
      if (attribute.key() != "f") continue;
      const auto found = functions_.find(attribute.value().func().name());
      return found == functions_.end() ? nullptr : &found->second;
    }
    return nullptr;
  }

  // A node of the graph or, with a prefix, of a body.
  Status add(const proto::NodeDef& source, const std::string& prefix, int depth) {
    const std::string name = prefix + source.name();
    name_bytes_ += name.size() * (1 + static_cast<std::size_t>(source.input_size()));
    if (++nodes_ > kMaxNodes || name_bytes_ > kMaxNameBytes) return malformed("the functions of the graph call one another too often");
    std::vector<std::string> inputs;
    for (const std::string& input : source.input())
      if (!orders_execution(input)) inputs.push_back(depth == 0 ? value_of_graph(input) : value_of_body(prefix, input));
    if (const Function* function = called_by(source)) return add_call(*function, name, inputs, depth);
    if (depth > 0) bytes_ += source.ByteSizeLong();
    if (bytes_ > kMaxBytes) return malformed("the functions of the graph hold more than octet takes");
    proto::NodeDef& node = *graph_.add_node();
    node = source;
    node.set_name(name);
    node.mutable_input()->Assign(inputs.begin(), inputs.end());
    return {};
  }

  Status add_call(const Function& function, const std::string& name, const std::vector<std::string>& inputs, int depth) {
    const std::string where = "call " + in_quotes(name);
    if (depth >= kMaxDepth) return malformed("functions call one another too deeply, or themselves").at(where);
    const auto& arguments = function.definition->signature().input_arg();
    const auto& outputs = function.definition->signature().output_arg();
    nodes_ += static_cast<std::size_t>(arguments.size() + outputs.size());
    if (static_cast<std::size_t>(arguments.size()) != inputs.size())
      return malformed(fmt::format("gives {} arguments to a function of {}", inputs.size(), arguments.size())).at(where);
    const std::string prefix = name + "/";
    for (int i = 0; i < arguments.size(); ++i)
      aliases_[fmt::format("{}{}:0", prefix, arguments[i].name())] = inputs[static_cast<std::size_t>(i)];
    for (int port = 0; port < outputs.size(); ++port)
      if (const auto value = function.returned.find(outputs[port].name()); value != function.returned.end())
        aliases_[fmt::format("{}:{}", name, port)] = value_of_body(prefix, value->second);
    for (const proto::NodeDef& node : function.definition->node_def()) OCTET_RETURN_IF_ERROR(add(node, prefix, depth + 1));
    return {};
  }

  Status resolve(std::string& value) {
    std::vector<std::string> passed;
    for (auto next = aliases_.find(value); next != aliases_.end(); next = aliases_.find(value)) {
      if (passed.size() > aliases_.size()) return malformed("value " + in_quotes(value) + " depends on itself");
      passed.push_back(value);
      value = next->second;
    }
    for (const std::string& earlier : passed) aliases_[earlier] = value;
    return {};
  }

  std::unordered_map<std::string_view, Function> functions_;
  std::unordered_map<std::string, std::string> aliases_;  // a value under the name of a call or an argument: what it is
  proto::GraphDef graph_;
  std::size_t nodes_ = 0, bytes_ = 0, name_bytes_ = 0;
};

}  // namespace

Status inline_functions(proto::GraphDef& graph, std::vector<std::string>& outputs) {
  Inliner inliner(graph);
  OCTET_RETURN_IF_ERROR(inliner.add_nodes_of_graph(graph));
  OCTET_RETURN_IF_ERROR(inliner.resolve_all(outputs));
  proto::GraphDef flat = std::move(inliner).graph();
  if (graph.has_versions()) flat.set_versions(graph.versions());
  graph = std::move(flat);
  return {};
}

}  // namespace octet::tensorflow
