#include "recognise/beside/beside.h"

#include <fmt/format.h>

#include "recognise/beside/readers.h"

namespace octet {
namespace {

constexpr auto kReaders = {beside::read_ultralytics, beside::read_paddle_detection, beside::read_mmdeploy, beside::read_transformers};

}  // namespace

Result<Beside> read_beside(const std::filesystem::path& model) {
  std::error_code ignored;
  const std::filesystem::path folder = std::filesystem::is_directory(model, ignored) ? model : model.parent_path();
  beside::Place place{folder, model.filename().string()};
  Beside result;
  for (const auto& read : kReaders) {
    OCTET_ASSIGN(auto found, read(place));
    if (!found) continue;
    result = *std::move(found);
    break;
  }
  result.unused = std::move(place.unused);
  return result;
}

std::vector<std::string> merge_beside(const Beside& beside, ModelInfo& metadata) {
  if (metadata.contains("octet_head")) return {};
  std::vector<std::string> sentences = beside.unused;
  const bool is_named = metadata.contains("names") || metadata.contains("labels");
  std::vector<std::string_view> taken;
  for (const auto& [key, value] : beside.keys) {
    const bool names = key == "names" || key == "labels" || key == "octet_labels";
    if (!(names && is_named) && metadata.try_emplace(key, value).second) taken.push_back(key);
  }
  if (!taken.empty()) sentences.push_back(fmt::format("{} from {}", fmt::join(taken, ", "), beside.from));
  if (!beside.remark.empty()) sentences.push_back(fmt::format("of {}: {}", beside.from, beside.remark));
  return sentences;
}

}  // namespace octet
