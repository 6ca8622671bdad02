#pragma once

#include <fmt/format.h>

#include "importers/tensorflow/windows.h"
#include "importers/tflite/network.h"

// The options that say how a window moves over an image.
namespace octet::tflite {

struct Window {
  Spatial strides{1, 1}, dilations{1, 1};
  Pads pads;
};

template <typename Options>
Result<Spatial> strides_of(const Layer& layer, const Options& options) {
  const Spatial strides{options.stride_h, options.stride_w};
  if (std::min(strides[0], strides[1]) >= 1 && std::max(strides[0], strides[1]) <= tensorflow::kLargestWindow) return strides;
  return layer.malformed(fmt::format("has strides of {} and {}", strides[0], strides[1]));
}

// Strides and padding of a window of `kernel` over planes, and dilations where the operator has them.
template <typename Options>
Result<Window> window_of(Layer& layer, Value planes, Spatial kernel, const Options& options) {
  Window window;
  OCTET_ASSIGN(window.strides, strides_of(layer, options));
  if constexpr (requires { options.dilation_h_factor; }) window.dilations = {options.dilation_h_factor, options.dilation_w_factor};
  for (const Spatial& sizes : {kernel, window.dilations})
    if (std::min(sizes[0], sizes[1]) < 1 || std::max(sizes[0], sizes[1]) > tensorflow::kLargestWindow)
      return layer.malformed(
          fmt::format("has a window of {}x{} with dilations of {} and {}", kernel[0], kernel[1], window.dilations[0], window.dilations[1]));
  if (options.padding == schema::Padding::VALID) return window;
  if (options.padding != schema::Padding::SAME)
    return layer.malformed(fmt::format("has padding {}, expected SAME or VALID", static_cast<int>(options.padding)));
  window.pads = tensorflow::pads_of_same(layer.graph().shape(planes), kernel, window.strides, window.dilations);
  return window;
}

}  // namespace octet::tflite
