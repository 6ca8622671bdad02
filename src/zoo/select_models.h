#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "zoo/zoo_model.h"

namespace octet {

// Whether all of `name` is what a shell pattern stands for, by bytes, as Python's fnmatch has it: * for any characters, ? for one, [seq]
// and [!seq] for one of, or none of, a set with ranges; a bracket that nothing closes is itself, and so is a backslash.
bool matches_pattern(std::string_view name, std::string_view pattern);

// The words of one line as Python's shlex splits it: quotes and backslashes as in a shell, # begins a remark. kMalformed for a
// quotation that nothing closes.
Result<std::vector<std::string>> shell_words(std::string_view line);

// The patterns of a list of models: the first word of each line. Errors name the file.
Result<std::vector<std::string>> read_pattern_list(const std::filesystem::path& path);

// What commas separate; an empty text is one empty part.
std::vector<std::string> split_at_commas(std::string_view text);

// The models that the patterns name, in the order of the patterns, each once; a pattern may name a stage of a composite model alone.
// kNotFound for a pattern that no model has.
Result<std::vector<ZooModel>> select_models(const std::vector<ZooModel>& models, const std::vector<std::string>& patterns);

}  // namespace octet
