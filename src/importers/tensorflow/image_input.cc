// From the first value that the network computes on, back to the image that the graph is fed with: through TensorFlow 1
// loops and conversions to the resize. All of it is replaced by the input of the graph, the resized image; arithmetic
// on the way (a mean taken away before resizing) stays, because a bilinear resize passes it on unchanged.
#include <algorithm>

#include "importers/tensorflow/network.h"

namespace octet::tensorflow {
namespace {

constexpr std::int64_t kLargestSide = 1 << 14;

constexpr std::string_view kFixedShape =
    "octet takes images of a fixed size; export the model with image_resizer { fixed_shape_resizer { ... } }";

// The steps from the network's side to the image's.
struct Preprocessing {
  std::vector<NodeIndex> arithmetic;
  const NodeRecord* resize = nullptr;
  const NodeRecord* placeholder = nullptr;
};

// The input of a node through which the image comes, if octet knows how the node passes it on.
std::optional<std::size_t> image_side(const Source& source, const NodeRecord& node) {
  constexpr std::string_view kFirst[] = {"Identity", "Cast",   "ToFloat",       "ExpandDims",   "Squeeze",        "Enter",
                                         "Exit",     "Switch", "NextIteration", "StopGradient", "ResizeBilinear", "PlaceholderWithDefault"};
  constexpr std::string_view kThird[] = {"TensorArrayReadV3",    "TensorArrayReadV2",    "TensorArrayGatherV3", "TensorArrayGatherV2",
                                         "TensorArrayScatterV3", "TensorArrayScatterV2", "TensorArrayWriteV3",  "TensorArrayWriteV2"};
  if (std::ranges::find(kFirst, node.op) != std::end(kFirst)) return 0;
  if (std::ranges::find(kThird, node.op) != std::end(kThird)) return 2;
  if (node.op == "Pack" && node.inputs.size() == 1) return 0;
  if (is_arithmetic(node.op) && node.inputs.size() == 2) {
    if (!source.is_dynamic(node.inputs[0])) return 1;
    if (!source.is_dynamic(node.inputs[1])) return 0;
  }
  if (node.op == "Merge")  // of a loop: what the last round left; not of a condition
    for (std::size_t i = 0; i < node.inputs.size(); ++i)
      if (source.op(node.inputs[i]) == "NextIteration") return i;
  return std::nullopt;
}

Result<Preprocessing> walk(const Source& source, NodeIndex from) {
  Preprocessing found;
  NodeIndex at = from;
  for (std::size_t steps = 0; steps <= source.size(); ++steps) {
    const NodeRecord& node = source.node(at);
    if (node.op == "Placeholder") {
      found.placeholder = &node;
      return found;
    }
    const auto side = image_side(source, node);
    if (!side || node.inputs.size() <= *side)
      return unsupported(node, "octet cannot replace this operation between the image and the network; " + std::string(kFixedShape));
    if (node.op == "ResizeBilinear") {
      if (found.resize) return unsupported(node, "the image is resized twice");
      found.resize = &node;
    }
    if (found.resize && (node.op == "Maximum" || node.op == "Minimum" || node.op == "Pow"))
      return unsupported(node, "octet cannot move this operation behind the resize");
    if (is_arithmetic(node.op)) found.arithmetic.push_back(at);
    at = node.inputs[*side].node;
  }
  return malformed(source.node(from), "the image comes from a loop without a beginning");
}

Result<ImageInput> image_of(const Preprocessing& steps, Network& network) {
  ImageInput image;
  if (!steps.resize) {
    OCTET_ASSIGN_AT(const ShapeAttribute shape, attribute<ShapeAttribute>(*steps.placeholder, "shape", {}), place(*steps.placeholder));
    if (shape.sizes.size() != 4) return unsupported(*steps.placeholder, "is no image and is not resized; " + std::string(kFixedShape));
    const ImageDefaults& defaults = network.defaults();
    const bool is_open = shape.sizes[1] == -1 && shape.sizes[2] == -1;
    if (is_open && defaults.height == 0)
      return unsupported(
          *steps.placeholder,
          "leaves the size of the image open; give it in a description (model_info: orig_width and orig_height), or export the "
          "model with a fixed one");
    image.height = is_open ? defaults.height : shape.sizes[1];
    image.width = is_open ? defaults.width : shape.sizes[2];
    image.resize = defaults.resize;
  } else {
    auto size = network.constant(*steps.resize, 1);
    if (!size.ok()) return unsupported(*steps.resize, "resizes to a size that depends on the image; " + std::string(kFixedShape));
    if (size->size() != 2) return malformed(*steps.resize, "has no height and width to resize to");
    OCTET_ASSIGN_AT(const bool corners, attribute<bool>(*steps.resize, "align_corners", false), place(*steps.resize));
    OCTET_ASSIGN_AT(const bool centers, attribute<bool>(*steps.resize, "half_pixel_centers", false), place(*steps.resize));
    if (corners) return unsupported(*steps.resize, "resizes with align_corners");
    if (centers) image.resize = ResizeKind::kStretch;
    const auto sides = to_vector<std::int64_t>(*size);
    image.height = sides[0];
    image.width = sides[1];
  }
  if (image.height < 1 || image.width < 1 || image.height > kLargestSide || image.width > kLargestSide)
    return unsupported(
        steps.resize ? *steps.resize : *steps.placeholder,
        "an image of " + std::to_string(image.height) + " x " + std::to_string(image.width) + "; " + std::string(kFixedShape));
  return image;
}

}  // namespace

Result<Feature> kept_image(const NodeRecord& node, Network& network) {
  if (!network.graph().parameters().empty()) return unsupported(node, "is a second input; octet takes graphs of a picture alone");
  OCTET_ASSIGN_AT(const ShapeAttribute attribute_value, attribute<ShapeAttribute>(node, "shape", {}), place(node));
  Shape shape = attribute_value.sizes;
  if (shape.size() != 4) return unsupported(node, "is no picture of four axes");
  if (shape[0] == -1) shape[0] = 1;
  const std::size_t first = shape[3] == 3 ? 1 : 2;
  if (shape[first] == -1 && network.defaults().height > 0) shape[first] = network.defaults().height;
  if (shape[first + 1] == -1 && network.defaults().width > 0) shape[first + 1] = network.defaults().width;
  if (!std::ranges::all_of(shape, [](std::int64_t side) { return side >= 1 && side <= kLargestSide; }))
    return unsupported(node, "leaves the size of the picture open, " + to_string(shape) + "; declare orig_width and orig_height");
  return network.append(node, Parameter{ElementType::kF32, shape}, {}, plain_order(4));
}

Result<Feature> resized_image(const NodeRecord& node, Network& network) {
  const Source& source = network.source();
  OCTET_ASSIGN(const Preprocessing steps, walk(source, source.index_of(node)));
  if (network.image().height != 0) return unsupported(node, "the network reads the image in two places");
  OCTET_ASSIGN(const ImageInput image, image_of(steps, network));
  network.set_image(image);

  NodeRecord input = *steps.placeholder;
  input.name = "image_tensor";
  OCTET_ASSIGN(Feature feature, network.append(input, Parameter{ElementType::kF32, {1, 3, image.height, image.width}}, {}));
  feature.is_image = true;
  if (network.defaults().is_unit_range && !network.has_arithmetic_on_image()) {
    const NodeRecord scale{"image_tensor/scale", "Mul", {}, {}};
    OCTET_ASSIGN(feature, combine_with_constant(scale, network, std::move(feature), Tensor::scalar(1.f / 255), 1));
  }
  for (auto index = steps.arithmetic.rbegin(); index != steps.arithmetic.rend(); ++index) {
    const NodeRecord& step = source.node(*index);
    const std::size_t constant_input = source.is_dynamic(step.inputs[0]) ? 1 : 0;
    OCTET_ASSIGN(const Tensor constant, network.constant(step, constant_input));
    OCTET_ASSIGN(feature, combine_with_constant(step, network, std::move(feature), constant, constant_input));
  }
  return feature;
}

}  // namespace octet::tensorflow
