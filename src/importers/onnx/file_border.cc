#include "importers/onnx/file_border.h"

#include <algorithm>

#include <fmt/format.h>

#include "importers/file_border.h"

namespace octet::onnx {
namespace {

// What nothing depends on is given as zeros, which are not to cost much.
constexpr std::int64_t kMostZeros = 1 << 20;

// The type of a tensor as other programs have it: octet has f32 for bfloat16.
std::optional<ElementType> stored_type(DataType type) {
  const auto element = element_type_of(type);
  return element.ok() && type != DataType::kBfloat16 ? std::optional(*element) : std::nullopt;
}

}  // namespace

void FileBorder::refuse(std::string why) {
  if (!why_not_) why_not_ = std::move(why);
}

void FileBorder::take_picture(const InputRecord& input, const Shape& shape) {
  const auto element = stored_type(input.type);
  if (!element) return refuse(fmt::format("its input {} is {}", in_quotes(input.name), name_of(input.type)));
  const Shape stored(shape.end() - std::ssize(input.shape), shape.end());  // without its batch where the file has none
  const Value picture = file_.before.emit(Parameter{ElementType::kF32, shape}, {}, input.name + "/graph");
  give_to_file(file_.before, picture, {input.name, {*element, stored}});
}

void FileBorder::take_constant(const std::string& name, const Tensor& value) {
  give_to_file(file_.before, file_.before.emit_constant(value, name + "/graph"), {name, {value.type(), value.shape()}});
}

void FileBorder::take_unneeded(const InputRecord& input) {
  const auto element = stored_type(input.type);
  Shape shape = input.shape;
  for (std::int64_t& size : shape) size = size < 0 ? 1 : size;
  if (!element || !input.has_shape || !validate_shape(shape).ok() || element_count(shape) > kMostZeros)
    return refuse(fmt::format("its input {} is no tensor of few numbers", in_quotes(input.name)));
  take_constant(input.name, Tensor(*element, shape));
}

void FileBorder::give(const GraphRecord& source, const std::string& name, const ImportedValue& value, const TensorType& type) {
  const auto found = std::ranges::find(source.outputs, name);
  if (found == source.outputs.end()) {
    inner_.push_back(in_quotes(name));
    return;
  }
  const DataType stated = source.output_types[static_cast<std::size_t>(found - source.outputs.begin())];
  const auto element = stated == DataType::kUndefined ? std::optional(type.element) : stored_type(stated);
  if (!element) return refuse(fmt::format("its output {} is {}", in_quotes(name), name_of(stated)));
  BorderTensor output{name, {*element, type.shape}};
  if (value.quantization) output.scale = BorderScale{value.quantization->scale, value.quantization->zero_point};
  give_to_graph(file_.after, output, type.element);
}

Result<OriginalFile> FileBorder::finish() {
  if (!inner_.empty())
    refuse(fmt::format("octet decodes {}, inside of the file, which does not output {}", fmt::join(inner_, " and "),
                       inner_.size() > 1 ? "them" : "it"));
  if (why_not_) return unsupported(*why_not_);
  file_.format = FileFormat::kOnnx;
  return std::move(file_);
}

}  // namespace octet::onnx
