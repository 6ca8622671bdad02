#include "importers/openvino_ir/converter_steps.h"

#include <string>

#include <gtest/gtest.h>

namespace octet::openvino_ir {
namespace {

ConverterSteps steps_of(const std::string& inside) {
  const auto network = read_network("<net name='n' version='11'><layers/><edges/>" + inside + "</net>");
  EXPECT_TRUE(network.ok()) << network.error().message;
  return converter_steps(*network);
}

TEST(ConverterSteps, AreThoseOfTheParametersThatWereGiven) {
  const auto now = [](const std::string& parameters) {
    return steps_of("<rt_info><MO_version value='2023.3'/><conversion_parameters>" + parameters + "</conversion_parameters></rt_info>");
  };
  EXPECT_TRUE(now("<reverse_input_channels value='True'/>").reverses_channels);
  EXPECT_FALSE(now("<reverse_input_channels value='True'/>").scales_pixels);
  EXPECT_TRUE(now("<mean_values value='[123.675,116.28,103.53]'/>").scales_pixels);
  EXPECT_TRUE(now("<scale_values value='images[255]'/>").scales_pixels);
  EXPECT_TRUE(now("<scale value='255.0'/>").scales_pixels);
  const ConverterSteps unset =
      now("<reverse_input_channels value='False'/><mean_values value='()'/><scale_values value='()'/><scale value='None'/>");
  EXPECT_FALSE(unset.reverses_channels || unset.scales_pixels);
}

TEST(ConverterSteps, AreReadFromOlderFiles) {
  const ConverterSteps old = steps_of(
      "<meta_data><MO_version value='2021.4'/><cli_parameters><reverse_input_channels value='True'/><scale value='255.0'/>"
      "<unset unset_cli_parameters='mean_values'/></cli_parameters></meta_data>");
  EXPECT_TRUE(old.reverses_channels && old.scales_pixels);
  const ConverterSteps none = steps_of("<rt_info><model_info><scale_values value='255'/></model_info></rt_info>");
  EXPECT_FALSE(none.reverses_channels || none.scales_pixels) << "which says what is to be done";
}

}  // namespace
}  // namespace octet::openvino_ir
