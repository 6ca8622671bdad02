#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace octet {

// What a file that no importer recognises is, by its first bytes and else its name, and what its owner can do: "an ONNX model, ...".
// Nothing if it is unknown.
std::optional<std::string> describe_foreign(const std::filesystem::path& source, std::string_view start);

// The same of a folder, of which some formats are made: "a folder, ...".
std::string describe_folder(const std::filesystem::path& folder);

}  // namespace octet
