// Values of any rank and order of axes: what the network makes of a graph is what TensorFlow's own rules, which the evaluator of
// constants follows, make of it.
#include "importers/tensorflow/network.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "graph/evaluate.h"
#include "importers/tensorflow/graph_writer_for_test.h"

namespace octet::tensorflow {
namespace {

constexpr std::int64_t kHeight = 4, kWidth = 6, kChannels = 3;

struct Case {
  const char* name;
  std::function<void(GraphWriter&)> write;  // adds "out", which reads "data" [1,4,6,3]
};

void PrintTo(const Case& item, std::ostream* out) { *out << item.name; }

Result<GraphDef> graph_of(const Case& item) {
  GraphWriter writer;
  proto::NodeDef& image = writer.add("Placeholder", "image");
  auto& shape = *GraphWriter::attribute(image, "shape").mutable_shape();
  for (const std::int64_t size : {std::int64_t{1}, kHeight, kWidth, kChannels}) shape.add_dim()->set_size(size);
  // Changes nothing but where the axes lie.
  proto::NodeDef& data = writer.add("MaxPool", "data", {"image"});
  GraphWriter::set_ints(data, "ksize", {1, 1, 1, 1});
  GraphWriter::set_ints(data, "strides", {1, 1, 1, 1});
  GraphWriter::attribute(data, "padding").set_s("VALID");
  item.write(writer);
  writer.graph().set_versions("");
  const std::string bytes = writer.bytes();
  return parse_graph_def(std::as_bytes(std::span(bytes)));
}

Ref node_of(const Source& source, std::string_view name) {
  for (NodeIndex i = 0; i < source.size(); ++i)
    if (source.node(i).name == name) return {i, 0};
  return {};
}

Tensor numbered_image() {
  Tensor image(ElementType::kF32, {1, kHeight, kWidth, kChannels});
  float next = 1;
  for (float& value : image.mutable_values<float>()) value = next++;
  return image;
}

// What octet's graph computes, with the axes as TensorFlow has them.
Result<Tensor> through_network(const Source& source) {
  Graph graph;
  Network network(source, graph, {.is_kept = true});
  OCTET_ASSIGN(const Value value, network.plain(node_of(source, "out")));
  OCTET_ASSIGN([[maybe_unused]] const NodeId end, graph.add(Output{}, {value}, "end"));
  OCTET_ASSIGN(auto outputs, evaluate(graph, {{"image", numbered_image()}}));
  return outputs.at("end");
}

Result<Tensor> through_evaluator(const Source& source) {
  Evaluator evaluator(source, [](Ref) -> Result<Shape> { return Shape{1, kHeight, kWidth, kChannels}; });
  evaluator.bind(node_of(source, "data"), numbered_image());
  return evaluator.evaluate(node_of(source, "out"));
}

class NetworkRules : public testing::TestWithParam<Case> {};

TEST_P(NetworkRules, GiveWhatTensorFlowGives) {
  auto graph = graph_of(GetParam());
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  const Source source(std::move(graph).value());
  const auto found = through_network(source), expected = through_evaluator(source);
  ASSERT_TRUE(found.ok()) << found.error().message;
  ASSERT_TRUE(expected.ok()) << expected.error().message;
  EXPECT_EQ(found->shape(), expected->shape());
  EXPECT_EQ(to_vector<float>(*found), to_vector<float>(converted(*expected, ElementType::kF32)));
}

std::string turned(GraphWriter& g, const std::string& of) {
  return g.node("Transpose", of + "/turned", {of, g.wholes(of + "/order", {0, 3, 1, 2})});
}

// A part of the data whose last axes are `sizes`, by a slice that keeps its axes.
proto::NodeDef& slice(GraphWriter& g, const std::string& name, const std::vector<std::int32_t>& begin, const std::vector<std::int32_t>& end,
                      const std::vector<std::int32_t>& strides) {
  return g.add("StridedSlice", name,
               {"data", g.wholes(name + "/begin", begin), g.wholes(name + "/end", end), g.wholes(name + "/strides", strides)});
}

proto::NodeDef& reduction(GraphWriter& g, const std::string& op, const std::vector<std::int32_t>& axes, bool keeps) {
  proto::NodeDef& node = g.add(op, "out", {"data", g.wholes("axes", axes)});
  GraphWriter::attribute(node, "keep_dims").set_b(keeps);
  return node;
}

const Case kCases[] = {
    {"Transpose", [](GraphWriter& g) { g.node("Identity", "out", {turned(g, "data")}); }},
    {"TransposeTwice",
     [](GraphWriter& g) {
       g.node("Transpose", "out", {turned(g, "data"), g.wholes("back", {2, 0, 3, 1})});
     }},
    {"SumOfTwoOrders",
     [](GraphWriter& g) {
       g.node("Reshape", "rows", {"data", g.wholes("shape", {1, kChannels, kHeight, kWidth})});
       g.node("Add", "out", {turned(g, "data"), "rows"});
     }},
    {"DifferenceOfTwoRanks",
     [](GraphWriter& g) {
       reduction(g, "Mean", {0, 1, 2}, false).set_name("mean");
       g.node("Sub", "out", {"data", "mean"});
     }},
    {"ConstantOfEachLine",
     [](GraphWriter& g) {
       g.node("Mul", "out", {"data", g.constant<float>("lines", {kHeight, 1, 1}, {1, 2, 3, 4})});
     }},
    {"ConstantOfEachChannelFirst",
     [](GraphWriter& g) {
       g.node("Sub", "out", {g.constant<float>("channels", {kChannels, 1, 1}, {5, 6, 7}), turned(g, "data")});
     }},
    {"Reshape",
     [](GraphWriter& g) {
       g.node("Reshape", "out", {"data", g.wholes("shape", {1, -1, kChannels})});
     }},
    {"ReshapeOfTurned",
     [](GraphWriter& g) {
       g.node("Reshape", "out", {turned(g, "data"), g.wholes("shape", {kChannels, -1})});
     }},
    {"ExpandDims",
     [](GraphWriter& g) {
       g.node("ExpandDims", "out", {"data", g.whole("axis", -2)});
     }},
    {"Squeeze", [](GraphWriter& g) { GraphWriter::set_ints(g.add("Squeeze", "out", {"data"}), "squeeze_dims", {0}); }},
    {"ConcatOfTurned",
     [](GraphWriter& g) {
       const std::string planes = turned(g, "data");
       g.node("ConcatV2", "out", {planes, planes, g.whole("axis", 1)});
     }},
    {"ConcatOfTwoOrders",
     [](GraphWriter& g) {
       g.node("Reshape", "rows", {"data", g.wholes("shape", {1, kChannels, kHeight, kWidth})});
       g.node("ConcatV2", "out", {"rows", turned(g, "data"), g.whole("axis", 1)});
     }},
    {"SecondPartOfSplit",
     [](GraphWriter& g) {
       GraphWriter::attribute(g.add("Split", "parts", {g.whole("axis", 2), "data"}), "num_split").set_i(2);
       g.node("Identity", "out", {"parts:1"});
     }},
    {"MeanThatKeepsAxes",
     [](GraphWriter& g) {
       reduction(g, "Mean", {1, 2}, true);
     }},
    {"MeanThatDropsAxes", [](GraphWriter& g) { reduction(g, "Mean", {1}, false); }},
    {"MaxOverChannels", [](GraphWriter& g) { reduction(g, "Max", {-1}, false); }},
    {"SliceOfPixels",
     [](GraphWriter& g) {
       slice(g, "out", {0, 1, 0, 1}, {1, 4, 6, 3}, {1, 2, 3, 1});
     }},
    {"SliceBackwards",
     [](GraphWriter& g) {
       proto::NodeDef& node = slice(g, "out", {0, 0}, {0, 0}, {1, -1});
       GraphWriter::attribute(node, "begin_mask").set_i(3);
       GraphWriter::attribute(node, "end_mask").set_i(3);
     }},
    {"SliceBehindAnEllipsis",
     [](GraphWriter& g) {
       GraphWriter::attribute(slice(g, "out", {0, 1}, {0, 3}, {1, 1}), "ellipsis_mask").set_i(1);
     }},
    {"SliceThatDropsAnAxis",
     [](GraphWriter& g) {
       GraphWriter::attribute(slice(g, "out", {0, 2}, {1, 3}, {1, 1}), "shrink_axis_mask").set_i(2);
     }},
    {"SliceThatAddsAnAxis",
     [](GraphWriter& g) {
       GraphWriter::attribute(slice(g, "out", {0, 0}, {1, 1}, {1, 1}), "new_axis_mask").set_i(2);
     }},
    {"PixelsRepeatedByAProductWithOnes",
     [](GraphWriter& g) {
       g.node("Reshape", "apart", {"data", g.wholes("apart/shape", {1, kHeight, 1, kWidth, 1, kChannels})});
       g.node("Mul", "times", {"apart", g.constant<float>("ones", {1, 1, 2, 1, 2, 1}, {1, 1, 1, 1})});
       g.node("Reshape", "out", {"times", g.wholes("shape", {1, 2 * kHeight, 2 * kWidth, kChannels})});
     }},
    {"AProductThatRepeatsNoPixels",
     [](GraphWriter& g) {
       g.node("Reshape", "apart", {"data", g.wholes("apart/shape", {1, kHeight, kWidth, 1, kChannels})});
       g.node("Mul", "times", {"apart", g.constant<float>("numbers", {2, 1}, {1, 2})});
       g.node("Reshape", "out", {"times", g.wholes("shape", {1, kHeight, kWidth, 2 * kChannels})});
     }},
};

INSTANTIATE_TEST_SUITE_P(Operations, NetworkRules, testing::ValuesIn(kCases),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(Network, NamesTheNodeThatReadsAnImageWhereThereIsNone) {
  const Case item{"", [](GraphWriter& g) {
                    g.node("Reshape", "rows", {"data", g.wholes("shape", {kHeight, kWidth, kChannels})});
                    GraphWriter::attribute(g.add("SpaceToDepth", "out", {"rows"}), "block_size").set_i(2);
                  }};
  auto graph = graph_of(item);
  ASSERT_TRUE(graph.ok());
  const Source source(std::move(graph).value());
  const auto found = through_network(source);
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().code, ErrorCode::kUnsupported);
  EXPECT_NE(found.error().message.find("'rows' (Reshape): gives 3 axes where 4 are needed"), std::string::npos) << found.error().message;
}

}  // namespace
}  // namespace octet::tensorflow
