#include "importers/openvino_ir/converter_steps.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace octet::openvino_ir {
namespace {

// How the tool writes what nobody asked for.
constexpr std::array<std::string_view, 9> kUnset{"", "()", "[]", "{}", "None", "False", "NO", "1", "1.0"};

bool is_set(const Info& parameter) { return std::ranges::find(kUnset, parameter.value) == kUnset.end(); }

void read_parameter(const Info& parameter, ConverterSteps& steps) {
  if (!is_set(parameter)) return;
  if (parameter.name == "reverse_input_channels") steps.reverses_channels = true;
  if (parameter.name == "mean_values" || parameter.name == "scale_values" || parameter.name == "scale") steps.scales_pixels = true;
}

}  // namespace

ConverterSteps converter_steps(const Network& network) {
  ConverterSteps steps;
  for (const Info& info : network.rt_info) {
    const bool is_old = info.name == "meta_data";
    if (info.name == "conversion_parameters")
      for (const Info& parameter : info.children) read_parameter(parameter, steps);
    for (const Info& child : info.children)
      if (is_old && child.name == "cli_parameters")
        for (const Info& parameter : child.children) read_parameter(parameter, steps);
  }
  return steps;
}

}  // namespace octet::openvino_ir
