#include "engines/foreign_session.h"

#include <algorithm>

#include "base/files.h"
#include "formats/onnx/onnx.pb.h"

namespace octet {
namespace {

class FailedSession final : public EngineSession {
 public:
  explicit FailedSession(Error error) : error_(std::move(error)) {}
  Result<std::span<const Tensor>> run(std::span<const Tensor>) override { return error_; }
  void enable_profile(bool) override {}
  std::span<const double> step_us() const override { return {}; }

 private:
  Error error_;
};

// u8 [N,H,W,C] to f32 [N,C,H,W].
void planes_of(const Tensor& picture, Tensor& planes) {
  const Shape& shape = planes.shape();
  const std::int64_t channels = shape[1], pixels = shape[2] * shape[3];
  const auto from = picture.values<std::uint8_t>();
  const auto to = planes.mutable_values<float>();
  for (std::int64_t image = 0; image < shape[0]; ++image)
    for (std::int64_t pixel = 0; pixel < pixels; ++pixel)
      for (std::int64_t channel = 0; channel < channels; ++channel)
        to[static_cast<std::size_t>((image * channels + channel) * pixels + pixel)] =
            from[static_cast<std::size_t>((image * pixels + pixel) * channels + channel)];
}

}  // namespace

std::vector<Port> input_ports(const Graph& graph, const EngineOptions& options) {
  std::vector<Port> ports;
  for (const NodeId id : graph.parameters()) {
    const Node& node = graph.node(id);
    TensorType type = node.outputs[0];
    if (options.picture_input) type = {ElementType::kU8, {type.shape[0], type.shape[2], type.shape[3], type.shape[1]}};
    ports.push_back({node.name, type, std::get<Parameter>(node.op).further_names});
  }
  return ports;
}

std::vector<Port> output_ports(const Graph& graph) {
  std::vector<Port> ports;
  for (const NodeId id : graph.outputs()) {
    const Node& node = graph.node(id);
    ports.push_back({node.name, graph.type(node.inputs[0]), std::get<Output>(node.op).further_names});
  }
  return ports;
}

Status check_own_onnx(const std::filesystem::path& path) {
  OCTET_ASSIGN(const std::string bytes, read_text(path));
  onnx::ModelProto model;
  if (!model.ParseFromString(bytes)) return Error{ErrorCode::kMalformed, path.string() + " is no ONNX model"};
  if (model.producer_name() == "octet") return {};
  return Error{ErrorCode::kUnsupported, path.string() +
                                            " is not octet's: its input and outputs are others than those that octet measures; run the one "
                                            "that octet convert --onnx makes of it"};
}

bool is_quantized(const Graph& graph) {
  return std::ranges::any_of(graph.nodes(), [](const Node& node) { return std::holds_alternative<FakeQuantize>(node.op); });
}

ForeignModel::ForeignModel(const Graph& graph, const EngineOptions& options)
    : graph_(graph), options_(options), inputs_(input_ports(graph, options)), outputs_(output_ports(graph)) {}

InputTensors::InputTensors(const Graph& graph, const EngineOptions& options)
    : ports_(input_ports(graph, options)), from_picture_(options.picture_input) {
  if (from_picture_) converted_.emplace_back(ElementType::kF32, graph.node(graph.parameters()[0]).outputs[0].shape);
}

Result<std::span<const Tensor>> InputTensors::convert(std::span<const Tensor> inputs) {
  if (inputs.size() != ports_.size())
    return Error{ErrorCode::kInvalidArgument,
                 std::to_string(inputs.size()) + " inputs given, the model takes " + std::to_string(ports_.size())};
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (inputs[i].type() != ports_[i].type.element || inputs[i].shape() != ports_[i].type.shape)
      return Error{ErrorCode::kInvalidArgument, "input '" + ports_[i].name + "' is " + to_string(inputs[i].shape()) + ", the model takes " +
                                                    to_string(ports_[i].type.shape)};
  if (!from_picture_) return inputs;
  planes_of(inputs[0], converted_[0]);
  return std::span<const Tensor>(converted_);
}

std::unique_ptr<EngineSession> failed_session(Error error) { return std::make_unique<FailedSession>(std::move(error)); }

}  // namespace octet
