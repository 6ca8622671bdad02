#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/files.h"
#include "importers/darknet/network_for_test.h"
#include "importers/importer.h"

namespace octet {
namespace {

namespace fs = std::filesystem;
using namespace std::string_view_literals;

constexpr std::string_view kCfg = R"([net]
width=2
height=1
channels=3
[convolutional]
filters=6
size=1
activation=linear
[yolo]
mask=0
anchors=10,20
classes=1
num=1
)";

std::string utf16(std::string_view ascii, bool is_big_endian, bool has_mark = true) {
  std::string bytes = has_mark ? (is_big_endian ? "\xFE\xFF" : "\xFF\xFE") : "";
  for (const char c : ascii) bytes += is_big_endian ? std::string{'\0', c} : std::string{c, '\0'};
  return bytes;
}

class ImportModel : public testing::Test {
 protected:
  // The error of a file of that name and content, without the name of its folder.
  Error error_of(const std::string& name, std::string_view content) {
    const fs::path path = folder_.write(name, content);
    const auto model = import_model(path);
    if (model.ok()) return {ErrorCode::kInternal, "no error"};
    Error error = model.error();
    const std::string where = (folder_ / "").string();
    if (error.message.starts_with(where)) error.message.erase(0, where.size());
    return error;
  }
  void expect_foreign(const std::string& name, std::string_view content, const std::string& what) {
    const Error error = error_of(name, content);
    EXPECT_EQ(error.code, ErrorCode::kUnsupported) << name;
    EXPECT_NE(error.message.find(name + ": is " + what), std::string::npos) << error.message;
    EXPECT_NE(error.message.find("octet reads " + importable_kinds()), std::string::npos) << error.message;
    EXPECT_EQ(error.message.find('\n'), std::string::npos);
  }

