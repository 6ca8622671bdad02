#include "importers/tflite/facts.h"

#include <gtest/gtest.h>

#include <memory>

#include "formats/npz/npz.h"

namespace octet::tflite {
namespace {

// A model of testdata/appended.npz, made by make_operators.py.
Result<FileFacts> facts_of_recorded(const std::string& name) {
  OCTET_ASSIGN(const auto arrays, read_npz(OCTET_SOURCE_DIR "/src/importers/tflite/testdata/appended.npz"));
  const auto content = arrays.at(name).bytes();
  const auto owner = std::make_shared<std::vector<std::byte>>(content.begin(), content.end());
  OCTET_ASSIGN(const Model model, parse_model(std::span<const std::byte>(*owner), owner));
  return facts_of(model, std::span<const std::byte>(*owner));
}

TEST(TfliteFacts, GiveTheKeysThatUltralyticsAppends) {
  for (const char* form : {"json", "python"}) {
    const auto facts = facts_of_recorded(form);
    ASSERT_TRUE(facts.ok()) << facts.error().message;
    EXPECT_EQ(facts->metadata.at("task"), "detect") << form;
    EXPECT_EQ(facts->metadata.at("stride"), "32") << form;
    EXPECT_EQ(facts->metadata.at("imgsz"), "[32, 32]") << form;
    EXPECT_NE(facts->metadata.at("names").find("person's bag"), std::string::npos) << form;
    EXPECT_TRUE(facts->pixels.empty()) << form;
  }
}

TEST(TfliteFacts, GiveTheLinesOfALabelFile) {
  const auto facts = facts_of_recorded("labels");
  ASSERT_TRUE(facts.ok()) << facts.error().message;
  EXPECT_EQ(facts->labels, (std::vector<std::string>{"person", "bicycle", "car"}));
  EXPECT_EQ(facts->metadata.at("names"), "[person, bicycle, car]");
}

// 0.0078125 * (byte - 128), signed or not.
TEST(TfliteFacts, TakeBytesByTheScaleOfTheInput) {
  for (const char* form : {"unsigned", "signed"}) {
    const auto facts = facts_of_recorded(form);
    ASSERT_TRUE(facts.ok()) << facts.error().message;
    EXPECT_EQ(facts->pixels.mean, std::vector<double>{128}) << form;
    EXPECT_EQ(facts->pixels.scale, std::vector<double>{128}) << form;
    EXPECT_EQ(facts->metadata.at("mean_values"), "128") << form;
    EXPECT_EQ(facts->metadata.at("scale_values"), "128") << form;
  }
}

// Pixels were made fractions before they were made 16 bits: the scale is not one of bytes.
TEST(TfliteFacts, TakeSixteenBitsForNoBytes) {
  TensorRecord input;
  input.type = StoredType::INT16;
  input.quantization = {.scale = {1.0f / 32767}, .zero_point = {0}};
  Model model;
  model.tensors = {input};
  model.inputs = {0};
  auto facts = facts_of(model, {});
  ASSERT_TRUE(facts.ok()) << facts.error().message;
  EXPECT_TRUE(facts->pixels.empty());
  EXPECT_FALSE(facts->metadata.contains("scale_values"));
  model.tensors[0].type = StoredType::INT8;
  facts = facts_of(model, {});
  ASSERT_TRUE(facts.ok()) << facts.error().message;
  EXPECT_EQ(facts->pixels.mean, std::vector<double>{128});
}

}  // namespace
}  // namespace octet::tflite
