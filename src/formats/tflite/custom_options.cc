#include <algorithm>

#include <flatbuffers/flexbuffers.h>

#include "formats/tflite/model.h"

namespace octet::tflite {
namespace {

Error malformed() { return {ErrorCode::kMalformed, "its options are no FlexBuffer map, or are damaged"}; }

}  // namespace

Result<std::map<std::string, double>> parse_custom_options(std::span<const std::byte> bytes) {
  // FlexBuffers' verifier (2.0.8) does not ask of a key that it ends inside the buffer: here each ends at the zero behind it at the latest.
  std::vector<std::uint8_t> ended(bytes.size() + 1, 0);
  std::transform(bytes.begin(), bytes.end(), ended.begin(), [](std::byte byte) { return static_cast<std::uint8_t>(byte); });
  std::vector<std::uint8_t> verified;
  if (!flexbuffers::VerifyBuffer(ended.data(), bytes.size(), &verified)) return malformed();
  const flexbuffers::Reference root = flexbuffers::GetRoot(ended.data(), bytes.size());
  if (!root.IsMap()) return malformed();
  const flexbuffers::Map map = root.AsMap();
  const flexbuffers::TypedVector keys = map.Keys();
  const flexbuffers::Vector values = map.Values();
  std::map<std::string, double> options;
  for (std::size_t i = 0; i < std::min(keys.size(), values.size()); ++i) {
    const flexbuffers::Reference value = values[i];
    if (value.IsBool())
      options[keys[i].AsKey()] = value.AsBool() ? 1 : 0;
    else if (value.IsNumeric())
      options[keys[i].AsKey()] = value.AsDouble();
  }
  return options;
}

}  // namespace octet::tflite
