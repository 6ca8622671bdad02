#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

// OpenVINO's intermediate representation, versions 10 and 11: an .xml file of layers and edges, and a .bin file of constants (little
// endian, no header) into which the Const layers point by offset and size. These are the records of the .xml, as it says them:
// attributes are text, operations are names. What they mean is for importers/ and exporters/.
namespace octet::openvino_ir {

// One input or output of a layer.
struct Port {
  std::int64_t id = 0;             // unique in its layer
  std::string precision;           // "FP32", "I64"; empty where the file leaves it out
  std::vector<std::int64_t> dims;  // -1: not known; empty for a scalar
  std::vector<std::string> names;  // of the tensor; output ports only
  bool operator==(const Port&) const = default;
};

struct Attribute {
  std::string name, value;
  bool operator==(const Attribute&) const = default;
};

struct Layer {
  std::int64_t id = 0;  // unique in its network, in any order
  std::string name, type, opset;
  std::vector<std::string> output_names;  // Result only
  std::vector<Attribute> attributes;      // the <data> element, in the order of the file
  std::vector<Port> inputs, outputs;
  bool operator==(const Layer&) const = default;
};

struct Edge {
  std::int64_t from_layer = 0, from_port = 0, to_layer = 0, to_port = 0;
  bool operator==(const Edge&) const = default;
};

// A node of rt_info: <name value="..."> with children, or <info name="..." value="..."> where the name is no XML name.
struct Info {
  std::string name, value;
  std::vector<Info> children;
  bool operator==(const Info&) const = default;
};

struct Network {
  std::string name;
  std::int64_t version = 11;
  std::vector<Layer> layers;
  std::vector<Edge> edges;
  std::vector<Info> rt_info;  // with what older files have in an element of its own, as "meta_data"
  bool operator==(const Network&) const = default;
};

// "layer 'conv1' (Convolution)", for messages.
std::string describe(const Layer& layer);

// The records of an .xml text. Errors: kMalformed with the element or layer at fault; kUnsupported for other versions.
Result<Network> read_network(std::string_view xml);

// The text of a network. Names need not be XML names; control characters that XML cannot hold are written as '?'.
std::string write_network(const Network& network);

// Checks what the records say of each other: ids are unique, edges join existing ports, an input has at most one edge, and
// constants lie inside a .bin file of `weights_bytes`.
Status validate(const Network& network, std::size_t weights_bytes);

// Indices of `network.layers` in an order in which every layer follows those it reads, otherwise that of the file. The
// network must have passed validate(). kMalformed if there is a cycle.
Result<std::vector<std::size_t>> topological_order(const Network& network);

// The name of an element type in a Const's or Parameter's attributes ("f32") for that of a port ("FP32"), and back. Empty if unknown.
std::string_view element_of_precision(std::string_view precision);
std::string_view precision_of_element(std::string_view element);

}  // namespace octet::openvino_ir
