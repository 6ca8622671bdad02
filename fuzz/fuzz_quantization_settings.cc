// A quantization.yml of any bytes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "scratch_file.h"
#include "workflow/quantization_settings.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const octet::fuzz::ScratchFile file("quantization.yml", {data, size});
  const auto settings = octet::read_quantization_settings(file.path());
  if (settings.ok() && settings->samples < 1) std::abort();
  return 0;
}
