#include "workflow/quantize.h"

#include "data/first_look.h"
#include "detect/preprocess.h"
#include "exporters/openvino_ir/export.h"
#include "image/decode.h"
#include "importers/openvino_ir/import.h"
#include "model/model_info.h"
#include "workflow/layout.h"

namespace octet {

quant::CalibrationImages calibration_images(const Dataset& pictures, const ModelDescription& description) {
  return {pictures.images.size(),
          [&pictures, &description](std::size_t index) -> Result<Tensor> {
            OCTET_ASSIGN(const Image image, read_image(pictures.images[index].path, pictures.decode));
            Tensor input(ElementType::kF32, {1, Image::kChannels, description.input.height, description.input.width});
            preprocess(description, image, input.mutable_values<float>());
            return input;
          },
          [&pictures](std::size_t index) { return pictures.images[index].path.string(); }};
}

Result<QuantizedIr> quantize_ir(const std::filesystem::path& xml, const Dataset& pictures, const std::filesystem::path& output,
                                const quant::CalibrationOptions& options) {
  OCTET_ASSIGN(const Graph graph, import_openvino_ir(xml));
  OCTET_ASSIGN_AT(const auto description, read_model_info(graph.model_info), xml.string());
  look_first(pictures, {.calibrates = true}, options.warn);
  OCTET_ASSIGN_AT(const auto quantized, quant::quantize(graph, calibration_images(pictures, description), options), xml.string());
  const std::string name = description.name.empty() ? xml.stem().string() : description.name;
  OCTET_ASSIGN(const auto target, ir_path(output, name, "FP32-INT8"));
  OCTET_RETURN_IF_ERROR(export_openvino_ir(quantized.graph, target));
  return QuantizedIr{target, quantized.images, quantized.convolutions, quantized.points};
}

}  // namespace octet
