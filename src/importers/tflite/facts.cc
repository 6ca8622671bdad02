#include "importers/tflite/facts.h"

#include <cmath>
#include <sstream>

#include <fmt/format.h>

#include "formats/tflite/metadata.h"
#include "model/yaml.h"

namespace octet::tflite {
namespace {

// Whether a picture's bytes are what an input stores; 16 bits hold the fractions that the pixels were scaled to.
bool takes_bytes(const TensorRecord& input) {
  return input.quantization && (input.type == StoredType::INT8 || input.type == StoredType::UINT8);
}

// Signed inputs are fed bytes less 128.
passes::InputSteps steps_of_scale(const TensorRecord& input) {
  const std::int64_t lowest = input.type == StoredType::INT8 ? -128 : 0;
  const auto mean = static_cast<double>(input.quantization.zero_point[0] - lowest);
  return {false, {mean}, {1 / static_cast<double>(input.quantization.scale[0])}};
}

Result<passes::InputSteps> steps_of_metadata(const Model& model) {
  OCTET_ASSIGN(const auto found, normalization_of(model));
  passes::InputSteps steps;
  if (!found || found->deviation.empty()) return steps;
  steps.mean.assign(found->mean.begin(), found->mean.end());
  steps.scale.assign(found->deviation.begin(), found->deviation.end());
  for (const double deviation : steps.scale)
    if (!std::isfinite(deviation) || deviation == 0)
      return Error{ErrorCode::kMalformed, fmt::format("its metadata divides pixels by {}", deviation)};
  return steps;
}

// Ultralytics appends its keys as JSON or as Python prints a dictionary; YAML reads both. Where two texts have a key, the later one counts.
void read_keys(const std::string& text, ModelInfo& metadata) {
  const auto root = load_yaml(text);
  if (!root.ok() || !root->IsMap()) return;
  for (auto& [key, value] : values_in_one_line(*root)) metadata[key] = value;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
    if (!line.empty()) lines.push_back(line);
  }
  return lines;
}

void read_appended(std::span<const std::byte> bytes, FileFacts& facts) {
  for (const auto& [name, text] : appended_texts(bytes)) {
    const bool is_map = text.find_first_not_of(" \r\n\t") != std::string::npos && text[text.find_first_not_of(" \r\n\t")] == '{';
    if (is_map)
      read_keys(text, facts.metadata);
    else if (name.ends_with(".txt") && facts.labels.empty())
      facts.labels = lines_of(text);
  }
}

}  // namespace

Result<FileFacts> facts_of(const Model& model, std::span<const std::byte> bytes) {
  FileFacts facts;
  const TensorRecord& input = model.tensors[static_cast<std::size_t>(model.inputs[0])];
  if (takes_bytes(input)) {
    facts.pixels = steps_of_scale(input);
  } else {
    OCTET_ASSIGN(facts.pixels, steps_of_metadata(model));
  }
  read_appended(bytes, facts);
  if (!facts.pixels.scale.empty()) {
    facts.metadata["mean_values"] = fmt::format("{}", fmt::join(facts.pixels.mean, " "));
    facts.metadata["scale_values"] = fmt::format("{}", fmt::join(facts.pixels.scale, " "));
  }
  if (!facts.labels.empty() && !facts.metadata.contains("names")) {
    YAML::Emitter names;
    names << YAML::Flow << facts.labels;
    facts.metadata["names"] = names.c_str();
  }
  return facts;
}

}  // namespace octet::tflite
