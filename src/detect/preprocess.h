#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "image/image.h"
#include "model/description.h"

namespace octet {

// Floats of one input [1,3,height,width].
std::size_t input_size(const ModelDescription& description);

// Fills the input of a model, as many floats as input_size() says: planes B, G, R, 0..255. The image must not be
// empty. Safe from several threads.
void preprocess(const ModelDescription& description, const Image& image, std::span<float> input);

// The same as bytes, rows of B, G, R: the picture for a model that takes u8 [1,height,width,3]. Only where
// resizes_to_bytes(description.resize).
void preprocess(const ModelDescription& description, const Image& image, std::span<std::uint8_t> input);

}  // namespace octet
