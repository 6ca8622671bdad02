#include "formats/tflite/metadata.h"

#include <gtest/gtest.h>

#include "formats/npz/npz.h"
#include "formats/tflite/metadata_generated.h"
#include "formats/tflite/model_writer_for_test.h"

namespace octet::tflite {
namespace {

std::vector<std::uint8_t> metadata_with(std::vector<float> mean, std::vector<float> deviation) {
  schema::NormalizationOptionsT options;
  options.mean = std::move(mean);
  options.deviation = std::move(deviation);
  auto unit = std::make_unique<schema::ProcessUnitT>();
  unit->options.Set(std::move(options));
  auto input = std::make_unique<schema::TensorMetadataT>();
  input->process_units.push_back(std::move(unit));
  auto graph = std::make_unique<schema::SubGraphMetadataT>();
  graph->input_tensor_metadata.push_back(std::move(input));
  schema::ModelMetadataT metadata;
  metadata.subgraph_metadata.push_back(std::move(graph));
  flatbuffers::FlatBufferBuilder builder;
  schema::FinishModelMetadataBuffer(builder, schema::ModelMetadata::Pack(builder, &metadata));
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

Result<std::optional<Normalization>> read(std::vector<std::uint8_t> bytes) {
  ModelWriter writer;
  writer.model.buffers.push_back(std::make_unique<schema::BufferT>());
  writer.model.buffers.back()->data = std::move(bytes);
  auto entry = std::make_unique<schema::MetadataT>();
  entry->name = "TFLITE_METADATA";
  entry->buffer = 1;
  writer.model.metadata.push_back(std::move(entry));
  const std::string file = writer.bytes();
  const auto owner = std::make_shared<std::vector<std::byte>>(file.size());
  std::memcpy(owner->data(), file.data(), file.size());
  OCTET_ASSIGN(const Model model, parse_model(std::span<const std::byte>(*owner), owner));
  return normalization_of(model);
}

TEST(TfliteMetadata, SaysHowPixelsAreNormalised) {
  const auto found = read(metadata_with({127.5f, 1, 2}, {127.5f}));
  ASSERT_TRUE(found.ok()) << found.error().message;
  ASSERT_TRUE(found->has_value());
  EXPECT_EQ((*found)->mean, (std::vector<float>{127.5f, 1, 2}));
  EXPECT_EQ((*found)->deviation, std::vector<float>{127.5f});
}

TEST(TfliteMetadata, IsAbsentOrDamaged) {
  const auto none = read({});
  ASSERT_TRUE(none.ok());
  EXPECT_FALSE(none->has_value());
  std::vector<std::uint8_t> whole = metadata_with({1}, {2});
  for (std::size_t length = 1; length < whole.size(); ++length) {
    const auto cut = read({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)});
    ASSERT_FALSE(cut.ok()) << length;
    EXPECT_NE(cut.error().message.find("TFLITE_METADATA"), std::string::npos);
  }
}

// appended.npz: models with archives behind them as Python's zipfile appends them (importers/tflite/testdata/make_operators.py).
TEST(TfliteMetadata, FindsTextsOfAnAppendedArchive) {
  const auto arrays = read_npz(OCTET_SOURCE_DIR "/src/importers/tflite/testdata/appended.npz");
  ASSERT_TRUE(arrays.ok()) << arrays.error().message;
  const auto labels = appended_texts(arrays->at("labels").bytes());
  ASSERT_EQ(labels.size(), 1u) << "what is larger than a text is left out";
  EXPECT_EQ(labels.at("labelmap.txt"), "person\nbicycle\r\n\ncar\n");
  EXPECT_EQ(appended_texts(arrays->at("json").bytes()).at("metadata.json").substr(0, 1), "{");
  EXPECT_TRUE(appended_texts(arrays->at("plain").bytes()).empty());
  EXPECT_TRUE(appended_texts({}).empty());
  const auto whole = arrays->at("labels").bytes();
  for (std::size_t length = 0; length < whole.size(); length += 7) (void)appended_texts(whole.first(length));
}

}  // namespace
}  // namespace octet::tflite
