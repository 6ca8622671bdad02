#pragma once

#include <optional>
#include <string>

#include "formats/onnx/model.h"
#include "model/info_reader.h"
#include "recognise/recognise.h"

namespace octet::onnx {

// The input that takes the picture: the one of four axes, or three (no batch), of which one has three channels. kUnsupported, naming the
// inputs, where there is none or more than one.
Result<const InputRecord*> find_picture_input(const GraphRecord& graph);

// Its shape, [N,3,H,W] or [N,H,W,3], with what the file leaves open filled in: a batch of 1, three channels, and height and width as they
// are declared (orig_width, orig_height) or as the file's metadata say (imgsz: height and width, or one number). kUnsupported, saying how
// to declare it, where neither tells them; kMalformed for what is no size.
Result<Shape> picture_shape(const InputRecord& input, const SourceFacts& facts);

}  // namespace octet::onnx
