#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"

namespace octet {

// What lies below a folder.
struct FolderListing {
  std::vector<std::filesystem::path> pictures;  // relative to the folder, sorted
  // Files that are no pictures, by extension (".heic"; "" for none). Annotations, lists and notes that lie beside pictures are
  // no news and not counted.
  std::map<std::string, std::int64_t> others;
};

// Lists pictures by name (image/formats.h) in a folder and in all folders below it, also those that are symbolic links; hidden
// files and folders are passed over. No folder is visited twice. kNotFound if one cannot be listed.
Result<FolderListing> list_pictures(const std::filesystem::path& folder);

}  // namespace octet
