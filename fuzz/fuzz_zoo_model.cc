// A model.yml or composite-model.yml of any bytes, in the Open Model Zoo's form and in octet's.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "zoo/read_model.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)octet::parse_model(text, "fuzz", octet::ModelForm::kOpenModelZoo);
  (void)octet::parse_model(text, "fuzz", octet::ModelForm::kOctet, [](const auto&) {});
  (void)octet::parse_composite_model(text, "fuzz");
  return 0;
}
