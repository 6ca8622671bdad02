#include "importers/tflite/rules.h"

namespace octet::tflite {

const NamedRule* find_rule(std::int32_t code) {
  for (const auto table : {convolution_rules(), elementwise_rules(), window_rules(), reduction_rules(), shape_rules(), slice_rules(),
                           constant_rules(), quantization_rules()})
    for (const NamedRule& named : table)
      if (static_cast<std::int32_t>(named.op) == code) return &named;
  return nullptr;
}

}  // namespace octet::tflite
