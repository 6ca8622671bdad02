// What outputs of any graph are taken for: an IR of any bytes with what a person says of it, imported, cut, recognised and described; a
// description must read back as it was, and a head that fits the outputs decodes whatever they hold.
//
//   lines KEY=VALUE, a NUL, an .xml, a NUL, a .bin
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "detect/postprocess.h"
#include "importers/finish_import.h"
#include "importers/openvino_ir/import.h"
#include "model/model_info.h"

using namespace octet;

namespace {

constexpr std::int64_t kMostNumbers = 1 << 18;  // of the outputs that are decoded

std::string_view taken_until(char end, std::string_view& text) {
  const std::size_t length = std::min(text.find(end), text.size());
  const std::string_view part = text.substr(0, length);
  text.remove_prefix(std::min(length + 1, text.size()));
  return part;
}

ModelInfo info_of(std::string_view lines) {
  ModelInfo info;
  while (!lines.empty()) {
    std::string_view value = taken_until('\n', lines);
    const std::string_view key = taken_until('=', value);
    info.emplace(key, value);
  }
  return info;
}

// Some numbers, of which the file's own bytes are the most.
std::vector<float> numbers_of(std::string_view bytes, std::size_t count) {
  std::vector<float> numbers(count, 0.5f);
  for (std::size_t i = 0; i < std::min(count, bytes.size()); ++i) numbers[i] = static_cast<float>(static_cast<signed char>(bytes[i])) / 16;
  return numbers;
}

void decode(const ImportedModel& model, std::string_view bytes) {
  std::vector<std::vector<float>> numbers;
  std::vector<NamedOutput> outputs;
  std::int64_t count = 0;
  for (const NodeId id : model.graph.outputs()) count += element_count(model.graph.shape(model.graph.node(id).inputs[0]));
  if (count > kMostNumbers) return;
  numbers.reserve(model.graph.outputs().size());
  for (const NodeId id : model.graph.outputs()) {
    const Shape& shape = model.graph.shape(model.graph.node(id).inputs[0]);
    numbers.push_back(numbers_of(bytes, static_cast<std::size_t>(element_count(shape))));
    outputs.push_back({model.graph.node(id).name, shape, numbers.back()});
  }
  (void)detections_from_outputs(model.description, outputs, {64, 48}, {.score_threshold = 0.25});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  SourceFacts facts;
  facts.declared = info_of(taken_until('\0', text));
  const std::string_view xml = taken_until('\0', text);
  const auto weights = std::make_shared<const std::vector<char>>(text.begin(), text.end());
  auto imported = import_openvino_detector(xml, std::as_bytes(std::span(*weights)), weights);
  if (!imported.ok()) return 0;
  facts.metadata = imported->graph.model_info;
  if (imported->end) imported->end->tell(facts);
  const auto model = finish_import(std::move(imported->graph), facts);
  if (!model.ok()) return 0;
  const ModelInfo written = write_model_info(model->description);
  const auto again = read_model_info(written);
  if (again.ok() && write_model_info(*again) != written) std::abort();
  decode(*model, text);
  return 0;
}
