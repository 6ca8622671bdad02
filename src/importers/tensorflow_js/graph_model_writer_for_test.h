#pragma once

// For tests: a GraphDef as TensorFlow.js' converter writes it.
#include <nlohmann/json.hpp>
#include <string>

#include "formats/tensorflow/graph_def.pb.h"

namespace octet::tensorflow_js {

struct GraphModelFiles {
  nlohmann::json json;  // one shard, "group1-shard1of1"
  std::string shard;
};

// Texts as lists of bytes, numbers of 64 bits as texts, as the first converters wrote them.
inline nlohmann::json json_of(const tensorflow::proto::AttrValue& value) {
  using Value = tensorflow::proto::AttrValue;
  using Json = nlohmann::json;
  const auto dims = [](const tensorflow::proto::TensorShape& shape) {
    Json list = Json::array();
    for (const auto& dim : shape.dim()) list.push_back({{"size", std::to_string(dim.size())}});
    return Json{{"dim", list}};
  };
  switch (value.value_case()) {
    case Value::kS:
      return {{"s", std::vector<std::uint8_t>(value.s().begin(), value.s().end())}};
    case Value::kI:
      return {{"i", std::to_string(value.i())}};
    case Value::kF:
      return {{"f", value.f()}};
    case Value::kB:
      return {{"b", value.b()}};
    case Value::kType:
      return {{"type", value.type()}};
    case Value::kShape:
      return {{"shape", dims(value.shape())}};
    case Value::kTensor:
      return {{"tensor", {{"dtype", value.tensor().dtype()}, {"tensorShape", dims(value.tensor().tensor_shape())}}}};
    case Value::kList: {
      Json items = Json::array();
      for (const std::int64_t item : value.list().i()) items.push_back(std::to_string(item));
      return {{"list", {{"i", items}}}};
    }
    case Value::kFunc:
    case Value::VALUE_NOT_SET:
      break;
  }
  return Json::object();
}

inline GraphModelFiles graph_model_of(const tensorflow::proto::GraphDef& graph) {
  using Json = nlohmann::json;
  GraphModelFiles files;
  Json nodes = Json::array(), weights = Json::array();
  for (const auto& node : graph.node()) {
    Json attributes = Json::object();
    for (const auto& attribute : node.attr()) {
      attributes[attribute.key()] = json_of(attribute.value());
      if (node.op() != "Const" || !attribute.value().has_tensor()) continue;
      const auto& tensor = attribute.value().tensor();
      Json shape = Json::array();
      for (const auto& dim : tensor.tensor_shape().dim()) shape.push_back(dim.size());
      weights.push_back({{"name", node.name()}, {"shape", shape}, {"dtype", tensor.dtype() == 1 ? "float32" : "int32"}});
      files.shard += tensor.tensor_content();
    }
    nodes.push_back({{"name", node.name()},
                     {"op", node.op()},
                     {"input", std::vector<std::string>(node.input().begin(), node.input().end())},
                     {"attr", attributes}});
  }
  files.json = {{"format", "graph-model"},
                {"modelTopology", {{"node", nodes}}},
                {"weightsManifest", {{{"paths", {"group1-shard1of1"}}, {"weights", weights}}}}};
  return files;
}

}  // namespace octet::tensorflow_js
