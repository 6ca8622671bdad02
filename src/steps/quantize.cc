#include "steps/quantize.h"

#include "data/first_look.h"
#include "image/decode.h"
#include "image/resize.h"
#include "model/model_info.h"

namespace octet {

Result<quant::QuantizedModel> quantize_model(const Graph& graph, const std::filesystem::path& path, const Dataset& pictures,
                                             const quant::CalibrationOptions& options) {
  OCTET_ASSIGN_AT(const ModelDescription description, read_model_info(graph.model_info), path.string());
  look_first(pictures, {.calibrates = true}, options.warn);
  const auto load = [&](std::size_t index) -> Result<Tensor> {
    OCTET_ASSIGN(const Image image, read_image(pictures.images[index].path, pictures.decode));
    Tensor input(ElementType::kF32, {1, Image::kChannels, description.input.height, description.input.width});
    resize_to_planes(image, description.resize, description.input, input.mutable_values<float>(), description.pad_value);
    return input;
  };
  const auto name = [&](std::size_t index) { return pictures.images[index].path.string(); };
  auto quantized = quant::quantize(graph, {pictures.images.size(), load, name}, options);
  if (!quantized.ok()) return quantized.error().at(path.string());
  return quantized;
}

}  // namespace octet
