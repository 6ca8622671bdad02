#include "formats/onnx/model.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "formats/onnx/model_writer_for_test.h"

namespace octet::onnx {
namespace {

namespace fs = std::filesystem;

Result<ModelRecord> parse(const ModelWriter& writer) {
  const std::string bytes = writer.serialized();
  return parse_model(std::as_bytes(std::span(bytes)));
}

void expect_refused(const ModelWriter& writer, ErrorCode code, std::string_view words) {
  const auto model = parse(writer);
  ASSERT_FALSE(model.ok());
  EXPECT_EQ(model.error().code, code);
  EXPECT_NE(model.error().message.find(words), std::string::npos) << model.error().message;
}

Tensor initializer(const ModelWriter& writer, const std::string& name) {
  const auto model = parse(writer);
  EXPECT_TRUE(model.ok()) << model.error().message;
  return model->graph.initializers.at(name);
}

TEST(OnnxModel, ReadsNodesAttributesAndMetadata) {
  ModelWriter writer(19);
  NodeProto& node = writer.node("Conv", {"x", "w", ""}, {"y"});
  node.set_name("first");
  ModelWriter::integers(node, "pads", {1, 1, 1, 1});
  ModelWriter::number(node, "alpha", 0.5f);
  ModelWriter::text(node, "auto_pad", "NOTSET");
  writer.floats("w", {1, 3, 1, 1}, {1, 2, 3});
  auto& entry = *writer.model().add_metadata_props();
  entry.set_key("stride");
  entry.set_value("32");
  const auto model = parse(writer);
  ASSERT_TRUE(model.ok()) << model.error().message;
  ASSERT_EQ(model->graph.nodes.size(), 1u);
  const NodeRecord& record = model->graph.nodes[0];
  EXPECT_EQ(record.opset, 19);
  EXPECT_EQ(record.inputs, (std::vector<std::string>{"x", "w", ""}));
  EXPECT_EQ(std::get<std::vector<std::int64_t>>(record.attributes.at("pads")), (std::vector<std::int64_t>{1, 1, 1, 1}));
  EXPECT_EQ(std::get<float>(record.attributes.at("alpha")), 0.5f);
  EXPECT_EQ(std::get<std::string>(record.attributes.at("auto_pad")), "NOTSET");
  EXPECT_EQ(model->metadata.at("stride"), "32");
  EXPECT_EQ(place(record), "node 'first' (Conv)");
}

TEST(OnnxModel, TellsInputsFromInitializersThatAreListedAsInputs) {
  ModelWriter writer;
  writer.input("w", 1, {2});
  writer.floats("w", {2}, {1, 2});
  const auto model = parse(writer);
  ASSERT_TRUE(model.ok());
  ASSERT_EQ(model->graph.inputs.size(), 1u);
  EXPECT_EQ(model->graph.inputs[0].name, "x");
}

TEST(OnnxModel, ReadsEveryWayToStoreNumbers) {
  ModelWriter writer;
  writer.bytes("raw", 1, {1}, std::string("\0\0\x80\x3f", 4));
  writer.bytes("bfloat16", 16, {2}, std::string("\x80\x3f\x00\xc0", 4));
  writer.bytes("float16", 10, {1}, std::string("\x00\x3c", 2));
  writer.bytes("bool", 9, {3}, std::string("\0\1\7", 3));
  auto& small = writer.tensor("int8", 3, {2});
  small.add_int32_data(-3);
  small.add_int32_data(4);
  writer.tensor("uint32", 13, {1}).add_uint64_data(4000000000);
  writer.tensor("double", 11, {}).add_double_data(0.25);
  writer.tensor("empty", 7, {0});
  EXPECT_EQ(to_vector<double>(initializer(writer, "raw")), std::vector<double>{1});
  EXPECT_EQ(to_vector<double>(initializer(writer, "bfloat16")), (std::vector<double>{1, -2}));
  EXPECT_EQ(to_vector<double>(initializer(writer, "float16")), std::vector<double>{1});
  EXPECT_EQ(to_vector<double>(initializer(writer, "bool")), (std::vector<double>{0, 1, 1}));
  EXPECT_EQ(to_vector<double>(initializer(writer, "int8")), (std::vector<double>{-3, 4}));
  EXPECT_EQ(to_vector<double>(initializer(writer, "uint32")), std::vector<double>{4000000000});
  EXPECT_EQ(to_vector<double>(initializer(writer, "double")), std::vector<double>{0.25});
  EXPECT_EQ(initializer(writer, "empty").shape(), Shape{0});
}

TEST(OnnxModel, SortsNodesAndInlinesFunctions) {
  ModelWriter writer;
  writer.node("Neg", {"a"}, {"y"});
  writer.node("Twice", {"x"}, {"a"}).set_domain("local");
  auto& function = *writer.model().add_functions();
  function.set_name("Twice");
  function.set_domain("local");
  function.add_input("v");
  function.add_output("w");
  ModelWriter::fill(*function.add_node(), "Abs", {"v"}, {"t"});
  ModelWriter::fill(*function.add_node(), "Add", {"t", "v"}, {"w"});
  const auto model = parse(writer);
  ASSERT_TRUE(model.ok()) << model.error().message;
  std::vector<std::string> ops;
  for (const NodeRecord& node : model->graph.nodes) ops.push_back(node.op);
  EXPECT_EQ(ops, (std::vector<std::string>{"Abs", "Add", "Neg"}));
  EXPECT_EQ(model->graph.nodes[1].inputs[1], "x");
  EXPECT_EQ(model->graph.nodes[1].outputs[0], "a");
}

TEST(OnnxModel, EndsFunctionsThatCallThemselves) {
  ModelWriter writer;
  writer.node("F", {"x"}, {"y"}).set_domain("local");
  auto& function = *writer.model().add_functions();
  function.set_name("F");
  function.set_domain("local");
  function.add_input("v");
  function.add_output("w");
  ModelWriter::fill(*function.add_node(), "F", {"v"}, {"t"}).set_domain("local");
  ModelWriter::fill(*function.add_node(), "F", {"t"}, {"w"}).set_domain("local");
  expect_refused(writer, ErrorCode::kMalformed, "functions call one another");
}

TEST(OnnxModel, RefusesCyclesAndNamesThatAreGivenTwice) {
  ModelWriter cycle;
  cycle.node("Add", {"x", "b"}, {"a"});
  cycle.node("Neg", {"a"}, {"b"});
  expect_refused(cycle, ErrorCode::kMalformed, "cycle");
  ModelWriter twice;
  twice.node("Abs", {"x"}, {"y"});
  twice.node("Neg", {"x"}, {"y"});
  expect_refused(twice, ErrorCode::kMalformed, "another node");
  ModelWriter initializers;
  initializers.floats("w", {1}, {1});
  initializers.floats("w", {1}, {2});
  expect_refused(initializers, ErrorCode::kMalformed, "two initializers");
}

TEST(OnnxModel, ChecksSizesBeforeItAllocates) {
  ModelWriter claims;
  claims.bytes("w", 1, {std::int64_t{1} << 30}, "1234");
  expect_refused(claims, ErrorCode::kMalformed, "has 4 bytes where its shape [1073741824] asks for 4294967296");
  ModelWriter values;
  values.floats("w", {std::int64_t{1} << 30}, {1});
  expect_refused(values, ErrorCode::kMalformed, "has 1 values");
  ModelWriter overflow;
  overflow.bytes("w", 1, {std::int64_t{1} << 40, std::int64_t{1} << 40}, "1234");
  expect_refused(overflow, ErrorCode::kMalformed, "no valid shape");
  ModelWriter negative;
  negative.bytes("w", 1, {-1}, "1234");
  expect_refused(negative, ErrorCode::kMalformed, "no valid shape");
}

TEST(OnnxModel, NamesWhatItLacks) {
  ModelWriter int4;
  int4.bytes("w", 22, {2}, "1");
  expect_refused(int4, ErrorCode::kUnsupported, "tensor 'w': element type int4");
  expect_refused(ModelWriter(6), ErrorCode::kUnsupported, "opset 6");
  ModelWriter sparse;
  sparse.graph().add_sparse_initializer();
  expect_refused(sparse, ErrorCode::kUnsupported, "sparse");
}

// The tag of a message and its length, to be put in front of as many bytes.
std::string opening(char tag, std::size_t bytes) {
  std::string text(1, tag);
  for (; bytes >= 0x80; bytes >>= 7) text += static_cast<char>((bytes & 0x7f) | 0x80);
  return text + static_cast<char>(bytes);
}

TEST(OnnxModel, IsNotFooledByTenThousandLevels) {
  constexpr char kGraphOfModel = 0x3a, kNode = 0x0a, kAttribute = 0x2a, kGraphOfAttribute = 0x32;
  std::vector<std::string> openings;  // innermost first
  std::size_t bytes = 0;
  for (int level = 0; level < 10'000; ++level)
    for (const char tag : {kGraphOfAttribute, kAttribute, kNode}) {
      openings.push_back(opening(tag, bytes));
      bytes += openings.back().size();
    }
  openings.push_back(opening(kGraphOfModel, bytes));
  std::string model = ModelWriter().serialized();
  for (auto next = openings.rbegin(); next != openings.rend(); ++next) model += *next;
  EXPECT_FALSE(parse_model(std::as_bytes(std::span(model))).ok());
}

// Groups of a field that ONNX does not have are passed over, one inside the other to a bound.
TEST(OnnxModel, IsNotFooledByNestedGroups) {
  constexpr char kBeginGroup = 0x7b, kEndGroup = 0x7c;  // field 15
  ModelWriter writer;
  writer.node("Neg", {"x"}, {"y"});
  const auto parses_with = [&](std::size_t levels) {
    const std::string model = writer.serialized() + std::string(levels, kBeginGroup) + std::string(levels, kEndGroup);
    return parse_model(std::as_bytes(std::span(model))).ok();
  };
  EXPECT_TRUE(parses_with(0));
  EXPECT_TRUE(parses_with(1));
  EXPECT_FALSE(parses_with(10'000));
}

TEST(OnnxModel, TakesAChainOfTenThousandNodesInAnyOrder) {
  ModelWriter writer;
  for (int i = 10'000; i > 0; --i) writer.node("Neg", {i == 1 ? "x" : std::to_string(i - 1)}, {i == 10'000 ? "y" : std::to_string(i)});
  const auto model = parse(writer);
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_EQ(model->graph.nodes.front().inputs[0], "x");
}

TEST(OnnxModel, RefusesWhatIsCutShortAtAnyByteOrIsNoModel) {
  ModelWriter writer;
  writer.node("Conv", {"x", "w"}, {"y"});
  writer.floats("w", {1, 3, 1, 1}, {1, 2, 3});
  const std::string whole = writer.serialized();
  std::size_t readable = 0;
  for (std::size_t size = 0; size < whole.size(); ++size)
    readable += parse_model(std::as_bytes(std::span(whole.data(), size))).ok() ? 1 : 0;
  EXPECT_LE(readable, 1u);  // but for the operator set that stands last
  EXPECT_FALSE(parse_model(std::as_bytes(std::span(std::string_view("\x18\0\0\0TFL3", 8)))).ok());
}

class ExternalDataFiles : public testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(root_);
    fs::create_directories(root_ / "model" / "data");
    std::ofstream(root_ / "secret.bin") << "01234567";
    std::ofstream(root_ / "model" / "data" / "weights.bin") << "xxxx" << std::string("\0\0\x80\x3f\0\0\0\x40", 8);
  }
  void TearDown() override { fs::remove_all(root_); }

  static void place_at(TensorProto& tensor, const std::string& location, const std::string& offset = "", const std::string& length = "") {
    tensor.set_data_location(TensorProto::EXTERNAL);
    for (const auto& [key, value] : {std::pair("location", location), std::pair("offset", offset), std::pair("length", length)}) {
      if (value.empty()) continue;
      auto& entry = *tensor.add_external_data();
      entry.set_key(key);
      entry.set_value(value);
    }
  }

  Result<ModelRecord> read(const std::string& location, const std::string& offset = "", const std::string& length = "") {
    ModelWriter writer;
    place_at(writer.tensor("w", 1, {2}), location, offset, length);
    writer.write(root_ / "model" / "m.onnx");
    return read_model(root_ / "model" / "m.onnx");
  }

  void expect_refused(const Result<ModelRecord>& model, std::string_view words) {
    ASSERT_FALSE(model.ok());
    EXPECT_NE(model.error().message.find(words), std::string::npos) << model.error().message;
  }

  const fs::path root_ = fs::path(testing::TempDir()) / ("octet-onnx-" + std::to_string(::getpid()));
};

TEST_F(ExternalDataFiles, AreReadAtTheirOffset) {
  const auto model = read("data/weights.bin", "4", "8");
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_EQ(to_vector<double>(model->graph.initializers.at("w")), (std::vector<double>{1, 2}));
  ASSERT_EQ(model->files.size(), 2u);
  EXPECT_EQ(model->files[1].filename(), "weights.bin");
}

TEST_F(ExternalDataFiles, NeverLieOutsideOfTheFolder) {
  expect_refused(read("../secret.bin"), "leaves its folder");
  expect_refused(read("data/../../secret.bin"), "leaves its folder");
  expect_refused(read((root_ / "secret.bin").string()), "leaves its folder");
  fs::create_symlink(root_ / "secret.bin", root_ / "model" / "link.bin");
  expect_refused(read("link.bin"), "symbolic link");
  fs::create_directory_symlink(root_, root_ / "model" / "up");
  expect_refused(read("up/secret.bin"), "symbolic link");
  fs::create_hard_link(root_ / "secret.bin", root_ / "model" / "hard.bin");
  expect_refused(read("hard.bin"), "second name");
}

TEST_F(ExternalDataFiles, AreCheckedAgainstTheirSize) {
  expect_refused(read("data/weights.bin", "8"), "too few");
  expect_refused(read("data/weights.bin", "18446744073709551615"), "offset");
  expect_refused(read("data/weights.bin", "9223372036854775807"), "too few");
  expect_refused(read("data/weights.bin", "-4"), "offset");
  expect_refused(read("data/weights.bin", "0", "4294967296"), "4294967296 bytes for a tensor of 8");
  expect_refused(read("data"), "is not a file");
  expect_refused(read("absent.bin"), "cannot be opened");
  expect_refused(read(""), "leaves its folder");
}

// Keys that another loader took for attributes of its own object, and a second location behind the one that was checked.
TEST_F(ExternalDataFiles, HeedNoOtherKeysAndNoLocationUnchecked) {
  const auto read_with = [&](const std::string& key, const std::string& value) {
    ModelWriter writer;
    TensorProto& tensor = writer.tensor("w", 1, {2});
    place_at(tensor, "data/weights.bin", "4", "8");
    auto& entry = *tensor.add_external_data();
    entry.set_key(key);
    entry.set_value(value);
    writer.write(root_ / "model" / "m.onnx");
    return read_model(root_ / "model" / "m.onnx");
  };
  for (const char* key : {"basepath", "base_dir", "__class__", "checksum", "file_size"}) {
    const auto model = read_with(key, "..");
    ASSERT_TRUE(model.ok()) << model.error().message;
    EXPECT_EQ(to_vector<double>(model->graph.initializers.at("w")), (std::vector<double>{1, 2})) << key;
  }
  expect_refused(read_with("location", "../secret.bin"), "leaves its folder");
  expect_refused(read_with("length", "99999999999999999999"), "length");
}

TEST_F(ExternalDataFiles, AreRefusedWhereThereIsNoFolder) {
  ModelWriter writer;
  place_at(writer.tensor("w", 1, {2}), "data/weights.bin");
  expect_refused(parse(writer), "no folder");
}

}  // namespace
}  // namespace octet::onnx
