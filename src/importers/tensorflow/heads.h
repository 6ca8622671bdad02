#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "importers/tensorflow/network.h"
#include "importers/tensorflow/source.h"

namespace octet::tensorflow {

// One kind of prediction (boxes or classes) of all feature maps, as the graph joins it before decoding.
struct Heads {
  struct Map {
    Ref predicted;    // the convolution with its bias, [1,H,W,A*width]
    Ref rows;         // the same as [1,H*W*A,(1,)width]
    Feature feature;  // translated
    std::int64_t num_rows = 0;
  };
  Ref joined;
  Shape joined_shape;  // of `joined` in TensorFlow: [1,N,(1,)width], or [N,width]
  std::int64_t num_rows = 0, width = 0;
  std::vector<Map> maps;
};

// The convolution with its bias or batch normalisation that a value is a copy of, if nothing else was done to it.
std::optional<Ref> predicted_value(const Source& source, Ref ref);

// Recognises a value that joins reshaped convolutions (or is the only one): the convolutions and their rows.
std::optional<std::vector<Heads::Map>> joined_maps(const Source& source, Ref ref);

// Translates the feature extractor up to these heads and works out how many rows each gives.
Result<Heads> translate_heads(Ref joined, Network& network);

}  // namespace octet::tensorflow
