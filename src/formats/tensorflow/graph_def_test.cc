#include "formats/tensorflow/graph_def.h"

#include <gtest/gtest.h>

#include <cstring>

#include "formats/tensorflow/graph_def.pb.h"

namespace octet::tensorflow {
namespace {

Result<GraphDef> parse(const std::string& bytes) { return parse_graph_def(std::as_bytes(std::span(bytes))); }
Result<GraphDef> parse(const proto::GraphDef& graph) { return parse(graph.SerializeAsString()); }

proto::NodeDef& add(proto::GraphDef& graph, const std::string& name, const std::string& op,
                    std::initializer_list<const char*> inputs = {}) {
  proto::NodeDef& node = *graph.add_node();
  node.set_name(name);
  node.set_op(op);
  for (const char* input : inputs) node.add_input(input);
  return node;
}

proto::AttrValue& attribute(proto::NodeDef& node, const std::string& key) {
  proto::Attribute& added = *node.add_attr();
  added.set_key(key);
  return *added.mutable_value();
}

proto::Tensor& constant(proto::GraphDef& graph, DataType type, std::initializer_list<std::int64_t> shape) {
  proto::Tensor& tensor = *attribute(add(graph, "c", "Const"), "value").mutable_tensor();
  tensor.set_dtype(static_cast<int>(type));
  for (const std::int64_t size : shape) tensor.mutable_tensor_shape()->add_dim()->set_size(size);
  return tensor;
}

template <typename T>
std::vector<T> values(const Result<GraphDef>& graph) {
  EXPECT_TRUE(graph.ok()) << graph.error().message;
  const auto bytes = std::get<Tensor>(graph->nodes[0].attributes.at("value")).bytes();
  std::vector<T> read(bytes.size() / sizeof(T));
  if (!read.empty()) std::memcpy(read.data(), bytes.data(), bytes.size());
  return read;
}

void expect_malformed(const Result<GraphDef>& graph, const std::string& words) {
  ASSERT_FALSE(graph.ok());
  EXPECT_EQ(static_cast<int>(graph.error().code), static_cast<int>(ErrorCode::kMalformed));
  EXPECT_NE(graph.error().message.find(words), std::string::npos) << graph.error().message;
}

TEST(ParseGraphDef, ResolvesInputsToNodesAndPorts) {
  proto::GraphDef graph;
  add(graph, "sum", "Add", {"split:2", "a/b", "^a/b"});
  add(graph, "a/b", "Const");
  add(graph, "split", "Split", {"a/b:0"});
  const auto parsed = parse(graph);
  ASSERT_TRUE(parsed.ok()) << parsed.error().message;
  const NodeRecord& sum = parsed->nodes[0];
  EXPECT_EQ(sum.op, "Add");
  EXPECT_EQ(sum.inputs, (std::vector<Ref>{{2, 2}, {1, 0}}));
}

TEST(ParseGraphDef, AcceptsLoops) {
  proto::GraphDef graph;
  add(graph, "merge", "Merge", {"next"});
  add(graph, "next", "NextIteration", {"merge"});
  EXPECT_TRUE(parse(graph).ok());
}

TEST(ParseGraphDef, KeepsAttributesWithTheirTypes) {
  proto::GraphDef graph;
  proto::NodeDef& node = add(graph, "n", "Op");
  attribute(node, "i").set_i(-7);
  attribute(node, "f").set_f(0.5f);
  attribute(node, "b").set_b(true);
  attribute(node, "s").set_s("SAME");
  attribute(node, "t").set_type(9);
  attribute(node, "list").mutable_list()->add_i(300);
  attribute(node, "shape").mutable_shape()->add_dim()->set_size(-1);
  const auto parsed = parse(graph);
  ASSERT_TRUE(parsed.ok()) << parsed.error().message;
  const auto& attributes = parsed->nodes[0].attributes;
  EXPECT_EQ(std::get<std::int64_t>(attributes.at("i")), -7);
  EXPECT_EQ(std::get<float>(attributes.at("f")), 0.5f);
  EXPECT_TRUE(std::get<bool>(attributes.at("b")));
  EXPECT_EQ(std::get<std::string>(attributes.at("s")), "SAME");
  EXPECT_EQ(std::get<DataType>(attributes.at("t")), DataType::kInt64);
  EXPECT_EQ(std::get<std::vector<std::int64_t>>(attributes.at("list")), (std::vector<std::int64_t>{300}));
  EXPECT_EQ(std::get<ShapeAttribute>(attributes.at("shape")).sizes, (std::vector<std::int64_t>{-1}));
}

// Only lists of integers are read, but a list of other things is not taken for an empty one.
TEST(ParseGraphDef, TellsAListOfOtherThingsFromAnEmptyOne) {
  proto::GraphDef graph;
  proto::NodeDef& node = add(graph, "n", "Op");
  attribute(node, "floats").mutable_list()->MergeFromString(std::string("\x25\x00\x00\x80\x3f", 5));  // field 4, one float
  attribute(node, "none").mutable_list();
  const auto parsed = parse(graph);
  ASSERT_TRUE(parsed.ok()) << parsed.error().message;
  EXPECT_TRUE(std::holds_alternative<std::monostate>(parsed->nodes[0].attributes.at("floats")));
  EXPECT_TRUE(std::holds_alternative<std::vector<std::int64_t>>(parsed->nodes[0].attributes.at("none")));
}

TEST(ParseGraphDef, ReadsTensorContent) {
  proto::GraphDef graph;
  const float numbers[]{1, -2, 3};
  constant(graph, DataType::kFloat, {3}).set_tensor_content(numbers, sizeof numbers);
  EXPECT_EQ(values<float>(parse(graph)), (std::vector<float>{1, -2, 3}));
}

TEST(ParseGraphDef, RepeatsTheLastListedValue) {
  proto::GraphDef graph;
  proto::Tensor& tensor = constant(graph, DataType::kInt32, {2, 2});
  tensor.add_int_val(5);
  tensor.add_int_val(-6);
  EXPECT_EQ(values<std::int32_t>(parse(graph)), (std::vector<std::int32_t>{5, -6, -6, -6}));
}

TEST(ParseGraphDef, FillsWithZerosWhatHasNoValues) {
  proto::GraphDef graph;
  constant(graph, DataType::kInt64, {3});
  EXPECT_EQ(values<std::int64_t>(parse(graph)), (std::vector<std::int64_t>{0, 0, 0}));
}

TEST(ParseGraphDef, ReadsHalvesAndBooleans) {
  proto::GraphDef half, boolean;
  constant(half, DataType::kHalf, {1}).add_half_val(0x3c00);
  EXPECT_EQ(values<std::uint16_t>(parse(half)), (std::vector<std::uint16_t>{0x3c00}));
  constant(boolean, DataType::kBool, {2}).add_bool_val(true);
  EXPECT_EQ(values<std::uint8_t>(parse(boolean)), (std::vector<std::uint8_t>{1, 1}));
}

TEST(ParseGraphDef, SkipsTheValuesOfText) {
  proto::GraphDef graph;
  constant(graph, DataType::kString, {1});
  const auto parsed = parse(graph);
  ASSERT_TRUE(parsed.ok()) << parsed.error().message;
  EXPECT_TRUE(std::holds_alternative<std::monostate>(parsed->nodes[0].attributes.at("value")));
}

TEST(ParseGraphDef, RefusesContentThatDoesNotFitTheShape) {
  proto::GraphDef graph;
  constant(graph, DataType::kFloat, {3}).set_tensor_content("12345678");
  expect_malformed(parse(graph), "8 bytes where its shape asks for 12");
}

TEST(ParseGraphDef, RefusesMoreValuesThanElements) {
  proto::GraphDef graph;
  proto::Tensor& tensor = constant(graph, DataType::kFloat, {1});
  tensor.add_float_val(1);
  tensor.add_float_val(2);
  expect_malformed(parse(graph), "2 values for 1 elements");
}

TEST(ParseGraphDef, RefusesAShapeThatClaimsGigabytes) {
  proto::GraphDef graph;
  constant(graph, DataType::kFloat, {1 << 15, 1 << 15}).add_float_val(1);
  expect_malformed(parse(graph), "'c'");
  proto::GraphDef huge;
  constant(huge, DataType::kFloat, {std::int64_t{1} << 62, std::int64_t{1} << 62}).add_float_val(1);
  expect_malformed(parse(huge), "no valid shape");
}

TEST(ParseGraphDef, RefusesNegativeSizes) {
  proto::GraphDef graph;
  constant(graph, DataType::kFloat, {-1});
  expect_malformed(parse(graph), "'c'");
}

TEST(ParseGraphDef, NamesANodeThatIsNotThere) {
  proto::GraphDef graph;
  add(graph, "reader", "Identity", {"gone:1"});
  expect_malformed(parse(graph), "node 'reader': reads 'gone', which is not in the file");
}

TEST(ParseGraphDef, RefusesAPortThatIsNoNumber) {
  proto::GraphDef graph;
  add(graph, "a", "Identity", {"a:x"});
  expect_malformed(parse(graph), "'a:x'");
}

TEST(ParseGraphDef, RefusesTwoNodesOfOneName) {
  proto::GraphDef graph;
  add(graph, "a", "Const");
  add(graph, "a", "Const");
  expect_malformed(parse(graph), "two nodes are named 'a'");
}

TEST(ParseGraphDef, RefusesWhatIsNoGraph) {
  expect_malformed(parse(std::string()), "empty");
  expect_malformed(parse(std::string("<?xml version=\"1.0\"?>")), "not a TensorFlow frozen graph");
  expect_malformed(parse(std::string(1000, '\xff')), "not a TensorFlow frozen graph");
  expect_malformed(parse(std::string("\x08\x01")), "not a TensorFlow frozen graph");  // the first bytes of a SavedModel
}

TEST(ParseGraphDef, RefusesAFileCutInsideOfANode) {
  proto::GraphDef graph;
  const std::vector<float> numbers(100, 1);
  constant(graph, DataType::kFloat, {100}).set_tensor_content(numbers.data(), 400);
  const std::string whole = graph.SerializeAsString();
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(parse(whole.substr(0, size)).ok()) << size;
}

TEST(InQuotes, KeepsAMessageOnOneShortLine) {
  EXPECT_EQ(in_quotes("a/b"), "'a/b'");
  EXPECT_EQ(in_quotes("a\nb\x1b"), "'a?b?'");
  EXPECT_EQ(in_quotes(std::string(1000, 'x')).size(), 205u);
}

}  // namespace
}  // namespace octet::tensorflow
