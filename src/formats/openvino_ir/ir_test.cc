#include "formats/openvino_ir/ir.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "formats/openvino_ir/attributes.h"

namespace octet::openvino_ir {
namespace {

Network two_layers() {
  Network network;
  network.name = "net <&> \"quoted\"";
  network.layers.push_back(
      {3, "x", "Parameter", "opset1", {}, {{"shape", "1,2"}, {"element_type", "f32"}}, {}, {{0, "FP32", {1, 2}, {"a,b", "c"}}}});
  network.layers.push_back({7, "w", "Const", "opset1", {}, {{"offset", "0"}, {"size", "8"}}, {}, {{0, "FP32", {1, 2}, {}}}});
  network.layers.push_back(
      {9, "sum", "Add", "opset1", {}, {}, {{0, "FP32", {1, 2}, {}}, {1, "FP32", {}, {}}}, {{2, "FP32", {1, -1}, {"y"}}}});
  network.layers.push_back({11, "out", "Result", "opset1", {"y"}, {}, {{0, "FP32", {1, 2}, {}}}, {}});
  network.edges = {{3, 0, 9, 0}, {7, 0, 9, 1}, {9, 2, 11, 0}};
  network.rt_info = {{"model_info", "", {{"model_type", "ssd", {}}, {"key with blank", "1 2", {}}, {"nest", "", {{"a", "", {}}}}}}};
  return network;
}

std::string message_of(const Status& status) { return status.ok() ? "" : status.error().message; }
std::string message_of(std::string_view xml) {
  const auto network = read_network(xml);
  return network.ok() ? "" : network.error().message;
}

TEST(OpenvinoIr, ReadsBackWhatItWrites) {
  const auto network = read_network(write_network(two_layers()));
  ASSERT_TRUE(network.ok()) << network.error().message;
  EXPECT_EQ(*network, two_layers());
}

TEST(OpenvinoIr, WritesWhatXmlCannotHoldAsQuestionMarks) {
  Network network;
  network.name = std::string("a\x01") + "b\nc\xEF\xBF\xBE\xE9\xC3\xA9";
  const auto read = read_network(write_network(network));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->name, "a?b\nc??\xC3\xA9");
}

TEST(OpenvinoIr, CutAnywhereIsAnErrorAndNoCrash) {
  const std::string xml = write_network(two_layers());
  const std::size_t end = xml.find("</net>");
  for (std::size_t length = 0; length < end; ++length) EXPECT_FALSE(read_network(std::string_view(xml).substr(0, length)).ok()) << length;
}

TEST(OpenvinoIr, NamesWhatIsWrong) {
  EXPECT_NE(message_of("").find("not XML"), std::string::npos);
  EXPECT_NE(message_of("<html/>").find("no <net>"), std::string::npos);
  EXPECT_NE(message_of("<net name='x'/>").find("has no attribute 'version'"), std::string::npos);
  EXPECT_NE(message_of("<net version='7'/>").find("IR version 7 is not supported"), std::string::npos);
  const std::string layer = "<net version='11'><layers><layer id='0' name='c' type='Relu'><output><port id='0'><dim>";
  const std::string rest = "</dim></port></output></layer></layers></net>";
  EXPECT_NE(message_of(layer + "many" + rest).find("layer 'c' (Relu): port 0 has the dimension \"many\""), std::string::npos);
  EXPECT_NE(message_of(layer + "-2" + rest).find("dimension"), std::string::npos);
}

TEST(OpenvinoIr, DoesNotExpandEntities) {
  const auto network = read_network("<!DOCTYPE net [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><net version='11' name='&e;'/>");
  ASSERT_TRUE(network.ok());
  EXPECT_EQ(network->name, "&e;");
}

TEST(OpenvinoIr, RefusesDeepRtInfo) {
  std::string xml = "<net version='11'><rt_info>";
  for (int i = 0; i < 100000; ++i) xml += "<a>";
  for (int i = 0; i < 100000; ++i) xml += "</a>";
  EXPECT_NE(message_of(xml + "</rt_info></net>").find("deeper"), std::string::npos);
}

TEST(Validate, AcceptsAWholeNetwork) { EXPECT_TRUE(validate(two_layers(), 8).ok()); }

TEST(Validate, RefusesConstantsBeyondTheFile) {
  EXPECT_NE(message_of(validate(two_layers(), 7)).find("layer 'w' (Const): its 8 bytes at 0 do not lie inside"), std::string::npos);
  Network network = two_layers();
  network.layers[1].attributes = {{"offset", "9223372036854775807"}, {"size", "9223372036854775807"}};
  EXPECT_FALSE(validate(network, 8).ok());
  network.layers[1].attributes = {{"offset", "-8"}, {"size", "8"}};
  EXPECT_FALSE(validate(network, 8).ok());
}

TEST(Validate, RefusesTakenIdsAndWrongEdges) {
  Network taken = two_layers();
  taken.layers[1].id = 3;
  EXPECT_NE(message_of(validate(taken, 8)).find("the id 3 is taken"), std::string::npos);
  Network twice = two_layers();
  twice.edges.push_back({7, 0, 9, 0});
  EXPECT_NE(message_of(validate(twice, 8)).find("input 0 has two edges"), std::string::npos);
  Network nowhere = two_layers();
  nowhere.edges[0].from_layer = 4;
  EXPECT_NE(message_of(validate(nowhere, 8)).find("no such layer"), std::string::npos);
  Network no_port = two_layers();
  no_port.edges[0].to_port = 5;
  EXPECT_NE(message_of(validate(no_port, 8)).find("no such input"), std::string::npos);
  Network ports = two_layers();
  ports.layers[2].inputs[1].id = 0;
  EXPECT_NE(message_of(validate(ports, 8)).find("port 0 occurs twice"), std::string::npos);
}

TEST(TopologicalOrder, PutsProducersFirstAndKeepsTheRest) {
  Network network = two_layers();
  std::reverse(network.layers.begin(), network.layers.end());
  const auto order = topological_order(network);
  ASSERT_TRUE(order.ok());
  EXPECT_EQ(*order, (std::vector<std::size_t>{2, 3, 1, 0}));
}

TEST(TopologicalOrder, NamesALayerOnACycle) {
  Network network;
  for (std::int64_t id : {0, 1})
    network.layers.push_back({id, "n" + std::to_string(id), "Relu", "opset1", {}, {}, {{0, "", {}, {}}}, {{1, "", {}, {}}}});
  network.edges = {{0, 1, 1, 0}, {1, 1, 0, 0}};
  const auto order = topological_order(network);
  ASSERT_FALSE(order.ok());
  EXPECT_EQ(order.error().message, "layer 'n0' (Relu): lies on a cycle");
}

TEST(Numbers, ReadBackExactly) {
  for (const double value : {0.1, 1.0 / 3, 1e300, -0.0, 6.0, static_cast<double>(0.6f)})
    EXPECT_EQ(number_from_text(text_from_number(value)), value);
  EXPECT_EQ(text_from_number(6.0), "6");
  EXPECT_EQ(number_from_text("inf"), std::numeric_limits<double>::infinity());
  for (const char* bad : {"", "x", "1x", "nan", "1,2", "--1", "1 2"}) EXPECT_FALSE(number_from_text(bad).has_value()) << bad;
}

TEST(Numbers, ListsTakeBlanksAnywhere) {
  EXPECT_EQ(integers_from_text(" 1 ,2,\n-3 "), (std::vector<std::int64_t>{1, 2, -3}));
  EXPECT_EQ(integers_from_text("  "), (std::vector<std::int64_t>{}));
  for (const char* bad : {",", "1,", "1,,2", "1 2", "?,3", "99999999999999999999"})
    EXPECT_FALSE(integers_from_text(bad).has_value()) << bad;
}

TEST(AttributeReader, RemembersTheFirstFault) {
  Layer layer;
  layer.attributes = {{"axis", "one"}, {"mode", "cubic"}, {"flag", "1"}, {"pads", "1"}};
  AttributeReader fine(layer);
  EXPECT_TRUE(fine.flag("flag"));
  EXPECT_EQ(fine.integer("absent", 5), 5);
  EXPECT_TRUE(fine.status().ok());
  AttributeReader reader(layer);
  EXPECT_EQ(reader.integer("axis"), 0);
  EXPECT_EQ(reader.integer("missing"), 0);
  EXPECT_EQ(message_of(reader.status()), "attribute axis=\"one\" is not an integer");
  AttributeReader mode(layer);
  mode.choice("mode", {"nearest", "linear"});
  EXPECT_EQ(message_of(mode.status()), "mode=\"cubic\" is not supported (nearest, linear)");
  AttributeReader pads(layer);
  pads.pair("pads");
  EXPECT_EQ(pads.status().error().code, ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace octet::openvino_ir
