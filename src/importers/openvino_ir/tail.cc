#include "importers/openvino_ir/tail.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/parse_number.h"

namespace octet::openvino_ir {
namespace {

constexpr std::int64_t kMostBytes = 64;  // of constants whose value may matter: sizes, axes, limits

struct Words {
  std::string_view of_ir, of_onnx;
};

// Layers that ONNX calls otherwise.
constexpr std::array kOperators{
    Words{"Broadcast", "Expand"},
    Words{"Clamp", "Clip"},
    Words{"Const", "Constant"},
    Words{"Convert", "Cast"},
    Words{"Divide", "Div"},
    Words{"GreaterEqual", "GreaterOrEqual"},
    Words{"LessEqual", "LessOrEqual"},
    Words{"LogicalAnd", "And"},
    Words{"LogicalNot", "Not"},
    Words{"LogicalOr", "Or"},
    Words{"Maximum", "Max"},
    Words{"Minimum", "Min"},
    Words{"Multiply", "Mul"},
    Words{"Negative", "Neg"},
    Words{"ScatterElementsUpdate", "ScatterElements"},
    Words{"ScatterNDUpdate", "ScatterND"},
    Words{"Select", "Where"},
    Words{"ShapeOf", "Shape"},
    Words{"StridedSlice", "Slice"},
    Words{"Subtract", "Sub"},
    Words{"VariadicSplit", "Split"},
};

// Attributes of a suppression by TensorRT's words, which are read.
constexpr std::array kAttributes{Words{"background_class", "background_class"}, Words{"nms_threshold", "iou_threshold"},
                                 Words{"score_threshold", "score_threshold"}, Words{"keep_top_k", "max_output_boxes"}};

template <std::size_t N>
std::string_view in_onnx(const std::array<Words, N>& words, std::string_view word, std::string_view otherwise) {
  const auto found = std::ranges::find(words, word, &Words::of_ir);
  return found == words.end() ? otherwise : found->of_onnx;
}

std::string name_of(Source source) { return fmt::format("{}:{}", source.layer, source.output); }

std::optional<Source> source_named(std::string_view name) {
  const std::size_t colon = name.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto layer = parse_number<std::size_t>(name.substr(0, colon)), output = parse_number<std::size_t>(name.substr(colon + 1));
  return layer && output ? std::optional(Source{*layer, *output}) : std::nullopt;
}

const std::string* attribute_of(const Layer& layer, std::string_view name) {
  const auto found = std::ranges::find(layer.attributes, name, &Attribute::name);
  return found == layer.attributes.end() ? nullptr : &found->value;
}

bool is_picture(const Layer& layer) {
  const std::string* shape = attribute_of(layer, "shape");
  return layer.type == "Parameter" && shape && std::ranges::count(*shape, ',') == 3;
}

bool is_small(const Layer& layer) {
  const std::string* size = attribute_of(layer, "size");
  const auto bytes = size ? parse_number<std::int64_t>(*size) : std::nullopt;
  return bytes && *bytes <= kMostBytes;
}

onnx::NodeRecord node_of(const Layer& layer, std::size_t index, const std::vector<Source>& sources) {
  onnx::NodeRecord node{layer.name, std::string(in_onnx(kOperators, layer.type, layer.type)), "", 0, {}, {}};
  for (const Source source : sources) node.inputs.push_back(name_of(source));
  for (std::size_t i = 0; i < layer.outputs.size(); ++i) node.outputs.push_back(name_of({index, i}));
  for (const Attribute& attribute : layer.attributes) {
    const std::string_view word = in_onnx(kAttributes, attribute.name, "");
    if (const auto number = parse_number<float>(attribute.value); number && !word.empty()) node.attributes.emplace(word, *number);
  }
  return node;
}

}  // namespace

Result<std::optional<NetworkTail>> find_tail(const Network& network, const std::vector<std::size_t>& order,
                                             const std::vector<std::vector<Source>>& sources,
                                             const std::function<Result<Tensor>(const Layer&)>& constant) {
  onnx::GraphRecord graph;
  std::string picture;
  for (const std::size_t index : order) {
    const Layer& layer = network.layers[index];
    if (layer.type == "Parameter") {
      graph.inputs.push_back({name_of({index, 0}), onnx::DataType::kUndefined, false, {}});
      if (picture.empty() && is_picture(layer)) picture = graph.inputs.back().name;
    } else if (layer.type == "Result") {
      if (!sources[index].empty()) graph.outputs.push_back(name_of(sources[index][0]));
    } else if (layer.type == "Const") {
      if (!is_small(layer)) continue;
      OCTET_ASSIGN_AT(Tensor value, constant(layer), describe(layer));
      graph.initializers.emplace(name_of({index, 0}), std::move(value));
    } else {
      graph.nodes.push_back(node_of(layer, index, sources[index]));
    }
  }
  OCTET_ASSIGN(auto found, onnx::find_tail(graph, picture));
  if (!found) return std::optional<NetworkTail>();
  NetworkTail tail{*std::move(found), {}};
  for (const std::string& output : tail.end.outputs) {
    const auto source = source_named(output);
    if (!source || source->layer >= network.layers.size() || source->output >= network.layers[source->layer].outputs.size())
      return std::optional<NetworkTail>();
    tail.outputs.push_back(*source);
  }
  return std::optional(std::move(tail));
}

}  // namespace octet::openvino_ir
