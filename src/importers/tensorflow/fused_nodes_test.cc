#include "importers/tensorflow/fused_nodes.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace octet::tensorflow {
namespace {

using Texts = std::vector<std::string>;

// A fused node over constants "x", "w" and so many more.
GraphDef graph_of(const std::string& op, const Texts& steps, std::uint32_t further) {
  GraphDef graph;
  for (std::uint32_t i = 0; i < 2 + further; ++i) graph.nodes.push_back({"input_" + std::to_string(i), "Const", {}, {}});
  NodeRecord fused{"layer", op, {}, {{"fused_ops", steps}, {"leakyrelu_alpha", 0.1f}, {"padding", std::string("SAME")}}};
  for (std::uint32_t i = 0; i < 2 + further; ++i) fused.inputs.push_back({i, 0});
  graph.nodes.push_back(fused);
  graph.nodes.push_back({"reader", "Identity", {{2 + further, 0}}, {}});
  return graph;
}

// "name = Op(inputs)" of a node.
std::string text_of(const GraphDef& graph, NodeIndex index) {
  std::string text = graph.nodes[index].name + " = " + graph.nodes[index].op + "(";
  for (const Ref input : graph.nodes[index].inputs) text += (text.back() == '(' ? "" : ", ") + graph.nodes[input.node].name;
  return text + ")";
}

TEST(FusedNodes, BecomeTheNodesThatTheyStandFor) {
  const GraphDef graph = expand_fused_nodes(graph_of("_FusedConv2D", {"BiasAdd", "LeakyRelu"}, 1));
  ASSERT_EQ(graph.nodes.size(), 7u);
  EXPECT_EQ(text_of(graph, 5), "layer/Conv2D = Conv2D(input_0, input_1)");
  EXPECT_EQ(text_of(graph, 6), "layer/BiasAdd = BiasAdd(layer/Conv2D, input_2)");
  EXPECT_EQ(text_of(graph, 3), "layer = LeakyRelu(layer/BiasAdd)");
  EXPECT_EQ(text_of(graph, 4), "reader = Identity(layer)");
  EXPECT_EQ(std::get<std::string>(graph.nodes[5].attributes.at("padding")), "SAME");
  EXPECT_EQ(std::get<float>(graph.nodes[3].attributes.at("alpha")), 0.1f);
}

TEST(FusedNodes, ReadTheStatisticsOfANorm) {
  const GraphDef graph = expand_fused_nodes(graph_of("FusedDepthwiseConv2dNative", {"FusedBatchNorm", "Relu6"}, 4));
  EXPECT_EQ(text_of(graph, 8), "layer/DepthwiseConv2dNative = DepthwiseConv2dNative(input_0, input_1)");
  EXPECT_EQ(text_of(graph, 9), "layer/FusedBatchNorm = FusedBatchNorm(layer/DepthwiseConv2dNative, input_2, input_3, input_4, input_5)");
}

TEST(FusedNodes, StayWhereOctetDoesNotKnowAStep) {
  for (const GraphDef& source :
       {graph_of("_FusedConv2D", {"Mystery"}, 0), graph_of("_FusedConv2D", {"BiasAdd"}, 0), graph_of("_FusedConv2D", {"BiasAdd"}, 2),
        graph_of("_FusedConv2D", {}, 1), graph_of("Conv2D", {"Relu"}, 0)}) {
    const GraphDef graph = expand_fused_nodes(source);
    EXPECT_EQ(graph.nodes.size(), source.nodes.size());
    EXPECT_EQ(graph.nodes[source.nodes.size() - 2].op, source.nodes[source.nodes.size() - 2].op);
  }
}

}  // namespace
}  // namespace octet::tensorflow
