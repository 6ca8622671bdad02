#include "zoo/catalogue.h"

#include <algorithm>

#include "zoo/embedded.h"
#include "zoo/read_model.h"

namespace octet {

std::vector<std::string> zoo_names() {
  std::vector<std::string> names;
  for (const EmbeddedText& embedded : embedded_zoo()) names.emplace_back(embedded.name);
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<ZooModel> zoo_models() {
  std::vector<ZooModel> models;
  for (const EmbeddedText& embedded : embedded_zoo()) {
    models.push_back(parse_model(embedded.text, std::string(embedded.name), ModelForm::kOctet).value());
    models.back().subdirectory = "public/" + models.back().name;
  }
  std::ranges::sort(models, {}, &ZooModel::name);
  return models;
}

Result<ZooEntry> zoo_entry(std::string_view name) {
  for (const EmbeddedText& embedded : embedded_zoo()) {
    OCTET_ASSIGN_AT(ZooEntry entry, parse_zoo_entry(embedded.text, std::string(embedded.name)), embedded.name);
    if (entry.name == name || std::find(entry.aliases.begin(), entry.aliases.end(), name) != entry.aliases.end()) return entry;
  }
  std::string known;
  for (const std::string& other : zoo_names()) known += (known.empty() ? "" : ", ") + other;
  return Error{ErrorCode::kNotFound, "no model is named '" + std::string(name) + "' (" + known + ")"};
}

bool is_description_file(std::string_view word) { return word.ends_with(".yml") || word.ends_with(".yaml"); }

Result<ZooEntry> find_description(const std::string& word, const Warn& warn) {
  return is_description_file(word) ? read_zoo_entry(word, warn) : zoo_entry(word);
}

}  // namespace octet
