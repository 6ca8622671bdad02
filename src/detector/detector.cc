#include "detector/detector.h"

#include <tuple>

#include "base/files.h"
#include "image/resize.h"
#include "importers/openvino_ir/import.h"
#include "model/model_info.h"
#include "passes/standard.h"

namespace octet {
namespace {

namespace fs = std::filesystem;

std::size_t bytes_of(const fs::path& file) {
  const auto bytes = size_of_file(file);
  return bytes.ok() ? *bytes : 0;
}

Status check_input(const Graph& graph, const ModelDescription& description) {
  const TensorType wanted{ElementType::kF32, {1, Image::kChannels, description.input.height, description.input.width}};
  const auto inputs = graph.parameters();
  if (inputs.size() == 1 && graph.node(inputs[0]).outputs[0] == wanted) return {};
  return Error{ErrorCode::kMalformed, "the model has no single f32 input " + to_string(wanted.shape) + ", which its model_info promises"};
}

Status check_outputs_of(const EngineModel& model, const ModelDescription& description) {
  std::vector<OutputType> outputs;
  for (const Port& port : model.outputs())
    for (const std::string& name : port.names()) outputs.push_back({name, port.type.element, port.type.shape});
  return check_outputs(description, outputs);
}

}  // namespace

Result<Detector> make_detector(const Graph& graph, const fs::path& path, const Engine& engine, InferencePrecision precision) {
  return make_detector(NetworkSource{graph, path}, engine, precision, {});
}

Result<Detector> make_detector(const NetworkSource& source, const Engine& engine, InferencePrecision precision, const Warn& say) {
  const fs::path& path = source.path;
  OCTET_ASSIGN_AT(auto description, read_model_info(source.graph.model_info), path.string());
  Graph planar = source.graph;
  passes::run_reading_passes(planar);
  if (auto status = check_input(planar, description); !status.ok()) return status.error().at(path.string());
  const EngineOptions options{.picture_input = resizes_to_bytes(description.resize), .precision = precision};
  OCTET_ASSIGN_AT(auto model, load_network(engine, {planar, path, source.original}, options, say), path.string());
  if (auto status = check_outputs_of(*model, description); !status.ok()) return status.error().at(path.string());
  return Detector{path, std::move(model), std::move(description), 0};
}

Result<Detector> load_detector(const fs::path& xml, const Engine& engine, InferencePrecision precision) {
  OCTET_ASSIGN(const Graph graph, import_openvino_ir(xml));
  OCTET_ASSIGN(Detector detector, make_detector(NetworkSource{graph, xml}, engine, precision, {}));
  detector.file_bytes = bytes_of(xml) + bytes_of(fs::path(xml).replace_extension(".bin"));
  return detector;
}

std::vector<NamedOutput> named_outputs(std::span<const Port> ports, std::span<const Tensor> tensors) {
  std::vector<NamedOutput> outputs;
  for (std::size_t i = 0; i < tensors.size(); ++i)
    if (tensors[i].type() == ElementType::kF32)
      for (const std::string& name : ports[i].names()) outputs.push_back({name, tensors[i].shape(), tensors[i].values<float>()});
  return outputs;
}

DetectionSession::DetectionSession(const Detector& detector, int threads)
    : detector_(detector),
      session_(detector.model->open_session(threads)),
      input_(detector.model->inputs()[0].type.element, detector.model->inputs()[0].type.shape) {}

Result<std::vector<Detection>> DetectionSession::detect(const PixelView& image, const DetectOptions& options) {
  const auto& [resize, size, pad] = std::tie(detector_.description.resize, detector_.description.input, detector_.description.pad_value);
  if (input_.type() == ElementType::kU8)
    resize_to_bytes(image, resize, size, input_.mutable_values<std::uint8_t>(), pad);
  else
    resize_to_planes(image, resize, size, input_.mutable_values<float>(), pad);
  OCTET_ASSIGN(const auto tensors, session_->run(std::span(&input_, 1)));
  return detections_from_outputs(detector_.description, named_outputs(detector_.model->outputs(), tensors), image.size(), options);
}

}  // namespace octet
