#include "importers/importer.h"

#include "formats/darknet/encoding.h"
#include "importers/darknet/import.h"

namespace octet {
namespace {

// Text whose first line that is no comment opens the section of the input.
bool recognises(std::string_view start) {
  const auto decoded = darknet::text_of(start);
  if (!decoded.ok()) return false;
  for (std::string_view text = *decoded; !text.empty();) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first == std::string_view::npos || line[first] == '#' || line[first] == ';') continue;
    return line.substr(first).starts_with("[net]") || line.substr(first).starts_with("[network]");
  }
  return false;
}

Result<ImportedModel> import(const std::filesystem::path& source, const std::filesystem::path& weights, const ImportOptions& options) {
  return import_darknet(source, weights, options.warn);
}

}  // namespace

extern const Importer kDarknetImporter;
const Importer kDarknetImporter = {.name = "a Darknet network (.cfg)",
                                   .extension = ".cfg",
                                   .weights_extension = ".weights",
                                   .labels_hint = "they are read from a .names file beside it",
                                   .recognises = recognises,
                                   .import = import};

}  // namespace octet
