#include "importers/onnx/picture_input.h"

#include <fmt/format.h>

#include <algorithm>

#include "importers/onnx/node_import.h"
#include "recognise/metadata.h"

namespace octet::onnx {
namespace {

bool is_pixel_type(DataType type) {
  return type == DataType::kFloat || type == DataType::kFloat16 || type == DataType::kDouble || type == DataType::kUint8 ||
         type == DataType::kBfloat16;
}

// With a batch of 1 where there is none.
Shape with_batch(const InputRecord& input) {
  Shape shape = input.shape;
  if (shape.size() == 3) shape.insert(shape.begin(), 1);
  return shape;
}

bool is_picture(const InputRecord& input) {
  const Shape shape = with_batch(input);
  const auto channels = [&](std::size_t axis) { return shape[axis] == 3 || shape[axis] < 0; };
  return is_pixel_type(input.type) && shape.size() == 4 && (channels(1) || channels(3));
}

std::string described(const GraphRecord& graph) {
  std::string text;
  for (const InputRecord& input : graph.inputs)
    text +=
        (text.empty() ? "" : ", ") + in_quotes(input.name) + " " + name_of(input.type) + (input.has_shape ? to_string(input.shape) : "");
  return text.empty() ? "none" : text;
}

}  // namespace

Result<const InputRecord*> find_picture_input(const GraphRecord& graph) {
  const InputRecord* found = nullptr;
  for (const InputRecord& input : graph.inputs) {
    if (!is_picture(input)) continue;
    if (found) return unsupported("has several inputs that may be the picture: " + described(graph));
    found = &input;
  }
  if (!found) return unsupported("has no input for a picture of three channels, [N,3,H,W] or [N,H,W,3]; its inputs: " + described(graph));
  return found;
}

Result<Shape> picture_shape(const InputRecord& input, const SourceFacts& facts) {
  Shape shape = with_batch(input);
  const bool channels_last = shape[3] == 3 && shape[1] != 3;
  const std::size_t rows = channels_last ? 1 : 2, columns = rows + 1;
  if (shape[0] < 0) shape[0] = 1;
  if (shape[0] > 1)
    return unsupported(
        fmt::format("input {} takes {} pictures at once; octet takes files for one: export it with a batch of 1 or an open one",
                    in_quotes(input.name), shape[0]));
  if (shape[channels_last ? 3 : 1] < 0) shape[channels_last ? 3 : 1] = 3;
  if (shape[rows] < 0 || shape[columns] < 0) {
    OCTET_ASSIGN(const ImageSize size, stated_size(facts.declared, facts.metadata));
    if (size.height == 0 || size.width == 0)
      return unsupported(
          fmt::format("input {} leaves height and width open; declare them as orig_height and orig_width under model_info in a YAML file, "
                      "given by --model",
                      in_quotes(input.name)));
    if (shape[rows] < 0) shape[rows] = size.height;
    if (shape[columns] < 0) shape[columns] = size.width;
  }
  OCTET_RETURN_IF_ERROR(validate_shape(shape));
  return shape;
}

}  // namespace octet::onnx
