#include "importers/onnx/picture_input.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "importers/onnx/node_import.h"

namespace octet::onnx {
namespace {

constexpr int kLargestSide = 1 << 14;

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

struct Size {
  int height = 0, width = 0;
};

Result<Size> declared_size(const ModelInfo& declared) {
  Size size;
  OCTET_RETURN_IF_ERROR(InfoReader(declared).read_integer("orig_height", 1, kLargestSide, size.height));
  OCTET_RETURN_IF_ERROR(InfoReader(declared).read_integer("orig_width", 1, kLargestSide, size.width));
  return size;
}

// Ultralytics' "[480, 640]" or "640".
Result<Size> size_of_metadata(const ModelInfo& metadata) {
  const auto found = metadata.find("imgsz");
  if (found == metadata.end()) return Size{};
  const nlohmann::json value = parse_shallow_json(found->second);
  const auto side = [](const nlohmann::json& number) {
    return number.is_number_integer() && number >= 1 && number <= kLargestSide ? number.get<int>() : 0;
  };
  Size size;
  if (value.is_array() && value.size() == 2) size = {side(value[0]), side(value[1])};
  if (value.is_number()) size = {side(value), side(value)};
  if (size.height == 0 || size.width == 0)
    return malformed("the file's metadata: imgsz is " + in_quotes(found->second) + ", expected height and width");
  return size;
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
    OCTET_ASSIGN(Size size, declared_size(facts.declared));
    if (size.height == 0 || size.width == 0) {
      OCTET_ASSIGN(size, size_of_metadata(facts.metadata));
    }
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
