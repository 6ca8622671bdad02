#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/share.h"
#include "record/recorded_file.h"

namespace octet {

// Words of a command line by option, or by the name of what needs no option.
using OptionWords = std::map<std::string, std::vector<std::string>>;

// What work was done, and which share of it: what has to be the same for parts to belong together, and where things were.
struct PartSetup {
  std::string version, isa;  // of octet, and the instruction set that its kernels used, which decides the last bits of floats
  std::string verb;
  Share share;
  OptionWords options;               // that decide the figures
  OptionWords places;                // that name files and folders, as absolute paths where they do
  std::vector<RecordedFile> inputs;  // models, annotations and what else was read but for pictures, by their names
  std::uint64_t pictures = 0;        // of all shares
  std::string picture_names;         // SHA-256 of their ids and names

  bool operator==(const PartSetup&) const = default;
};

// In words that follow the name of the other, why they do not belong together: "has --limit 10 for 20". Places may differ.
std::optional<std::string> difference_of(const PartSetup& expected, const PartSetup& other);

// JSON; parse_setup() reads it back and takes it for hostile: kMalformed, or kUnsupported for another version of the form.
std::string format_setup(const PartSetup& setup);
Result<PartSetup> parse_setup(std::string_view text);

}  // namespace octet
