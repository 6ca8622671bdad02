#include "zoo/catalogue.h"

#include <fmt/format.h>

#include <algorithm>

#include "zoo/embedded.h"
#include "zoo/read_model.h"

namespace octet {
namespace {

std::vector<ZooModel> read_embedded_models() {
  std::vector<ZooModel> models;
  for (const EmbeddedText& embedded : embedded_zoo()) {
    ZooModel model = parse_model(embedded.text, std::string(embedded.name), ModelForm::kOctet).value();
    model.subdirectory = "public/" + model.name;
    models.push_back(std::move(model));
  }
  std::ranges::sort(models, {}, &ZooModel::name);
  return models;
}

}  // namespace

const std::vector<ZooModel>& zoo_models() {
  static const std::vector<ZooModel> kModels = read_embedded_models();
  return kModels;
}

std::vector<std::string> zoo_names() {
  std::vector<std::string> names;
  for (const ZooModel& model : zoo_models()) names.push_back(model.name);
  return names;
}

Result<ZooModel> zoo_model(std::string_view name) {
  for (const ZooModel& model : zoo_models())
    if (model.name == name || std::ranges::find(model.aliases, name) != model.aliases.end()) return model;
  return Error{ErrorCode::kNotFound, fmt::format("no model is named '{}' ({})", name, fmt::join(zoo_names(), ", "))};
}

bool is_description_file(std::string_view word) { return word.ends_with(".yml") || word.ends_with(".yaml"); }

Result<ZooModel> find_description(const std::string& word, const Warn& warn) {
  return is_description_file(word) ? read_description_file(word, warn) : zoo_model(word);
}

}  // namespace octet
