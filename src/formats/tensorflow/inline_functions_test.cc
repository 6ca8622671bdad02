#include "formats/tensorflow/inline_functions.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace octet::tensorflow {
namespace {

using Texts = std::vector<std::string>;

void add_node(google::protobuf::RepeatedPtrField<proto::NodeDef>& nodes, const std::string& name, const std::string& op,
              const Texts& inputs = {}, const std::string& function = {}) {
  proto::NodeDef& node = *nodes.Add();
  node.set_name(name);
  node.set_op(op);
  for (const std::string& input : inputs) node.add_input(input);
  if (function.empty()) return;
  proto::Attribute& attribute = *node.add_attr();
  attribute.set_key("f");
  attribute.mutable_value()->mutable_func()->set_name(function);
}

// A function whose results are values of its body.
proto::FunctionDef& add_function(proto::GraphDef& graph, const std::string& name, const Texts& arguments, const Texts& results) {
  proto::FunctionDef& function = *graph.mutable_library()->add_function();
  function.mutable_signature()->set_name(name);
  for (const std::string& argument : arguments) function.mutable_signature()->add_input_arg()->set_name(argument);
  for (std::size_t i = 0; i < results.size(); ++i) {
    const std::string output = "result_" + std::to_string(i);
    function.mutable_signature()->add_output_arg()->set_name(output);
    auto& returned = *function.add_ret();
    returned.set_key(output);
    returned.set_value(results[i]);
  }
  return function;
}

Texts nodes_of(const proto::GraphDef& graph) {
  Texts texts;
  for (const proto::NodeDef& node : graph.node()) {
    std::string text = node.name() + " = " + node.op() + "(";
    for (const std::string& input : node.input()) text += (text.back() == '(' ? "" : ", ") + input;
    texts.push_back(text + ")");
  }
  return texts;
}

std::string error_of(proto::GraphDef graph) {
  Texts outputs;
  const Status status = inline_functions(graph, outputs);
  return status.ok() ? "(inlined)" : status.error().message;
}

TEST(InlineFunctions, PutsBodiesInPlaceOfCalls) {
  proto::GraphDef graph;
  auto& nodes = *graph.mutable_node();
  add_node(nodes, "y", "Neg", {"call:1", "^call"});
  add_node(nodes, "call", "StatefulPartitionedCall", {"x", "^y"}, "outer");
  add_node(nodes, "x", "Placeholder");
  auto& outer = add_function(graph, "outer", {"a"}, {"inner:output:0", "parts:output:1"});
  add_node(*outer.mutable_node_def(), "inner", "PartitionedCall", {"a"}, "relu");
  add_node(*outer.mutable_node_def(), "parts", "Split", {"axis:output:0", "inner:output:0"});
  add_node(*outer.mutable_node_def(), "axis", "Const");
  auto& relu = add_function(graph, "relu", {"v"}, {"r:activations:0"});
  add_node(*relu.mutable_node_def(), "r", "Relu", {"v"});
  Texts outputs{"call", "call:1", "y:0"};
  ASSERT_TRUE(inline_functions(graph, outputs).ok());
  EXPECT_EQ(nodes_of(graph), (Texts{"y = Neg(call/parts:1)", "call/inner/r = Relu(x:0)", "call/parts = Split(call/axis:0, call/inner/r:0)",
                                    "call/axis = Const()", "x = Placeholder()"}));
  EXPECT_EQ(outputs, (Texts{"call/inner/r:0", "call/parts:1", "y:0"}));
}

TEST(InlineFunctions, KnowsFurtherOutputsByTheirNames) {
  proto::GraphDef graph;
  add_node(*graph.mutable_node(), "call", "f", {"call2"});  // a function's own name
  add_node(*graph.mutable_node(), "call2", "Placeholder");
  auto& function = add_function(graph, "f", {"a"}, {"best:indices:0"});
  add_node(*function.mutable_node_def(), "best", "TopKV2", {"a", "a"});
  Texts outputs{"call:0"};
  ASSERT_TRUE(inline_functions(graph, outputs).ok());
  EXPECT_EQ(outputs, Texts{"call/best:1"});
}

TEST(InlineFunctions, RefusesFunctionsThatCallThemselves) {
  proto::GraphDef graph;
  add_node(*graph.mutable_node(), "call", "PartitionedCall", {}, "f");
  add_node(*add_function(graph, "f", {}, {}).mutable_node_def(), "again", "PartitionedCall", {}, "f");
  EXPECT_NE(error_of(graph).find("functions call one another too deeply, or themselves"), std::string::npos) << error_of(graph);
}

TEST(InlineFunctions, RefusesGraphsThatGrowWithoutEnd) {
  proto::GraphDef graph;
  add_node(*graph.mutable_node(), "call", "PartitionedCall", {}, "f0");
  for (int i = 0; i < 30; ++i) {
    auto& function = add_function(graph, "f" + std::to_string(i), {}, {});
    for (const char* name : {"a", "b"}) add_node(*function.mutable_node_def(), name, "PartitionedCall", {}, "f" + std::to_string(i + 1));
  }
  add_function(graph, "f30", {}, {});
  EXPECT_EQ(error_of(graph), "the functions of the graph call one another too often");
}

TEST(InlineFunctions, RefusesValuesThatDependOnThemselves) {
  proto::GraphDef graph;
  add_node(*graph.mutable_node(), "call", "PartitionedCall", {"call:0"}, "f");
  add_function(graph, "f", {"a"}, {"a"});
  add_node(*graph.mutable_node(), "y", "Neg", {"call:0"});
  EXPECT_NE(error_of(graph).find("depends on itself"), std::string::npos) << error_of(graph);
}

TEST(InlineFunctions, RefusesACallWithOtherArguments) {
  proto::GraphDef graph;
  add_node(*graph.mutable_node(), "call", "PartitionedCall", {}, "f");
  add_function(graph, "f", {"a", "b"}, {});
  EXPECT_EQ(error_of(graph), "call 'call': gives 0 arguments to a function of 2");
}

}  // namespace
}  // namespace octet::tensorflow
