#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "base/result.h"
#include "graph/ops.h"

namespace octet {

// What passes, quantizer and runtime may assume of an operation without knowing it. The default is always safe.
struct OpTraits {
  // Every element of an output is an element of the data input (of any input, for Concat), unchanged: a greatest one, a copy, another
  // order. So the scale and zero point of the input fit the output.
  bool only_moves_values = false;
  // The axes of the output mean what those of the data input mean, whatever their sizes: an image [N,C,H,W] stays one.
  bool keeps_axes = false;
  // f(k * x) = k * f(x) for any factors k > 0, one for each channel of x [N,C,...].
  bool keeps_channel_factors = false;
  // Computed in integers where its inputs are quantized, here and in OpenVINO. Nothing else gains by 8-bit inputs.
  bool computes_in_integers = false;
  // A copy of its data input wherever the output's type (element and shape) is the input's.
  bool copies_if_type_stays = false;
  // Its evaluation takes a few steps for each element of its inputs and outputs, so that their sizes bound it, and nothing wants the
  // operation itself where its value is known, as of a quantizer: importers compute such values as they read them.
  bool is_cheap = false;
};

// What is known of an operation by itself.
struct OpSchema {
  std::string_view name;   // in OpenVINO: "Convolution", "Add", "ReLU", "Result" for Output
  std::string_view opset;  // OpenVINO's oldest in which it has this form
  std::size_t least_inputs, most_inputs;
  OpTraits traits{};
  // Inputs from this one on say what to do with the data: axes, sizes, slopes. An importer gives them as constants where it knows them.
  std::size_t first_parameter = most_inputs;
};

// Names every operation, so that the compiler asks for the schema of a new one.
OpSchema schema_of(const Op& op);

// kMalformed, with both numbers, where there are more or fewer inputs.
Status check_input_count(std::size_t count, std::size_t least, std::size_t most);

// One of each operation and kind, with the attributes that it has by default.
std::span<const Op> all_operations();

// The one of all_operations() of exactly that name in OpenVINO, or null.
const Op* operation_named(std::string_view name);

}  // namespace octet
