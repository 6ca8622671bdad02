#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

// The one list of the picture formats that octet reads (codec.h has the codecs), as the rest of the program sees it.
namespace octet {

// "JPEG, PNG, BMP": for messages.
std::string picture_formats();

// ".jpg, .jpeg, .png": for messages about the names in a folder.
std::string picture_extensions();

// Whether a file of this name counts as a picture where a folder is listed: by its extension, in any case of letters. What
// a file holds is told by its first bytes alone, whatever its name.
bool is_picture_name(const std::filesystem::path& path);

// "image/jpeg" by the first bytes of `file`; empty for what is no picture.
std::string_view media_type(std::span<const std::byte> file);

}  // namespace octet
