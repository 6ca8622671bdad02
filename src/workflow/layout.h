#pragma once

#include <filesystem>
#include <string_view>

#include "base/files.h"

namespace octet {

// OUTPUT/public/<model>/<precision>/<model>.xml, where the Open Model Zoo's tools put an IR. kMalformed if the name of the
// model would lead elsewhere.
inline Result<std::filesystem::path> ir_path(const std::filesystem::path& output, std::string_view model, std::string_view precision) {
  if (model.find('/') != std::string_view::npos) return Error{ErrorCode::kMalformed, "'" + std::string(model) + "' is no name for a model"};
  OCTET_ASSIGN(const auto folder, path_inside(output / "public", model));
  return folder / precision / (std::string(model) + ".xml");
}

}  // namespace octet
