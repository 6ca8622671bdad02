#include "importers/tflite/original.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "importers/file_border.h"
#include "importers/tflite/network.h"

namespace octet::tflite {
namespace {

Result<BorderTensor> border_tensor(const TensorRecord& record) {
  const auto element = element_type_of(record.type);
  const bool is_float = record.type == StoredType::FLOAT32 || record.type == StoredType::FLOAT16;  // whatever scales it may list
  const bool has_scale = record.quantization && !is_float;
  if (!element || (has_scale && (record.quantization.per_axis() || size_of(*element) > 2)))
    return Error{ErrorCode::kUnsupported, fmt::format("its tensor '{}' is quantized otherwise than in 8 or 16 bits", record.name)};
  BorderTensor tensor{record.name, {*element, record.shape}};
  if (has_scale) tensor.scale = BorderScale{static_cast<double>(record.quantization.scale[0]), record.quantization.zero_point[0]};
  return tensor;
}

// The graph's input as it is but for its layout: planes become pixels.
Status take_input(const TensorRecord& record, const octet::TensorType& type, Graph& before) {
  OCTET_ASSIGN(const BorderTensor input, border_tensor(record));
  Value value = before.emit(Parameter{type.element, type.shape}, {}, input.name + "/graph");
  if (is_pixels(input.type.shape)) {
    const Value order = before.emit_constant(Tensor::of<std::int64_t>({4}, {0, 2, 3, 1}));
    value = before.emit(Transpose{}, {value, order}, input.name + "/pixels");
  }
  give_to_file(before, value, input);
  return {};
}

// One column of the rows, [1,1,K,1].
Value column(Graph& graph, Value values, std::int64_t rows) {
  return graph.emit(Reshape{}, {values, graph.emit_constant(Tensor::of<std::int64_t>({4}, {1, 1, rows, 1}))});
}

Value filled(Graph& graph, std::int64_t rows, std::int64_t columns, float value) {
  return graph.emit_constant(Tensor::of({1, 1, rows, columns}, std::vector<float>(static_cast<std::size_t>(rows * columns), value)));
}

// Image, class, confidence and corners, of which the file has y before x, and classes without the background. Rows beyond those that the
// file counts are of no image.
Value rows_of(Graph& after, Value boxes, Value classes, Value scores, Value count, bool has_background) {
  const std::int64_t kept = after.shape(scores)[1];
  std::vector<float> places(static_cast<std::size_t>(kept));
  for (std::size_t i = 0; i < places.size(); ++i) places[i] = static_cast<float>(i);
  const Value is_counted =
      after.emit(Compare{CompareKind::kLess}, {after.emit_constant(Tensor::of({1, 1, kept, 1}, places)), column(after, count, 1)});
  const Value image = after.emit(Select{}, {is_counted, filled(after, kept, 1, 0), filled(after, kept, 1, -1)});
  const Value first_class = after.emit_constant(Tensor::scalar(has_background ? 1.0f : 0.0f));
  const Value label = after.emit(Binary{BinaryKind::kAdd}, {column(after, classes, kept), first_class});
  const Value order = after.emit_constant(Tensor::of<std::int64_t>({4}, {1, 0, 3, 2}));
  const Value corners = after.emit(Gather{}, {boxes, order, after.emit_constant(Tensor::scalar<std::int64_t>(2))});
  const Value sizes = after.emit_constant(Tensor::of<std::int64_t>({4}, {1, 1, kept, 4}));
  return after.emit(Concat{3}, {image, label, column(after, scores, kept), after.emit(Reshape{}, {corners, sizes})});
}

Status give_rows(const Model& model, const PostProcess& post_process, std::int64_t rows, Graph& after) {
  const std::int64_t kept = post_process.kept;
  const Shape shapes[] = {{1, kept, 4}, {1, kept}, {1, kept}, {1}};  // boxes, classes, scores, their count
  std::vector<Value> outputs;
  for (std::size_t i = 0; i < std::size(shapes); ++i) {
    const std::int32_t tensor = i < post_process.outputs.size() ? post_process.outputs[i] : -1;
    if (std::ranges::find(model.outputs, tensor) == model.outputs.end())
      return Error{ErrorCode::kUnsupported, "it does not output all four results of its TFLite_Detection_PostProcess"};
    const TensorRecord& record = model.tensors[static_cast<std::size_t>(tensor)];
    if (record.type != StoredType::FLOAT32)
      return Error{ErrorCode::kUnsupported, "the results of its TFLite_Detection_PostProcess are no floats"};
    outputs.push_back(take_from_file(after, {record.name, {ElementType::kF32, shapes[i]}}));
  }
  Value found = rows_of(after, outputs[0], outputs[1], outputs[2], outputs[3], post_process.has_background);
  if (rows > kept) found = after.emit(Concat{2}, {found, filled(after, rows - kept, 7, -1)});
  after.emit(Output{}, {found}, "detection_out/graph");
  return {};
}

}  // namespace

Result<OriginalFile> original_file(const Model& model, const Graph& graph, const std::optional<PostProcess>& post_process) {
  OriginalFile file{FileFormat::kTflite, {}, {}, {}};
  const auto inputs = graph.parameters();
  for (std::size_t i = 0; i < inputs.size(); ++i)
    OCTET_RETURN_IF_ERROR(take_input(model.tensors[static_cast<std::size_t>(model.inputs[i])], graph.type({inputs[i], 0}), file.before));
  const auto outputs = graph.outputs();
  if (post_process) {
    OCTET_RETURN_IF_ERROR(give_rows(model, *post_process, graph.shape(graph.node(outputs[0]).inputs[0])[2], file.after));
    return file;
  }
  for (const NodeId id : outputs) {
    const Node& node = graph.node(id);
    const auto is_its = [&](std::int32_t tensor) { return model.tensors[static_cast<std::size_t>(tensor)].name == node.name; };
    const auto found = std::ranges::find_if(model.outputs, is_its);
    if (found == model.outputs.end())
      return Error{ErrorCode::kUnsupported, fmt::format("several of its outputs are named as '{}'", node.name)};
    OCTET_ASSIGN(const BorderTensor output, border_tensor(model.tensors[static_cast<std::size_t>(*found)]));
    give_to_graph(file.after, output, graph.type(node.inputs[0]).element);
  }
  return file;
}

}  // namespace octet::tflite
