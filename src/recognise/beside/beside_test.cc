#include "recognise/beside/beside.h"

#include <gtest/gtest.h>

#include <optional>
#include <utility>

#include "base/files.h"
#include "base/temporary_folder.h"
#include "recognise/metadata.h"

namespace octet {
namespace {

namespace fs = std::filesystem;

// As PaddleDetection's export has it, shortened.
constexpr std::string_view kPaddle = R"(mode: paddle
draw_threshold: 0.5
metric: COCO
use_dynamic_shape: false
arch: GFL
min_subgraph_size: 3
Preprocess:
- interp: 2
  keep_ratio: false
  target_size:
  - 320
  - 416
  type: Resize
- is_scale: true
  mean:
  - 0.485
  - 0.456
  - 0.406
  std:
  - 0.229
  - 0.224
  - 0.225
  type: NormalizeImage
- type: Permute
label_list:
- person
- traffic light
)";

constexpr std::string_view kPipeline = R"({
  "pipeline": {"input": ["img"], "output": ["post_output"], "tasks": [
    {"type": "Task", "module": "Transform", "name": "Preprocess", "transforms": [
      {"type": "LoadImageFromFile", "backend_args": null},
      {"type": "Resize", "keep_ratio": true, "size": [640, 640]},
      {"type": "Pad", "size": [640, 640], "pad_val": {"img": [114, 114, 114]}},
      {"type": "Normalize", "mean": [103.53, 116.28, 123.675], "std": [57.375, 57.12, 58.395], "to_rgb": false},
      {"type": "Collect", "keys": ["img"], "meta_keys": ["ori_shape"]}]},
    {"name": "rtmdet", "type": "Task", "module": "Net", "input_map": {"img": "input"}},
    {"type": "Task", "module": "mmdet", "name": "postprocess", "component": "ResizeBBox", "params": {"score_thr": 0.3}}]}})";

constexpr std::string_view kProcessor = R"({"do_normalize": true, "do_pad": false, "do_rescale": true, "do_resize": true,
  "image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225], "image_processor_type": "DetrImageProcessor", "resample": 2,
  "rescale_factor": 0.00392156862745098, "size": {"height": 480, "width": 640}})";

class FilesBeside : public testing::Test {
 protected:
  void SetUp() override {
    auto made = TemporaryFolder::make(fs::temp_directory_path());
    ASSERT_TRUE(made.ok()) << made.error().message;
    temporary_.emplace(std::move(*made));
    folder_ = temporary_->path();
  }

  void write(const std::string& name, std::string_view text) {
    fs::create_directories((folder_ / name).parent_path());
    EXPECT_TRUE(write_file(folder_ / name, text).ok());
  }

  Beside read(const std::string& model = "model.onnx") {
    auto beside = read_beside(folder_ / model);
    EXPECT_TRUE(beside.ok()) << beside.error().message;
    return beside.ok() ? *std::move(beside) : Beside{};
  }

  void expect_refused(const std::string& name, std::string_view text, const std::string& why) {
    write(name, text);
    const auto beside = read_beside(folder_ / "model.onnx");
    ASSERT_FALSE(beside.ok()) << text;
    EXPECT_EQ(beside.error().code, ErrorCode::kMalformed);
    EXPECT_NE(beside.error().message.find((folder_ / name).string() + ": "), std::string::npos) << beside.error().message;
    EXPECT_NE(beside.error().message.find(why), std::string::npos) << beside.error().message;
    fs::remove(folder_ / name);
  }

  std::optional<TemporaryFolder> temporary_;
  fs::path folder_;
};

std::string replaced(std::string_view text, std::string_view what, std::string_view by) {
  std::string result(text);
  const std::size_t at = result.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return result.replace(at, what.size(), by);
}

// As Ultralytics lays it beside an exported model: maps and lists in several lines.
TEST_F(FilesBeside, OfUltralytics) {
  write("metadata.yaml",
        "stride: 32\ntask: detect\nimgsz:\n- 640\n- 640\nnames:\n  0: person\n  1: traffic light\n  2: \"it's, a\"\noctet_head: dense\n");
  const Beside beside = read("model.xml");
  EXPECT_EQ(beside.keys.at("stride"), "32");
  EXPECT_FALSE(beside.keys.contains("octet_head")) << "which would make the model one that octet wrote";
  const auto facts = read_metadata(beside.keys);
  ASSERT_TRUE(facts.ok()) << facts.error().message;
  EXPECT_EQ(facts->labels, (std::vector<std::string>{"person", "traffic light", "it's, a"}));
  EXPECT_TRUE(facts->is_ultralytics);
  EXPECT_EQ(read_beside(folder_)->keys, beside.keys) << "of a model that is a folder";
}

