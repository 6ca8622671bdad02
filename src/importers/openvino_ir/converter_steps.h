#pragma once

#include "formats/openvino_ir/ir.h"

namespace octet::openvino_ir {

// What the Model Optimizer put in front of a network, by the parameters that it writes into the file: rt_info/conversion_parameters, in
// older files meta_data/cli_parameters. It may stand in the weights, where the layers do not tell it.
struct ConverterSteps {
  bool reverses_channels = false;
  bool scales_pixels = false;  // takes a mean off, or divides
};

ConverterSteps converter_steps(const Network& network);

}  // namespace octet::openvino_ir
