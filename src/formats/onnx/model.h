#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/quoted_name.h"
#include "base/result.h"
#include "tensor/tensor.h"

// An ONNX model as records: functions inlined, nodes in topological order, sizes checked. What the operations mean is the importer's
// business.
namespace octet::onnx {

// ONNX's numbers of element types that octet reads; a file may hold others.
enum class DataType : std::int32_t {
  kUndefined = 0,
  kFloat = 1,
  kUint8 = 2,
  kInt8 = 3,
  kUint16 = 4,
  kInt16 = 5,
  kInt32 = 6,
  kInt64 = 7,
  kString = 8,
  kBool = 9,
  kFloat16 = 10,
  kDouble = 11,
  kUint32 = 12,
  kUint64 = 13,
  kBfloat16 = 16,
};

// "float16", "int4": ONNX's name of a type, known to octet or not; its number where ONNX has none either.
std::string name_of(DataType type);

// The element type in which octet holds values of a type: bfloat16 becomes f32, which has every value of it. kUnsupported for others.
Result<ElementType> element_type_of(DataType type);

struct GraphRecord;

// Of a node inside a function: the attribute of the call that stands here.
struct AttributeOfCall {
  std::string name;
};

// What octet never reads (texts in tensors, sequences, sparse tensors) is left out: monostate.
using Attribute = std::variant<std::monostate, std::int64_t, float, std::string, Tensor, std::vector<std::int64_t>, std::vector<float>,
                               std::vector<std::string>, std::shared_ptr<const GraphRecord>, AttributeOfCall>;

// "a whole number", "a list of whole numbers": the kind of an attribute, for messages.
std::string_view kind_of(const Attribute& attribute);

struct NodeRecord {
  std::string name, op, domain;              // domain: empty for ONNX's own
  std::int64_t opset = 0;                    // version of the operator set of its domain
  std::vector<std::string> inputs, outputs;  // names of values; empty where an optional one is left out
  std::map<std::string, Attribute, std::less<>> attributes = {};
};

struct InputRecord {
  std::string name;
  DataType type = DataType::kUndefined;
  bool has_shape = false;
  std::vector<std::int64_t> shape;  // -1: an unknown size
};

struct GraphRecord {
  std::vector<NodeRecord> nodes;  // of a whole model in topological order; of a subgraph as in the file
  std::map<std::string, Tensor, std::less<>> initializers;
  std::vector<InputRecord> inputs;  // initializers that the file lists here as well are left out
  std::vector<std::string> outputs;
  std::vector<DataType> output_types;  // kUndefined where the file does not say
};

struct ModelRecord {
  GraphRecord graph;
  std::map<std::string, std::string> metadata;
  std::vector<std::filesystem::path> files;  // that hold the numbers
};

// Reads a model and the external data below its folder. Errors, all with the path: kNotFound; kMalformed: no ONNX model, cut short, two
// values of one name, an input that nothing gives, a cycle, a tensor whose bytes do not fit its shape, external data outside of the folder;
// kUnsupported: an element type or an operator set that octet lacks.
Result<ModelRecord> read_model(const std::filesystem::path& path);

// The same from bytes; external data are looked for below `folder`, and refused where that is empty.
Result<ModelRecord> parse_model(std::span<const std::byte> bytes, const std::filesystem::path& folder = {});

Error malformed(std::string message);
Error unsupported(std::string message);

// "node 'X' (Conv)", or "node (Conv) that gives 'Y'" where it has no name.
std::string place(const NodeRecord& node);

// Adds the values of the surrounding graph that a node reads, those inside of its subgraphs included. Subgraphs nest no deeper than
// protobuf lets them be read.
void collect_reads(const NodeRecord& node, std::vector<std::string_view>& reads);

}  // namespace octet::onnx
