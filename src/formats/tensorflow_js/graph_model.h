#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "formats/tensorflow/graph_def.h"

// A graph model of TensorFlow.js: a JSON file, usually model.json, and the files of its weights ("shards") in the same folder.
//
//   {"format": "graph-model",
//    "modelTopology": {"node": [{"name": ..., "op": ..., "input": [...], "attr": {...}}, ...]},   a GraphDef in protobuf's JSON
//    "weightsManifest": [{"paths": ["group1-shard1of2", ...],
//                         "weights": [{"name": ..., "shape": [...], "dtype": "float32", "quantization": {...}}, ...]}, ...]}
//
// The shards of a group, one after another, are its weights, one after another, little-endian and without gaps. Each belongs to
// the Const node of its name. A quantized one is stored as uint8 or uint16 and means stored * scale + min, or as float16.
namespace octet::tensorflow_js {

// Gives a shard by its name, which is that of a file without a folder. kMalformed where it is larger than `limit_bytes`.
using ReadShard = std::function<Result<std::string>(const std::string& name, std::size_t limit_bytes)>;

// The graph with its weights as the values of the constants. kMalformed where JSON, manifest and shards do not fit together;
// kUnsupported for a model of layers (Keras), which has no graph; what `read_shard` says.
Result<tensorflow::GraphDef> parse_graph_model(std::string_view json, const ReadShard& read_shard);

// The same from files; errors name them. kNotFound where one is absent.
Result<tensorflow::GraphFiles> read_graph_model(const std::filesystem::path& json);

}  // namespace octet::tensorflow_js
