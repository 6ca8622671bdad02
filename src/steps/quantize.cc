#include "steps/quantize.h"

#include "data/first_look.h"
#include "image/decode.h"
#include "image/resize.h"
#include "model/model_info.h"

namespace octet {
namespace {

// The pictures as the model takes them. Both must outlive the result.
quant::CalibrationImages calibration_images(const ModelDescription& description, const Dataset& pictures) {
  const auto load = [&](std::size_t index) -> Result<Tensor> {
    OCTET_ASSIGN(const Image image, read_image(pictures.images[index].path, pictures.decode));
    Tensor input(ElementType::kF32, {1, Image::kChannels, description.input.height, description.input.width});
    resize_to_planes(image, description.resize, description.input, input.mutable_values<float>(), description.pad_value);
    return input;
  };
  return {pictures.images.size(), load, [&](std::size_t index) { return pictures.images[index].path.string(); }};
}

}  // namespace

Result<quant::QuantizedModel> quantize_model(const Graph& graph, const std::filesystem::path& path, const Dataset& pictures,
                                             const quant::CalibrationOptions& options) {
  OCTET_ASSIGN_AT(const ModelDescription description, read_model_info(graph.model_info), path.string());
  look_first(pictures, {.calibrates = true}, options.warn);
  auto quantized = quant::quantize(graph, calibration_images(description, pictures), options);
  if (!quantized.ok()) return quantized.error().at(path.string());
  return quantized;
}

Result<quant::Explanation> explain_model(const quant::QuantizedModel& model, const std::filesystem::path& path, const Dataset& pictures,
                                         const quant::CalibrationOptions& options) {
  OCTET_ASSIGN_AT(const ModelDescription description, read_model_info(model.graph.model_info), path.string());
  auto explanation = quant::explain(model, calibration_images(description, pictures), options);
  if (!explanation.ok()) return explanation.error().at(path.string());
  return explanation;
}

}  // namespace octet