TEST_F(FilesBeside, OfPaddleDetection) {
  for (const char* name : {"infer_cfg.yml", "inference.yml"}) {
    write(name, kPaddle);
    const Beside beside = read();
    EXPECT_EQ(beside.keys, (ModelInfo{{"octet_labels", R"(["person","traffic light"])"},
                                      {"labels", "person traffic_light"},
                                      {"octet_resize", "stretch"},
                                      {"reverse_input_channels", "YES"},
                                      {"mean_values", "123.675 116.28 103.53"},
                                      {"scale_values", "58.395 57.12 57.375"},
                                      {"imgsz", "[320, 416]"},
                                      {"confidence_threshold", "0.5"}}));
    EXPECT_EQ(beside.from, std::string(name) + " beside it (PaddleDetection)");
    EXPECT_EQ(beside.remark, "");
    fs::remove(folder_ / name);
  }
  write("infer_cfg.yml", replaced(replaced(kPaddle, "keep_ratio: false", "keep_ratio: true"), "is_scale: true", "norm_type: none"));
  const ModelInfo keys = read().keys;
  EXPECT_EQ(keys.at("octet_resize"), "letterbox_corner");
  EXPECT_EQ(keys.at("octet_pad_value"), "0") << "zeros behind a division by 255 alone";
  EXPECT_EQ(keys.at("mean_values"), "0");
  EXPECT_EQ(keys.at("scale_values"), "255") << "which is_scale means where it is left out";
}

// A border that is filled with a number of its own, before pixels are normalized.
TEST_F(FilesBeside, SayWhatBordersAreFilledWith) {
  write("infer_cfg.yml", replaced(replaced(kPaddle, "keep_ratio: false", "keep_ratio: true"), "- is_scale: true",
                                  "- fill_value: [100.0, 100.0, 100.0]\n  size: [320, 416]\n  type: Pad\n- is_scale: true"));
  EXPECT_EQ(read().keys.at("octet_pad_value"), "100");
  EXPECT_EQ(read().remark, "");
  write("infer_cfg.yml", replaced(kPaddle, "keep_ratio: false", "keep_ratio: true"));
  EXPECT_EQ(read().keys.at("octet_pad_value"), "114") << "zeros behind it: the mean, of three";
}

TEST_F(FilesBeside, NeedNameNoClasses) {
  write("infer_cfg.yml", replaced(kPaddle, "label_list:\n- person\n- traffic light\n", ""));
  EXPECT_FALSE(read().keys.contains("octet_labels"));
  EXPECT_TRUE(read().keys.contains("mean_values"));
}

TEST_F(FilesBeside, SayNoThresholdThatIsNone) {
  for (const char* score : {"half", "-1", "2", ".nan", "[0.5]"}) {
    write("infer_cfg.yml", replaced(kPaddle, "draw_threshold: 0.5", std::string("draw_threshold: ") + score));
    EXPECT_FALSE(read().keys.contains("confidence_threshold")) << score;
  }
}

TEST_F(FilesBeside, OfMmdeploy) {
  write("pipeline.json", kPipeline);
  const Beside beside = read("end2end.onnx");
  EXPECT_EQ(beside.keys, (ModelInfo{{"octet_resize", "letterbox_corner"},
                                    {"octet_pad_value", "114"},
                                    {"reverse_input_channels", "NO"},
                                    {"mean_values", "103.53 116.28 123.675"},
                                    {"scale_values", "57.375 57.12 58.395"},
                                    {"imgsz", "[640, 640]"},
                                    {"confidence_threshold", "0.3"}}));
  // Zeros behind the normalization are the mean before it, which octet's border has one number for.
  constexpr std::string_view kPad = R"({"type": "Pad", "size": [640, 640], "pad_val": {"img": [114, 114, 114]}},)";
  write("pipeline.json",
        replaced(replaced(kPipeline, kPad, ""), R"("to_rgb": false})", R"("to_rgb": true}, {"type": "Pad", "size_divisor": 32})"));
  EXPECT_EQ(read().keys.at("octet_pad_value"), "114");
  EXPECT_EQ(read().keys.at("reverse_input_channels"), "YES");
  write("deploy.json", R"({"models": [{"name": "rtmdet", "net": "end2end.onnx", "backend": "onnxruntime"}]})");
  EXPECT_EQ(read("end2end.onnx").from, "pipeline.json beside it (MMDeploy)");
  EXPECT_EQ(read("another.onnx").from, "") << "deploy.json says of which file it is";
}

