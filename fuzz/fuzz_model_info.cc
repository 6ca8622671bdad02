// What an IR says of itself, of any bytes: lines of "key=value". What is understood can be written, which replaces what is no
// UTF-8 in labels, and comes back as it is written.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "model/model_info.h"

using namespace octet;

namespace {

ModelDescription rewritten(const ModelDescription& description) {
  const auto again = read_model_info(write_model_info(description));
  if (!again.ok()) std::abort();
  return *again;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  ModelInfo info;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const std::size_t equals = std::min(line.find('='), line.size());
    info[std::string(line.substr(0, equals))] = line.substr(std::min(equals + 1, line.size()));
  }
  const auto description = read_model_info(info);
  if (!description.ok()) return 0;
  const ModelDescription written = rewritten(*description);
  if (rewritten(written) != written) std::abort();
  return 0;
}
