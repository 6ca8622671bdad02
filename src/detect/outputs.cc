#include "detect/outputs.h"

#include <algorithm>

namespace octet {

Result<OutputType> find_output(std::span<const OutputType> outputs, const std::string& name, std::string_view key) {
  const auto found = std::ranges::find(outputs, name, &OutputType::name);
  if (found != outputs.end()) return *found;
  std::string names;
  for (const OutputType& output : outputs) names += (names.empty() ? "" : ", ") + output.name;
  return Error{ErrorCode::kMalformed, std::string(key) + " names the output '" + name + "', the model has: " + names};
}

}  // namespace octet