TEST_F(FilesBeside, OfTransformers) {
  write("preprocessor_config.json", kProcessor);
  write("config.json", R"({"model_type": "detr", "id2label": {"0": "N/A", "1": "person"}})");
  const Beside beside = read();
  EXPECT_EQ(beside.keys, (ModelInfo{{"names", "{0: N/A, 1: person}"},
                                    {"octet_resize", "stretch"},
                                    {"reverse_input_channels", "YES"},
                                    {"mean_values", "123.675 116.28 103.53"},
                                    {"scale_values", "58.395 57.12 57.375"},
                                    {"imgsz", "[480, 640]"}}));
  EXPECT_EQ(read_metadata(beside.keys)->labels, (std::vector<std::string>{"N/A", "person"}));
  EXPECT_FALSE(read_metadata(beside.keys)->is_ultralytics);
  write("onnx/model_quantized.onnx", "");
  EXPECT_EQ(read("onnx/model_quantized.onnx").keys, beside.keys) << "as the hub's repositories lie";
  EXPECT_EQ(read("other/model.onnx").keys, ModelInfo{});

  // RT-DETR's processor divides by 255 and no more, by default.
  write("preprocessor_config.json",
        replaced(replaced(kProcessor, R"("do_normalize": true, )", ""), "DetrImageProcessor", "RTDetrImageProcessor"));
  write("config.json", R"({"id2label": {"0": "LABEL_0", "1": "LABEL_1"}})");
  const ModelInfo keys = read().keys;
  EXPECT_EQ(keys.at("mean_values"), "0");
  EXPECT_EQ(keys.at("scale_values"), "255");
  EXPECT_FALSE(keys.contains("names")) << "placeholders";
  EXPECT_EQ(keys.at("octet_classes"), "2") << "which say how many there are";

  write("preprocessor_config.json",
        replaced(kProcessor, R"("size": {"height": 480, "width": 640})", R"("size": {"shortest_edge": 800, "longest_edge": 1333})"));
  EXPECT_EQ(read().keys.at("octet_resize"), "stretch");
  EXPECT_FALSE(read().keys.contains("imgsz"));
  EXPECT_NE(read().remark.find("keeps the ratio"), std::string::npos);
}

TEST_F(FilesBeside, NameStepsThatOctetHasNot) {
  write("infer_cfg.yml", replaced(kPaddle, "type: Permute", "type: WarpAffine"));
  EXPECT_FALSE(read().keys.contains("mean_values"));
  EXPECT_TRUE(read().keys.contains("octet_labels"));
  EXPECT_NE(read().remark.find("WarpAffine"), std::string::npos);
  fs::remove(folder_ / "infer_cfg.yml");
  write("pipeline.json", replaced(kPipeline, R"({"type": "Pad")", R"({"type": "CenterCrop"}, {"type": "Pad")"));
  EXPECT_FALSE(read().keys.contains("octet_resize"));
  EXPECT_NE(read().remark.find("CenterCrop"), std::string::npos);
}

TEST(ReadBeside, TakesAModelInTheCurrentFolder) {
  for (const char* model : {"no_such.onnx", "./no_such.onnx", "../no_such.onnx", ""}) {
    const auto beside = read_beside(model);
    ASSERT_TRUE(beside.ok()) << model << ": " << beside.error().message;
    EXPECT_EQ(beside->from, "") << model;
  }
}

TEST_F(FilesBeside, OfOtherProgramsArePassedOver) {
  EXPECT_EQ(read().from, "");
  for (const char* name : {"metadata.yaml", "infer_cfg.yml", "pipeline.json", "preprocessor_config.json", "config.json"}) {
    write(name, "author: somebody\n");
    EXPECT_EQ(read().from, "") << name;
    write(name, "");
    EXPECT_EQ(read().from, "") << name;
    write(name, "[1, 2, [3]]\n");
    EXPECT_EQ(read().from, "") << name;
    fs::remove(folder_ / name);
  }
}

