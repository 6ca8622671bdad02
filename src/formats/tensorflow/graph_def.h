#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

// A TensorFlow GraphDef (TensorFlow 1 and 2 write the same) as records: names resolved to indices, sizes checked.
// What the operations mean is the importer's business.
namespace octet::tensorflow {

// TensorFlow's DataType by its own numbers; a file may hold others.
enum class DataType : std::int32_t {
  kFloat = 1,
  kDouble = 2,
  kInt32 = 3,
  kUint8 = 4,
  kInt16 = 5,
  kInt8 = 6,
  kString = 7,
  kInt64 = 9,
  kBool = 10,
  kUint16 = 17,
  kHalf = 19,
};

// Bytes of one element, 0 for a type that octet does not read.
std::size_t size_of(DataType type);

// A constant. `bytes` are row-major, little-endian, as many as shape and type say; none where size_of(type) is 0.
struct TensorRecord {
  DataType type = DataType::kFloat;
  std::vector<std::int64_t> shape;
  std::string bytes;
};

// A shape attribute; -1 is an unknown size.
struct ShapeRecord {
  bool unknown_rank = false;
  std::vector<std::int64_t> sizes;
};

// Lists of anything but integers are left out: monostate.
using Attribute =
    std::variant<std::monostate, std::string, std::int64_t, float, bool, DataType, ShapeRecord, TensorRecord, std::vector<std::int64_t>>;

using NodeIndex = std::uint32_t;

// One output of one node: "name:port" of the file.
struct Ref {
  NodeIndex node = 0;
  std::uint32_t port = 0;
  auto operator<=>(const Ref&) const = default;
};

struct NodeRecord {
  std::string name, op;
  std::vector<Ref> inputs;          // data, in the file's order
  std::vector<NodeIndex> controls;  // "^name" of the file
  std::map<std::string, Attribute, std::less<>> attributes;
};

// Nodes in the file's order, which need not be topological; TensorFlow 1 loops are cycles.
struct GraphDef {
  std::vector<NodeRecord> nodes;
};

// Errors, all kMalformed: not a GraphDef, cut short, two nodes of one name, an input that no node gives, a constant
// whose values do not fit its shape.
Result<GraphDef> parse_graph_def(std::span<const std::byte> bytes);

// A name from a file as it may stand in a message: in quotes, one line, of bounded length.
std::string in_quotes(std::string_view name);

}  // namespace octet::tensorflow
