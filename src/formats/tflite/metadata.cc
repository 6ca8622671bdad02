#include "formats/tflite/metadata.h"

#include <algorithm>

#include "formats/tflite/metadata_generated.h"
#include "formats/zip/archive.h"

namespace octet::tflite {
namespace {

constexpr char kMetadata[] = "TFLITE_METADATA";
constexpr zip_int64_t kMostTexts = 64;
constexpr zip_uint64_t kLongestText = zip_uint64_t{1} << 20;

const schema::ModelMetadata* verified(std::span<const std::byte> bytes) {
  if (bytes.size() < 8 || bytes.size() >= FLATBUFFERS_MAX_BUFFER_SIZE) return nullptr;
  flatbuffers::Verifier verifier(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(), 16, 10'000);
  return schema::VerifyModelMetadataBuffer(verifier) ? schema::GetModelMetadata(bytes.data()) : nullptr;
}

template <typename T>
const T* first_of(const flatbuffers::Vector<flatbuffers::Offset<T>>* vector) {
  return vector && vector->size() > 0 ? vector->Get(0) : nullptr;
}

std::vector<float> numbers_of(const flatbuffers::Vector<float>* numbers) {
  constexpr flatbuffers::uoffset_t kMostChannels = 16;
  if (!numbers || numbers->size() > kMostChannels) return {};
  return {numbers->begin(), numbers->end()};
}

std::optional<std::string> text_at(zip_t* archive, zip_uint64_t index, zip_uint64_t size) {
  const zip::Member member(zip_fopen_index(archive, index, 0));
  if (!member) return std::nullopt;
  std::string text(size, '\0');
  const zip_int64_t read = zip_fread(member.get(), text.data(), size);
  return read == static_cast<zip_int64_t>(size) ? std::optional(text) : std::nullopt;
}

}  // namespace

Result<std::optional<Normalization>> normalization_of(const Model& model) {
  const auto found = model.metadata.find(kMetadata);
  if (found == model.metadata.end() || found->second.empty()) return std::optional<Normalization>();
  const std::vector<std::byte> aligned(found->second.begin(), found->second.end());
  const schema::ModelMetadata* metadata = verified(aligned);
  if (!metadata) return Error{ErrorCode::kMalformed, "its metadata (TFLITE_METADATA) is damaged"};
  const schema::SubGraphMetadata* graph = first_of(metadata->subgraph_metadata());
  const schema::TensorMetadata* input = graph ? first_of(graph->input_tensor_metadata()) : nullptr;
  if (!input || !input->process_units()) return std::optional<Normalization>();
  for (const schema::ProcessUnit* unit : *input->process_units())
    if (const auto* options = unit->options_as_NormalizationOptions())
      return std::optional(Normalization{numbers_of(options->mean()), numbers_of(options->deviation())});
  return std::optional<Normalization>();
}

std::map<std::string, std::string> appended_texts(std::span<const std::byte> file) {
  std::map<std::string, std::string> texts;
  const auto archive = zip::open_archive(file);
  if (!archive.ok()) return texts;
  const zip_int64_t count = std::min(zip_get_num_entries(archive->get(), 0), kMostTexts);
  for (zip_int64_t i = 0; i < count; ++i) {
    zip_stat_t stat;
    const bool known = zip_stat_index(archive->get(), static_cast<zip_uint64_t>(i), 0, &stat) == 0;
    if (!known || (stat.valid & ZIP_STAT_NAME) == 0 || (stat.valid & ZIP_STAT_SIZE) == 0 || stat.size > kLongestText) continue;
    if (auto text = text_at(archive->get(), static_cast<zip_uint64_t>(i), stat.size)) texts.emplace(stat.name, std::move(*text));
  }
  return texts;
}

}  // namespace octet::tflite