TEST_F(FilesBeside, ThatAreDamagedAreNamed) {
  expect_refused("infer_cfg.yml", replaced(kPaddle, "- 0.456\n  - 0.406", "- 0.456"), "the mean of pixels is not one number or three");
  expect_refused("infer_cfg.yml", replaced(kPaddle, "- 0.229", "- 0"), "is 0");
  expect_refused("infer_cfg.yml", replaced(kPaddle, "- 0.229", "- .nan"), "the deviation of pixels");
  expect_refused("infer_cfg.yml", replaced(kPaddle, "- person", "- [person]"), "label_list");
  expect_refused("pipeline.json", replaced(kPipeline, "[103.53, 116.28, 123.675]", "{}"), "the mean of pixels");
  expect_refused("preprocessor_config.json", replaced(kProcessor, "0.00392156862745098", "\"much\""), "rescale_factor");
  expect_refused("preprocessor_config.json", replaced(kProcessor, "0.00392156862745098", "0"), "rescale_factor");
  expect_refused("infer_cfg.yml", replaced(kPaddle, "- 0.485", "- 1e308"), "none that a pixel could have");
  write("preprocessor_config.json", kProcessor);
  expect_refused("config.json", R"({"id2label": {"0": "a", "7": "b"}})", "id2label");
  expect_refused("config.json", R"({"id2label": {"0": ["a"]}})", "id2label");
}

// Whatever else has such a name must not keep a model from being imported.
TEST_F(FilesBeside, ThatCannotBeReadAreSaidAndNotUsed) {
  constexpr std::string_view kZip("PK\3\4\0\0: [", 9);
  for (const char* name : {"metadata.yaml", "infer_cfg.yml", "inference.yml", "pipeline.json", "preprocessor_config.json"}) {
    for (const std::string& text : {std::string(kZip), std::string("names: [\n"), std::string("{\"a\": "), std::string("\t- a\n%\n"),
                                    std::string(100'000, '['), std::string(std::size_t{2} << 20, 'a')}) {
      write(name, text);
      const Beside beside = read();
      EXPECT_EQ(beside.from, "") << name;
      ASSERT_EQ(beside.unused.size(), 1) << name << ": " << text.substr(0, 20);
      EXPECT_NE(beside.unused[0].find("is not used: " + (folder_ / name).string() + ": "), std::string::npos) << beside.unused[0];
      ModelInfo metadata;
      EXPECT_EQ(merge_beside(beside, metadata), beside.unused);
      EXPECT_TRUE(metadata.empty());
    }
    fs::remove(folder_ / name);
  }
}

TEST_F(FilesBeside, AreReadBesideOthersThatCannotBe) {
  write("metadata.yaml", "no: [\n");
  write("preprocessor_config.json", kProcessor);
  write("config.json", "{");
  const Beside beside = read();
  EXPECT_EQ(beside.from, "preprocessor_config.json beside it (Transformers)");
  EXPECT_EQ(beside.unused.size(), 2);
  ModelInfo metadata;
  EXPECT_EQ(merge_beside(beside, metadata).size(), 3);
  EXPECT_TRUE(metadata.contains("mean_values"));
}

// Of a data catalogue, say.
TEST_F(FilesBeside, WithAKeyOfTheSameNameAreOfOtherPrograms) {
  for (const char* text : {"names: somebody\ntask: detect\n", "names: [somebody, else]\nlicence: MIT\n", "names:\n  en: a set\n"}) {
    write("metadata.yaml", text);
    EXPECT_EQ(read().from, "") << text;
    EXPECT_TRUE(read().unused.empty()) << text;
  }
}

TEST_F(FilesBeside, SayLessThanTheModelItself) {
  write("infer_cfg.yml", kPaddle);
  const Beside beside = read();
  ModelInfo metadata = {{"names", "['a', 'b']"}, {"mean_values", "1"}};
  EXPECT_EQ(merge_beside(beside, metadata),
            std::vector<std::string>{"confidence_threshold, imgsz, octet_resize, reverse_input_channels, scale_values from infer_cfg.yml "
                                     "beside it (PaddleDetection)"});
  EXPECT_EQ(metadata.at("mean_values"), "1");
  EXPECT_FALSE(metadata.contains("octet_labels"));
  ModelInfo of_octet = {{"octet_head", "dense"}};
  EXPECT_TRUE(merge_beside(beside, of_octet).empty());
  EXPECT_EQ(of_octet.size(), 1);
}

}  // namespace
}  // namespace octet
