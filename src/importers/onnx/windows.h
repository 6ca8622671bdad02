#pragma once

#include "importers/onnx/node_import.h"

namespace octet::onnx {

// A window over height and width, as the attributes of a convolution or pooling tell it. One over width alone (rank 3) has a height of 1.
struct Window {
  Spatial kernel{1, 1}, strides{1, 1}, dilations{1, 1};
  Pads pads;
};

// Reads kernel_shape (or the size of `weights` behind its first two axes), strides, dilations, pads and auto_pad for data of shape
// [N,C,H,W] or [N,C,W]. kUnsupported for other ranks; kMalformed for sizes out of range.
Result<Window> read_window(NodeImport& node, const Shape& data, const Shape* weights);

// Data of rank 3 with a height of 1 put in; [N,C,H,W] as it is.
Result<Value> with_height(NodeImport& node, Value value);
// The result without it where `data` had none.
Result<Value> without_height(NodeImport& node, Value value, const Shape& data);

}  // namespace octet::onnx
