#pragma once

#include <string_view>

#include "base/result.h"
#include "model/description.h"
#include "model/info_reader.h"

namespace octet {

// The description that an IR carries in rt_info/model_info. kUnsupported if it lacks keys without which no box can be computed
// (an IR of another program), naming them all; kMalformed, naming key and value, for what cannot be read.
Result<ModelDescription> read_model_info(const ModelInfo& info);

// Puts over `description` what `info` says; a key that is absent leaves it as it is. kMalformed as above.
Status apply_model_info(const ModelInfo& info, ModelDescription& description);

// The keys of a description, those of Model API among them, and this program's version.
ModelInfo write_model_info(const ModelDescription& description);

// Whether a key is one that read_model_info() reads or write_model_info() writes.
bool is_model_info_key(std::string_view key);

}  // namespace octet
