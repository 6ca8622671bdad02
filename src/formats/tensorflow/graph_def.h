#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/quoted_name.h"
#include "base/result.h"
#include "tensor/tensor.h"

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

// The element type of the same meaning; nothing for one without numbers (text, resources) and those that octet lacks.
std::optional<ElementType> element_type_of(DataType type);

// -1 is an unknown size; empty where even their number is unknown.
struct ShapeAttribute {
  std::vector<std::int64_t> sizes;
};

// Constants of text, and lists of anything but integers and texts, are left out: monostate.
using Attribute = std::variant<std::monostate, std::string, std::int64_t, float, bool, DataType, ShapeAttribute, Tensor,
                               std::vector<std::int64_t>, std::vector<std::string>>;

// "a whole number", "a list of whole numbers": the kind of an attribute, for messages.
std::string_view kind_of(const Attribute& attribute);

using NodeIndex = std::uint32_t;

// One output of one node: "name:port" of the file.
struct Ref {
  NodeIndex node = 0;
  std::uint32_t port = 0;
  auto operator<=>(const Ref&) const = default;
};

struct NodeRecord {
  std::string name, op;
  std::vector<Ref> inputs;  // data, in the file's order; "^name", which only orders the execution, is left out
  std::map<std::string, Attribute, std::less<>> attributes;
};

// Nodes in the file's order, which need not be topological; TensorFlow 1 loops are cycles.
struct GraphDef {
  std::vector<NodeRecord> nodes;
  // Whether it is certain that no node is missing. A binary file that was cut between two nodes is a smaller graph, but it lacks the
  // versions of the writer, which come last.
  bool is_whole = false;
};

// A graph and the files that hold its numbers.
struct GraphFiles {
  GraphDef graph;
  std::vector<std::filesystem::path> weights;
};

// Errors, all kMalformed: not a GraphDef, cut short, two nodes of one name, an input that no node gives, a constant
// whose values do not fit its shape.
Result<GraphDef> parse_graph_def(std::span<const std::byte> bytes);

}  // namespace octet::tensorflow
