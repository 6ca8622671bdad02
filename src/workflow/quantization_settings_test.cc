#include "workflow/quantization_settings.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "base/files.h"

namespace octet {
namespace {
namespace fs = std::filesystem;

class QuantizationFiles : public testing::Test {
 protected:
  ~QuantizationFiles() override { fs::remove_all(folder_); }
  fs::path put(const std::string& name, const std::string& text) {
    EXPECT_TRUE(write_file(folder_ / name, text).ok());
    return folder_ / name;
  }
  std::string error_of(const std::string& yaml) {
    const auto settings = read_quantization_settings(put("q.yml", yaml));
    return settings.ok() ? "no error" : settings.error().message;
  }

  const fs::path folder_ = fs::path(testing::TempDir()) / ("octet-quantization-" + std::to_string(::getpid()));
};

TEST_F(QuantizationFiles, WithoutOneAre300PicturesAndPerformance) {
  const auto settings = read_quantization_settings({});
  ASSERT_TRUE(settings.ok());
  EXPECT_EQ(settings->samples, 300);
  EXPECT_EQ(settings->preset, quant::Preset::kMixed);
  EXPECT_EQ(settings->compression,
            R"({"algorithms":[{"name":"DefaultQuantization","params":{"preset":"performance","stat_subset_size":300}}]})");
  EXPECT_EQ(settings->unheeded, std::vector<std::string>{R"(preset "performance": activations are asymmetric, as with "mixed")"});
}

TEST_F(QuantizationFiles, GiveSamplesAndNameWhatIsNotFollowed) {
  const auto settings = read_quantization_settings(
      put("q.yml",
          "compression:\n  algorithms:\n    - name: DefaultQuantization\n      params:\n"
          "        preset: mixed\n        stat_subset_size: 12\n        ignored: {scope: [a]}\n"
          "        ratio: 1.5\n        flag: true\n        python: False\n        word: '7'\n        quoted: 'False'\n"));
  ASSERT_TRUE(settings.ok()) << settings.error().message;
  EXPECT_EQ(settings->samples, 12);
  EXPECT_EQ(settings->unheeded, (std::vector<std::string>{"ignored", "ratio", "flag", "python", "word", "quoted"}));
  const auto params = nlohmann::json::parse(settings->compression)["algorithms"][0]["params"];
  EXPECT_EQ(params["ratio"], 1.5);
  EXPECT_EQ(params["flag"], true);
  EXPECT_EQ(params["python"], false);
  EXPECT_EQ(params["quoted"], "False");
  EXPECT_EQ(params["word"], "7");
  EXPECT_EQ(params["ignored"]["scope"][0], "a");
}

TEST_F(QuantizationFiles, DecideThePreset) {
  const auto read = [&](const std::string& preset) {
    return *read_quantization_settings(
        put("q.yml", "compression: {algorithms: [{name: DefaultQuantization, params: {preset: " + preset + "}}]}"));
  };
  EXPECT_EQ(read("performance").preset, quant::Preset::kPerformance);
  for (const char* name : {"mixed", "accuracy"}) EXPECT_EQ(read(name).preset, quant::Preset::kMixed);
  EXPECT_TRUE(read("performance").unheeded.empty());
  EXPECT_EQ(read("best").unheeded, std::vector<std::string>{"preset \"best\""});
}

TEST_F(QuantizationFiles, DecideTheRangeEstimator) {
  const auto read = [&](const std::string& params) {
    return read_quantization_settings(
        put("q.yml", "compression: {algorithms: [{name: DefaultQuantization, params: {preset: mixed, " + params + "}}]}"));
  };
  EXPECT_FALSE(read("stat_subset_size: 3")->estimator);
  const auto partly = read("activations: {bits: 8, range_estimator: {max: {aggregator: max, type: abs_max}}}");
  ASSERT_TRUE(partly.ok()) << partly.error().message;
  EXPECT_EQ(quant::to_string(*partly->estimator), "default,max.type=abs_max,max.aggregator=max");
  EXPECT_EQ(partly->unheeded, std::vector<std::string>{"activations.bits"});
  EXPECT_EQ(quant::to_string(*read("range_estimator: {preset: quantile}")->estimator), "quantile");
  EXPECT_EQ(quant::to_string(*read("range_estimator: {}")->estimator), "default");
  for (const char* wrong : {"{max: {type: least}}", "{max: {outlier_prob: 2}}", "{min: {type: abs_max}}", "{middle: 3}", "7"})
    EXPECT_EQ(read("range_estimator: " + std::string(wrong)).error().code, ErrorCode::kMalformed) << wrong;
}

TEST_F(QuantizationFiles, AreRefusedWhereTheyAreNone) {
  const std::string at = (folder_ / "q.yml").string() + ": ";
  EXPECT_EQ(error_of("[1]"), at + "lacks a list 'algorithms' in 'compression'");
  EXPECT_EQ(error_of("compression: {algorithms: 3}"), at + "lacks a list 'algorithms' in 'compression'");
  EXPECT_EQ(error_of("compression: {algorithms: [{name: DefaultQuantization, params: {stat_subset_size: 0}}]}"),
            at + "'stat_subset_size' is 0, expected 1 to 1000000");
  EXPECT_EQ(error_of("compression: {algorithms: [{name: [1], params: 2}, 5]}"), "no error");
}

TEST_F(QuantizationFiles, SamplesAreTheFirstAnnotatedPicturesById) {
  put("data/pictures/3.jpg", "x");
  put("data/pictures/7.jpg", "x");
  put("data/pictures/1.jpg", "x");
  put("data/truth.json",
      R"({"images": [{"id": 7, "file_name": "7.jpg"}, {"id": 1, "file_name": "1.jpg"}, {"id": 5, "file_name": "5.jpg"},
                     {"id": 3, "file_name": "3.jpg"}], "categories": [{"id": 1, "name": "a"}],
          "annotations": [{"id": 1, "image_id": 7, "category_id": 1, "bbox": [0, 0, 1, 1], "area": 1},
                          {"id": 2, "image_id": 3, "category_id": 1, "bbox": [0, 0, 1, 1], "area": 1},
                          {"id": 3, "image_id": 5, "category_id": 1, "bbox": [0, 0, 1, 1], "area": 1}]})");
  const fs::path accuracy = put("a.yml", "models: [{name: m, datasets: [{name: set}]}]");
  const fs::path definitions = put("d.yml",
                                   "datasets: [{name: set, data_source: pictures, annotation_conversion: {converter: mscoco_detection, "
                                   "annotation_file: annotations/truth.json}}]");
  std::string warned;
  const Warn warn = [&](std::string_view said) { warned += said; };
  const DataSource source = *accuracy_source(accuracy, definitions, folder_ / "data");
  const auto samples = open_accuracy_samples(source, 1, warn);
  ASSERT_TRUE(samples.ok()) << samples.error().message;
  ASSERT_EQ(samples->images.size(), 1u);
  EXPECT_EQ(samples->images[0].id, 3);
  EXPECT_NE(warned.find("lists 4 images, 1 of which is not in"), std::string::npos) << warned;
  const auto all = open_accuracy_samples(source, 300, {});
  ASSERT_EQ(all->images.size(), 2u);
  EXPECT_EQ(all->images[1].id, 7);
}

TEST_F(QuantizationFiles, SamplesAreRefusedWhereTheConfigurationIsNotFollowed) {
  const fs::path definitions = put("d.yml", "datasets: [{name: set, annotation_conversion: {converter: wider}}]");
  const auto error = [&](const std::string& accuracy) {
    const auto source = accuracy_source(put("a.yml", accuracy), definitions, folder_);
    return source.ok() ? "no error" : source.error().message;
  };
  EXPECT_EQ(error("models: []"), (folder_ / "a.yml").string() + ": names no data set of a model");
  EXPECT_EQ(error("models: [{datasets: [{name: other}]}]"), (folder_ / "d.yml").string() + ": has no data set 'other'");
  EXPECT_EQ(error("models: [{datasets: [{name: set}]}]"), "data set 'set' is read by the converter 'wider', octet has mscoco_detection");
  EXPECT_NE(error("models: [{datasets: [{name: set, data_source: ../x, annotation_conversion: {converter: mscoco_detection}}]}]"),
            "no error");
}

}  // namespace
}  // namespace octet