  const darknet::TestFolder folder_;
};

TEST(Importers, HaveNamesAndExtensionsOfTheirOwn) {
  std::set<std::string_view> names, extensions;
  for (const Importer* importer : importers()) {
    EXPECT_TRUE(names.insert(importer->name).second);
    EXPECT_TRUE(extensions.insert(importer->extension).second);
    EXPECT_TRUE(has_source_extension("model" + std::string(importer->extension)));
    EXPECT_NE(importable_kinds().find(importer->name), std::string::npos);
  }
  EXPECT_TRUE(has_source_extension("MODEL.CFG"));
  EXPECT_FALSE(has_source_extension("model.yml"));
}

// What is written by hand for people to read names every importer.
TEST(Importers, AreInTheDocuments) {
  for (const char* document : {"/include/octet/octet.h", "/docs/model_files.md", "/README.md"}) {
    const auto text = read_text(fs::path(OCTET_SOURCE_DIR + std::string(document)));
    ASSERT_TRUE(text.ok()) << document;
    for (const Importer* importer : importers())
      EXPECT_NE(text->find(importer->name), std::string::npos) << document << ", " << importer->name;
  }
}

TEST_F(ImportModel, GoesByTheBytesWhateverTheName) {
  folder_.write("model.weights", darknet::weights_bytes(darknet::ascending(24)));
  for (const char* name : {"model.cfg", "model.pb", "model.txt", "model"}) {
    const auto model = import_model(folder_.write(name, kCfg), {.weights = folder_ / "model.weights"});
    ASSERT_TRUE(model.ok()) << model.error().message;
    EXPECT_EQ(model->description.name, "model");
    EXPECT_EQ(model->weights, std::vector{folder_ / "model.weights"});
    EXPECT_FALSE(model->labels_hint.empty());
  }
  EXPECT_TRUE(import_model(folder_ / "model.cfg").ok()) << "the weights lie beside it";
}

TEST_F(ImportModel, ReadsACfgOfAnyEncodingThatEditorsWrite) {
  folder_.write("model.weights", darknet::weights_bytes(darknet::ascending(24)));
  folder_.write("model.names", utf16("caf\xE9", false).replace(8, 2, "\xE9\0"sv));
  const std::string comment = "# a comment\n\n";
  for (const std::string& file : {"\xEF\xBB\xBF" + comment + std::string(kCfg), utf16(comment + std::string(kCfg), false),
                                  utf16(kCfg, true), utf16(kCfg, false, false), utf16(kCfg, true, false)}) {
    const auto model = import_model(folder_.write("model.cfg", file));
    ASSERT_TRUE(model.ok()) << model.error().message;
    EXPECT_EQ(model->description.labels, std::vector<std::string>{"caf\xC3\xA9"});
  }
}

TEST_F(ImportModel, SaysWhatAnotherFileIs) {
  expect_foreign("best.pt", "PK\x03\x04" + std::string(26, '\0') + "best/data.pkl", "a PyTorch model");
  expect_foreign("old.pth", "\x80\x02\x8a\x0a"sv, "a PyTorch model");
  expect_foreign("a.h5", "\x89HDF\r\n\x1a\n"sv, "a Keras model");
  expect_foreign("a.pbtxt", "node {\n  name: \"x\"\n", "a TensorFlow graph as text");
  expect_foreign("a.prototxt", "name: \"x\"\nlayer {\n", "a Caffe network");
  expect_foreign("a.param", "7767517\n75 83\n", "an ncnn network");
  expect_foreign("a.ort", "\x18\0\0\0ORTM"sv, "a model in ONNX Runtime's own format");
  expect_foreign("a.pte", "\x18\0\0\0ET12"sv, "an ExecuTorch program");
  expect_foreign("yolov8n.engine", "ftrt\xc8"sv, "a TensorRT engine");
  expect_foreign("a.rknn", "RKNN\0\0\0\0"sv, "an RKNN model");
  expect_foreign("inference.pdmodel", "\x0a\x8a\x01"sv, "a PaddlePaddle model");
  expect_foreign("model.safetensors", "\x10\0\0\0\0\0\0\0{"sv, "weights without a network");
  expect_foreign("a.tar.gz", "\x1f\x8b\x08\0"sv, "an archive");
  EXPECT_EQ(error_of("notes.txt", "PLANET a\n").message.find("ExecuTorch"), std::string::npos);
}

// A Parameter and a Result; what octet says of its own it also says in rt_info.
TEST_F(ImportModel, TakesAnIrOfAnotherProgramOnly) {
  const std::string network =
      R"(<net name="x" version="11"><layers>)"
      R"(<layer id="0" name="in" type="Parameter" version="opset1"><data element_type="f32" shape="1,3,8,8"/><output><port id="0" precision="FP32"><dim>1</dim><dim>3</dim><dim>8</dim><dim>8</dim></port></output></layer>)"
      R"(<layer id="1" name="out" type="Result" version="opset1"><input><port id="0" precision="FP32"><dim>1</dim><dim>3</dim><dim>8</dim><dim>8</dim></port></input></layer>)"
      R"(</layers><edges><edge from-layer="0" from-port="0" to-layer="1" to-port="0"/></edges>)";
  Error error = error_of("a.xml", network + "</net>");
  EXPECT_EQ(error.code, ErrorCode::kUnsupported);
  EXPECT_NE(error.message.find("seen: input in [1,3,8,8]; outputs"), std::string::npos) << error.message;
  error = error_of("b.xml", network + R"(<rt_info><model_info><octet_head value="yolo"/></model_info></rt_info></net>)");
  EXPECT_NE(error.message.find("b.xml: is an IR of octet, which needs no conversion"), std::string::npos) << error.message;
}

// What the converter of an IR multiplied into its weights, as it says itself, is not done again where a file beside the IR asks for it.
TEST_F(ImportModel, LeavesToAnIrWhatItsConverterDid) {
  const std::string network =
      R"(<net name="x" version="11"><layers>)"
      R"(<layer id="0" name="in" type="Parameter" version="opset1"><data element_type="f32" shape="1,3,8,8"/><output><port id="0" precision="FP32"><dim>1</dim><dim>3</dim><dim>8</dim><dim>8</dim></port></output></layer>)"
      R"(<layer id="1" name="out" type="Result" version="opset1"><input><port id="0" precision="FP32"><dim>1</dim><dim>3</dim><dim>8</dim><dim>8</dim></port></input></layer>)"
      R"(</layers><edges><edge from-layer="0" from-port="0" to-layer="1" to-port="0"/></edges>)";
  const std::string scaled = R"(<rt_info><conversion_parameters><mean_values value="[123.675, 116.28, 103.53]"/>)"
                             R"(<scale_values value="[58.395, 57.12, 57.375]"/></conversion_parameters></rt_info>)";
  folder_.write("infer_cfg.yml",
                "arch: PicoDet\nPreprocess:\n- {type: Resize, target_size: [8, 8], keep_ratio: false, interp: 2}\n"
                "- {type: NormalizeImage, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], is_scale: true}\nlabel_list: [a]\n");
  ImportOptions options;
  options.model_info = {{"octet_head", "dense"}, {"octet_outputs", "[\"out\"]"}, {"octet_classes", "4"}};
  for (const bool is_done : {true, false}) {
    const auto model = import_model(folder_.write("a.xml", network + (is_done ? scaled : "") + "</net>"), options);
    ASSERT_TRUE(model.ok()) << model.error().message;
    EXPECT_TRUE(model->input_steps.reverse_channels);
    EXPECT_EQ(model->input_steps.scale == std::vector<double>{1}, is_done);
    EXPECT_EQ(std::ranges::any_of(model->reasons,
                                  [](const std::string& reason) { return reason.find("is not done again") != std::string::npos; }),
              is_done);
  }
}

TEST_F(ImportModel, NamesTheCfgOfWeights) {
  const std::string weights = darknet::weights_bytes({1, 2});
  expect_foreign("lone.weights", weights, "the weights of a Darknet network; give its cfg, which octet looks for as lone.cfg");
  expect_foreign("lone.bin", weights, "the weights of a Darknet network");
  folder_.write("model.cfg", kCfg);
  expect_foreign("model.weights", weights, "the weights of a Darknet network; give its cfg, model.cfg beside it");
}

TEST_F(ImportModel, SaysWhatAFolderIs) {
  const fs::path saved = folder_ / "saved";
  fs::create_directories(saved);
  EXPECT_NE(import_model(saved).error().message.find("is a folder; give one file in it"), std::string::npos);
  ASSERT_TRUE(write_file(saved / "frozen_inference_graph.pb", "x").ok());
  EXPECT_NE(import_model(saved).error().message.find("give the frozen_inference_graph.pb in it"), std::string::npos);
  EXPECT_FALSE(is_source_folder(saved));
  ASSERT_TRUE(write_file(saved / "saved_model.pb", "x").ok());
  EXPECT_TRUE(is_source_folder(saved));
  const Error error = import_model(saved).error();
  EXPECT_EQ(error.code, ErrorCode::kMalformed);
  EXPECT_NE(error.message.find("saved_model.pb: is no TensorFlow SavedModel, or cut short"), std::string::npos) << error.message;
}

TEST_F(ImportModel, LeavesTheErrorToTheImporterThatTheNameSpeaksOf) {
  EXPECT_EQ(error_of("a.cfg", "[route]\n").message, "a.cfg: section [route] at line 1: comes first; a Darknet cfg begins with [net]");
  EXPECT_EQ(error_of("a.json", "[1]").message, "a.json: is no TensorFlow.js model: it has no 'modelTopology'");
  EXPECT_EQ(error_of("model", R"({"format": "layers-model", "modelTopology": {}})").code, ErrorCode::kUnsupported);
  EXPECT_EQ(error_of("a.pb", "not a graph").code, ErrorCode::kMalformed);
  for (const auto& [name, bytes] : {std::pair("a.onnx", "?"sv), std::pair("onnx.pb", "\x08\x03\x12\x02CN"sv)})
    EXPECT_NE(error_of(name, std::string(bytes)).message.find("not an ONNX model (a binary ModelProto), or cut short"), std::string::npos);
}

TEST_F(ImportModel, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(error_of("a.bin", "something else").message, "a.bin: is no model that octet knows; it reads " + importable_kinds());
  EXPECT_EQ(error_of("a.bin", "something else").code, ErrorCode::kMalformed);
  EXPECT_EQ(error_of("a.cfg", "").message, "a.cfg: is empty");
  EXPECT_EQ(import_model(folder_ / "none.cfg").error().code, ErrorCode::kNotFound);
}

TEST_F(ImportModel, RefusesWeightsWhereTheSourceHasItsOwn) {
  const fs::path graph = folder_.write("a.pb", "\x0a\x05\x0a\x01x\x12\x00"sv);
  const auto model = import_model(graph, {.weights = folder_ / "a.weights"});
  ASSERT_FALSE(model.ok());
  EXPECT_EQ(model.error().code, ErrorCode::kInvalidArgument);
}

TEST_F(ImportModel, RefusesOutputsWhereTheSourceKeepsItsOwn) {
  const fs::path graph = folder_.write("a.pb", "\x0a\x05\x0a\x01x\x12\x00"sv);
  const auto model = import_model(graph, {.outputs = {"boxes", "scores"}});
  ASSERT_FALSE(model.ok());
  EXPECT_EQ(model.error().code, ErrorCode::kInvalidArgument);
  EXPECT_NE(model.error().message.find("boxes, scores"), std::string::npos) << model.error().message;
}

TEST(Importers, RecogniseNothingInNoise) {
  std::string start;
  for (int i = 0; i < 600; ++i) {
    for (const Importer* importer : importers()) EXPECT_FALSE(importer->recognises(start)) << importer->name;
    start += static_cast<char>(255 - i % 7);
  }
}

}  // namespace
}  // namespace octet
