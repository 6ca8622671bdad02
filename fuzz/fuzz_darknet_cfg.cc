// A cfg of any bytes: parsed, then read as a network up to where the weights would be needed.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "formats/darknet/cfg.h"
#include "formats/darknet/names.h"
#include "importers/darknet/rules.h"

using namespace octet;
using namespace octet::darknet;

namespace {

void count_floats(std::span<const CfgSection> sections) {
  NetContext net;
  auto picture = net.add(sections[0], Parameter{ElementType::kF32, {1, 3, 64, 96}}, {}, "image");
  if (!picture.ok()) return;
  net.picture = *picture;
  for (const CfgSection& section : sections.subspan(1)) {
    const auto layer = convert_section(section, net);
    if (!layer.ok()) return;
    net.layers.push_back(*layer);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto sections = parse_cfg(text); sections.ok()) count_floats(*sections);
  (void)parse_names(text);
  return 0;
}
