// A Darknet network of any bytes, imported as a whole: a cfg, a NUL, and the weights behind it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "importers/darknet/import.h"
#include "scratch_file.h"

using namespace octet;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::uint8_t> all(data, size);
  const auto cut = static_cast<std::size_t>(std::find(all.begin(), all.end(), 0) - all.begin());
  const fuzz::ScratchFile cfg("net.cfg", all.first(cut)), weights("net.weights", all.subspan(std::min(cut + 1, size)));
  (void)import_darknet(cfg.path(), weights.path());
  return 0;
}
