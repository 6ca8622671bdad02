#include "detect/preprocess.h"

#include "image/resize.h"

namespace octet {

std::size_t input_size(const ModelDescription& description) {
  return static_cast<std::size_t>(description.input.width) * description.input.height * Image::kChannels;
}

void preprocess(const ModelDescription& description, const Image& image, std::span<float> input) {
  resize_to_planes(image, description.resize, description.input, input);
}

void preprocess(const ModelDescription& description, const Image& image, std::span<std::uint8_t> input) {
  resize_to_bytes(image, description.resize, description.input, input);
}

}  // namespace octet
