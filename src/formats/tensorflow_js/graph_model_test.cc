#include "formats/tensorflow_js/graph_model.h"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

namespace octet::tensorflow_js {
namespace {

using Json = nlohmann::json;
using tensorflow::Attribute;
using tensorflow::GraphDef;

using Shards = std::map<std::string, std::string>;

Result<GraphDef> parse(const std::string& text, const Shards& shards = {}) {
  return parse_graph_model(text, [&](const std::string& name, std::size_t limit) -> Result<std::string> {
    const auto found = shards.find(name);
    if (found == shards.end()) return Error{ErrorCode::kNotFound, name + ": no such file"};
    if (found->second.size() > limit) return Error{ErrorCode::kMalformed, name + ": too large"};
    return found->second;
  });
}

// A model whose constants are `weights`, entries of a manifest with one group of `paths`.
Json model_of(const Json& weights, const Json& paths) {
  Json nodes = Json::array();
  for (const Json& weight : weights) {
    const Json dtype = weight.value("dtype", Json("")) == "int32" ? "DT_INT64" : "DT_FLOAT";
    nodes.push_back({{"name", weight.value("name", "w")}, {"op", "Const"}, {"attr", {{"dtype", {{"type", dtype}}}}}});
  }
  return {{"modelTopology", {{"node", nodes}}}, {"weightsManifest", {{{"paths", paths}, {"weights", weights}}}}};
}

Json entry(const std::string& name, const Json& shape, const std::string& dtype, const Json& quantization = {}) {
  Json json = {{"name", name}, {"shape", shape}, {"dtype", dtype}};
  if (!quantization.is_null()) json["quantization"] = quantization;
  return json;
}

template <typename T>
std::string bytes_of(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

std::vector<double> values_of(const Result<GraphDef>& graph, std::size_t node = 0) {
  EXPECT_TRUE(graph.ok()) << graph.error().message;
  return graph.ok() ? to_vector<double>(std::get<Tensor>(graph->nodes[node].attributes.at("value"))) : std::vector<double>();
}

std::string error_of(const Result<GraphDef>& graph) { return graph.ok() ? "(parsed)" : graph.error().message; }

TEST(GraphModel, ReadsAttributesInBothSpellings) {
  const auto graph = parse(R"({"modelTopology": {"node": [
    {"name": "x", "op": "Placeholder"},
    {"name": "y", "op": "Op", "input": ["x:0", "^x"], "attr": {
      "base64": {"s": "U0FNRQ=="}, "bytes": {"s": [83, 65, 77, 69]}, "text": {"i": "-7"}, "number": {"i": 7}, "flag": {"b": true},
      "least": {"f": "-Infinity"}, "half": {"f": 0.5}, "name": {"type": "DT_INT64"}, "enum": {"type": 9}, "other": {"type": "DT_RESOURCE"},
      "shape": {"shape": {"dim": [{"size": "-1"}, {"size": 3}, {}]}}, "strides": {"list": {"i": ["1", 2], "s": []}},
      "fused": {"list": {"s": ["UmVsdTY="]}}, "func": {"func": {"name": "f"}}}}]}, "weightsManifest": []})");
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  ASSERT_EQ(graph->nodes[1].inputs.size(), 1u);
  const auto& attributes = graph->nodes[1].attributes;
  EXPECT_EQ(std::get<std::string>(attributes.at("base64")), "SAME");
  EXPECT_EQ(std::get<std::string>(attributes.at("bytes")), "SAME");
  EXPECT_EQ(std::get<std::int64_t>(attributes.at("text")), -7);
  EXPECT_EQ(std::get<std::int64_t>(attributes.at("number")), 7);
  EXPECT_TRUE(std::get<bool>(attributes.at("flag")));
  EXPECT_EQ(std::get<float>(attributes.at("least")), -HUGE_VALF);
  EXPECT_EQ(std::get<float>(attributes.at("half")), 0.5f);
  EXPECT_EQ(std::get<tensorflow::DataType>(attributes.at("name")), tensorflow::DataType::kInt64);
  EXPECT_EQ(std::get<tensorflow::DataType>(attributes.at("enum")), tensorflow::DataType::kInt64);
  EXPECT_FALSE(tensorflow::element_type_of(std::get<tensorflow::DataType>(attributes.at("other"))));
  EXPECT_EQ(std::get<tensorflow::ShapeAttribute>(attributes.at("shape")).sizes, (std::vector<std::int64_t>{-1, 3, 0}));
  EXPECT_EQ(std::get<std::vector<std::int64_t>>(attributes.at("strides")), (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(std::get<std::vector<std::string>>(attributes.at("fused")), std::vector<std::string>{"Relu6"});
  EXPECT_TRUE(std::holds_alternative<std::monostate>(attributes.at("func")));
}

TEST(GraphModel, ReadsWeightsThatLieAcrossShards) {
  const std::string bytes = bytes_of<float>({1, 2, 3}) + bytes_of<std::int32_t>({-4});
  const Json model =
      model_of(Json::array({entry("a", Json::array({3}), "float32"), entry("b", Json::array(), "int32")}), Json::array({"s1", "s2"}));
  const auto graph = parse(model.dump(), {{"s1", bytes.substr(0, 6)}, {"s2", bytes.substr(6)}});
  EXPECT_EQ(values_of(graph), (std::vector<double>{1, 2, 3}));
  EXPECT_EQ(values_of(graph, 1), std::vector<double>{-4});
  EXPECT_EQ(std::get<Tensor>(graph->nodes[1].attributes.at("value")).type(), ElementType::kI64) << "as the node declares";
}

TEST(GraphModel, UndoesQuantization) {
  const Json weights = {entry("a", Json::array({2}), "float32", {{"dtype", "uint8"}, {"scale", 0.5}, {"min", -1}}),
                        entry("b", Json::array({1}), "float32", {{"dtype", "uint16"}, {"scale", 0.001}, {"min", 2}}),
                        entry("c", Json::array({2}), "float32", {{"dtype", "float16"}, {"original_dtype", "float32"}}),
                        entry("d", Json::array({1}), "int32", {{"dtype", "uint8"}, {"scale", 2.6}, {"min", 0}})};
  const std::string shard = bytes_of<std::uint8_t>({0, 255}) + bytes_of<std::uint16_t>({65535}) +
                            bytes_of<std::uint16_t>({0x3C00, 0xC100}) + bytes_of<std::uint8_t>({3});
  const auto graph = parse(model_of(weights, Json::array({"s"})).dump(), {{"s", shard}});
  EXPECT_EQ(values_of(graph), (std::vector<double>{-1, 126.5}));
  EXPECT_EQ(values_of(graph, 1), std::vector<double>{static_cast<double>(static_cast<float>(65535 * 0.001 + 2))});
  EXPECT_EQ(values_of(graph, 2), (std::vector<double>{1, -2.5}));
  EXPECT_EQ(values_of(graph, 3), std::vector<double>{8}) << "whole numbers are rounded";
}

TEST(GraphModel, PassesOverTexts) {
  Json model = model_of(Json::array({entry("t", Json::array({2}), "string"), entry("a", Json::array({1}), "float32")}), Json::array({"s"}));
  model["modelTopology"]["node"][0]["attr"]["dtype"]["type"] = "DT_STRING";
  const std::string texts = bytes_of<std::uint32_t>({3}) + "cat" + bytes_of<std::uint32_t>({0});
  EXPECT_EQ(values_of(parse(model.dump(), {{"s", texts + bytes_of<float>({5})}}), 1), std::vector<double>{5});
  EXPECT_NE(error_of(parse(model.dump(), {{"s", bytes_of<std::uint32_t>({~0u})}})).find("needs 4294967295 bytes"), std::string::npos);
}

TEST(GraphModel, RefusesShardsOfAnotherSize) {
  const std::string model = model_of(Json::array({entry("a", Json::array({3}), "float32")}), Json::array({"s"})).dump();
  EXPECT_EQ(error_of(parse(model, {{"s", std::string(11, 0)}})),
            "weight 'a': needs 12 bytes where its shards have 11 left: one is cut short or missing; fetch the model again");
  EXPECT_EQ(error_of(parse(model, {{"s", std::string(13, 0)}})),
            "weightsManifest: the shards have 1 bytes more than the weights; they are not of this model");
  EXPECT_EQ(parse(model).error().code, ErrorCode::kNotFound);
}

TEST(GraphModel, RefusesShardsOutsideOfItsFolder) {
  for (const std::string path : {"../s", "/etc/passwd", "a/s", "..", ".", "", "a\\s"}) {
    const auto graph =
        parse(model_of(Json::array({entry("a", Json::array({1}), "float32")}), Json::array({path})).dump(), {{path, "1234"}});
    EXPECT_NE(error_of(graph).find("is no file of the same folder"), std::string::npos) << error_of(graph);
  }
  EXPECT_EQ(
      error_of(parse(model_of(Json::array({entry("a", Json::array({2}), "float32")}), Json::array({"s", "s"})).dump(), {{"s", "1234"}})),
      "weightsManifest: names the shard 's' twice");
}

TEST(GraphModel, RefusesAbsurdShapes) {
  const std::int64_t huge = std::int64_t{1} << 31;
  for (const Json& shape : {Json::array({huge, huge, huge, huge}), Json::array({-1}), Json::array({1.5}), Json::array({"3"}),
                            Json::array({std::uint64_t{1} << 63}), Json(3)})
    EXPECT_FALSE(parse(model_of(Json::array({entry("a", shape, "float32")}), Json::array({"s"})).dump(), {{"s", "1234"}}).ok())
        << shape.dump();
  EXPECT_NE(error_of(parse(model_of(Json::array({entry("a", Json::array({huge}), "float32")}), Json::array({"s"})).dump(), {{"s", "1234"}}))
                .find("needs 8589934592 bytes"),
            std::string::npos);
}

TEST(GraphModel, SaysWhatIsWrong) {
  const auto refuse = [](const std::string& text, const std::string& expected) {
    const auto graph = parse(text, {{"s", "1234"}});
    EXPECT_EQ(error_of(graph), expected);
  };
  refuse("{", "is no JSON, or cut short; fetch or export it again");
  refuse("[]", "is no TensorFlow.js model: it has no 'modelTopology'");
  refuse(R"({"modelTopology": {}})", "its 'modelTopology' has no list of nodes");
  refuse(R"({"modelTopology": {"node": [{"op": "Const"}]}})", "has a node without 'name'");
  refuse(R"({"modelTopology": {"node": [{"name": "a", "op": "Op", "input": [1]}]}})", "node 'a': has an input that is no name");
  refuse(R"({"modelTopology": {"node": [{"name": "a", "op": "Op", "attr": {"k": {"i": "x"}}}]}})",
         "node 'a': attribute 'k': is no whole number");
  refuse(R"({"modelTopology": {"node": [{"name": "a", "op": "Op", "attr": {"k": {"s": "?"}}}]}})", "node 'a': attribute 'k': is no text");
  refuse(R"({"modelTopology": {"node": [{"name": "a", "op": "Op"}]}})", "has no 'weightsManifest'");
  refuse(R"({"modelTopology": {"node": [{"name": "a", "op": "Const"}]}, "weightsManifest": []})",
         "weightsManifest: has no weight for the constant 'a'");
  refuse(model_of(Json::array({entry("a", Json::array({1}), "complex64")}), Json::array({"s"})).dump(),
         "weight 'a': is of the type 'complex64', which octet does not know");
  refuse(model_of(Json::array({entry("a", Json::array({4}), "float32", {{"dtype", "uint8"}})}), Json::array({"s"})).dump(),
         "weight 'a': is quantized without a 'scale' and a 'min'");
}

TEST(GraphModel, NamesAModelOfLayers) {
  const auto graph = parse(R"({"modelTopology": {"keras_version": "2.7", "model_config": {}}, "weightsManifest": []})");
  ASSERT_FALSE(graph.ok());
  EXPECT_EQ(graph.error().code, ErrorCode::kUnsupported);
  EXPECT_NE(graph.error().message.find("Keras layers"), std::string::npos);
}

TEST(GraphModel, BearsJsonOfAnyDepth) {
  const std::string deep = std::string(200000, '[') + std::string(200000, ']');
  for (const char* key : {"shape", "quantization", "dtype", "name"})
    EXPECT_FALSE(parse(R"({"modelTopology": {"node": [{"name": "a", "op": "Op"}]}, "weightsManifest": [{"paths": [], "weights": [{")" +
                       std::string(key) + "\": " + deep + "}]}]}")
                     .ok());
  EXPECT_FALSE(parse(R"({"modelTopology": {"node": [{"name": "a", "op": "Op", "attr": {"k": {"s": )" + deep + "}}}]}}").ok());
}

}  // namespace
}  // namespace octet::tensorflow_js
