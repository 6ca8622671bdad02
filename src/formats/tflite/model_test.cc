#include "formats/tflite/model.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include <flatbuffers/flexbuffers.h>

#include "formats/tflite/model_writer_for_test.h"

namespace octet::tflite {
namespace {

constexpr std::int32_t kAdd = 0, kConv2d = 3, kReshape = 22, kCustom = 32, kGelu = 150;

// x -> ADD -> y, with a constant of four floats.
ModelWriter small_model() {
  ModelWriter writer;
  const auto x = writer.add_tensor("x", StoredType::FLOAT32, {1, 4});
  const auto c = writer.add_constant<float>("c", StoredType::FLOAT32, {4}, {1, 2, 3, 4});
  const auto y = writer.add_tensor("y", StoredType::FLOAT32, {1, 4});
  writer.add_operator(kAdd, {x, c}, {y}, schema::AddOptionsT{});
  writer.graph().inputs = {x};
  writer.graph().outputs = {y};
  return writer;
}

void expect_refused(const std::string& bytes, ErrorCode code, const std::string& words) {
  const auto model = parse_copy(bytes);
  ASSERT_FALSE(model.ok());
  EXPECT_EQ(model.error().code, code) << model.error().message;
  EXPECT_NE(model.error().message.find(words), std::string::npos) << model.error().message;
}

void expect_malformed(const ModelWriter& writer, const std::string& words) { expect_refused(writer.bytes(), ErrorCode::kMalformed, words); }

TEST(TfliteModel, ReadsTensorsOperatorsAndEnds) {
  ModelWriter writer = small_model();
  writer.model.description = "made by a test";
  writer.quantize(writer.add_tensor("q", StoredType::INT8, {2, 3}), {0.5f, 0.25f, 0.125f}, {0, 1, -1}, 1);
  const auto model = parse_copy(writer.bytes());
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_EQ(model->description, "made by a test");
  ASSERT_EQ(model->tensors.size(), 4u);
  EXPECT_EQ(model->tensors[0].name, "x");
  EXPECT_EQ(model->tensors[0].shape, (Shape{1, 4}));
  EXPECT_FALSE(model->tensors[0].constant.has_value());
  ASSERT_TRUE(model->tensors[1].constant.has_value());
  EXPECT_EQ(to_vector<float>(*model->tensors[1].constant), (std::vector<float>{1, 2, 3, 4}));
  EXPECT_EQ(model->tensors[3].quantization, (Quantization{{0.5f, 0.25f, 0.125f}, {0, 1, -1}, 1}));
  ASSERT_EQ(model->operators.size(), 1u);
  EXPECT_EQ(model->operators[0].code, kAdd);
  EXPECT_EQ(model->operators[0].inputs, (std::vector<std::int32_t>{0, 1}));
  EXPECT_NE(model->operators[0].options.AsAddOptions(), nullptr);
  EXPECT_EQ(model->inputs, (std::vector<std::int32_t>{0}));
  EXPECT_EQ(model->outputs, (std::vector<std::int32_t>{2}));
}

TEST(TfliteModel, TakesTheLargerOfTwoCodes) {
  ModelWriter writer = small_model();
  writer.add_operator(kGelu, {0}, {2});
  writer.add_operator(kConv2d, {0}, {2});
  writer.model.operator_codes.back()->builtin_code = 0;  // as writers before schema 3a left it
  const auto model = parse_copy(writer.bytes());
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_EQ(model->operators[1].code, kGelu);
  EXPECT_EQ(model->operators[2].code, kConv2d);
}

TEST(TfliteModel, RefusesWhatIsNoModel) {
  using namespace std::string_literals;
  expect_refused("", ErrorCode::kMalformed, "no TensorFlow Lite model");
  expect_refused("\x18\0\0\0TFL"s, ErrorCode::kMalformed, "no TensorFlow Lite model");
  expect_refused("\x18\0\0\0TFL3"s, ErrorCode::kMalformed, "cut short");
  expect_refused("\xff\xff\xff\x7fTFL3"s + std::string(64, '\0'), ErrorCode::kMalformed, "cut short");
  expect_refused("\xff\xff\xff\xffTFL3"s + std::string(64, '\0'), ErrorCode::kMalformed, "cut short");
}

TEST(TfliteModel, RefusesAFileCutAtAnyByte) {
  const std::string whole = small_model().bytes();
  for (std::size_t length = 0; length < whole.size(); ++length) EXPECT_FALSE(parse_copy(std::string_view(whole).substr(0, length)).ok());
}

// Any damage is an error or another model, and no read beyond the bytes.
TEST(TfliteModel, StandsAnyChangedByte) {
  const std::string whole = small_model().bytes();
  std::size_t refused = 0;
  for (std::size_t at = 0; at < whole.size(); ++at)
    for (const char value : {'\x00', '\x7f', '\xff'}) {
      std::string damaged = whole;
      damaged[at] = value;
      refused += parse_copy(damaged).ok() ? 0 : 1;
    }
  EXPECT_GT(refused, whole.size() / 4);
}

TEST(TfliteModel, RefusesOtherVersionsOfTheSchema) {
  ModelWriter writer = small_model();
  writer.model.version = 4;
  expect_refused(writer.bytes(), ErrorCode::kUnsupported, "version 4");
}

TEST(TfliteModel, RefusesIndicesOutOfRange) {
  ModelWriter buffer = small_model();
  buffer.tensor(1).buffer = 7;
  expect_malformed(buffer, "tensor 1 'c': buffer 7 of a file that has 2");
  ModelWriter code = small_model();
  code.last_operator().opcode_index = 9;
  expect_malformed(code, "operator 0: operator code 9 of a file that has 1");
  ModelWriter input = small_model();
  input.last_operator().inputs = {0, 3};
  expect_malformed(input, "operator 0: tensor 3 of a graph that has 3");
  ModelWriter left_out = small_model();
  left_out.last_operator().inputs = {0, -2};
  expect_malformed(left_out, "tensor -2");
  ModelWriter output = small_model();
  output.last_operator().outputs = {-1};
  expect_malformed(output, "tensor -1");
  ModelWriter end = small_model();
  end.graph().outputs = {std::numeric_limits<std::int32_t>::max()};
  expect_malformed(end, "tensor 2147483647");
  ModelWriter metadata = small_model();
  metadata.model.metadata.push_back(std::make_unique<schema::MetadataT>());
  metadata.model.metadata.back()->buffer = 99;
  expect_malformed(metadata, "buffer 99");
}

TEST(TfliteModel, RefusesAModelWithoutASubgraph) {
  ModelWriter writer;
  writer.model.subgraphs.clear();
  expect_malformed(writer, "has no subgraph");
}

TEST(TfliteModel, RefusesShapesThatLieAboutTheirBytes) {
  ModelWriter more = small_model();
  more.tensor(1).shape = {5};
  expect_malformed(more, "tensor 1 'c': has 16 bytes for 5 f32 elements of shape [5]");
  ModelWriter fewer = small_model();
  fewer.tensor(1).shape = {3};
  expect_malformed(fewer, "has 16 bytes for 3");
  ModelWriter negative = small_model();
  negative.tensor(1).shape = {-4};
  expect_malformed(negative, "tensor 1 'c'");
  ModelWriter huge = small_model();
  huge.tensor(0).shape = {65536, 65536, 65536, 65536};
  expect_malformed(huge, "tensor 0 'x'");
}

TEST(TfliteModel, RefusesBadQuantization) {
  const auto with = [](std::vector<float> scale, std::vector<std::int64_t> zero_point, std::int32_t axis) {
    ModelWriter writer = small_model();
    writer.quantize(writer.add_tensor("q", StoredType::UINT8, {2, 3}), std::move(scale), std::move(zero_point), axis);
    return writer;
  };
  expect_malformed(with({0}, {0}, 0), "tensor 3 'q': has the scale 0");
  expect_malformed(with({std::nanf("")}, {0}, 0), "has the scale nan");
  expect_malformed(with({INFINITY}, {0}, 0), "has the scale inf");
  expect_malformed(with({-1}, {0}, 0), "has the scale -1");
  expect_malformed(with({1}, {256}, 0), "has the zero point 256, which UINT8 cannot hold");
  expect_malformed(with({1}, {-1}, 0), "has the zero point -1");
  expect_malformed(with({1, 1, 1}, {0, 0}, 1), "has 3 scales and 2 zero points");
  expect_malformed(with({1, 1, 1}, {0, 0, 0}, 2), "is quantized along dimension 2 of [2,3]");
  expect_malformed(with({1, 1, 1}, {0, 0, 0}, -1), "is quantized along dimension -1");
  expect_malformed(with({1, 1, 1}, {0, 0, 0}, 0), "has 3 scales for dimension 0 of [2,3]");
}

TEST(TfliteModel, TakesMinimaAndMaximaForNoQuantization) {
  ModelWriter writer = small_model();
  writer.quantize(0, {}, {});
  writer.tensor(0).quantization->min = {0};
  writer.tensor(0).quantization->max = {6};
  const auto model = parse_copy(writer.bytes());
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_FALSE(model->tensors[0].quantization);
}

TEST(TfliteModel, NamesWhatItCannotRead) {
  ModelWriter writer = small_model();
  writer.tensor(1).sparsity = std::make_unique<schema::SparsityParametersT>();
  writer.tensor(0).is_variable = true;
  writer.tensor(2).type = StoredType::INT4;
  const auto model = parse_copy(writer.bytes());
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_NE(model->tensors[1].unreadable.find("sparse"), std::string::npos);
  EXPECT_NE(model->tensors[0].unreadable.find("variable"), std::string::npos);
  EXPECT_EQ(model->tensors[2].unreadable, "has elements of type INT4");
}

TEST(TfliteModel, FindsBuffersBehindTheTables) {
  ModelWriter writer = small_model();
  writer.model.buffers[1]->data.clear();
  writer.model.buffers[1]->offset = 1000;  // as long as the number that stands there later
  writer.model.buffers[1]->size = 16;
  const std::size_t tables = writer.bytes().size();
  ASSERT_LT(tables, 1000u);
  std::string whole = writer.bytes() + std::string(1000 - tables, '\0');
  const float values[] = {5, 6, 7, 8};
  whole.append(reinterpret_cast<const char*>(values), sizeof values);
  const auto model = parse_copy(whole);
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_EQ(to_vector<float>(*model->tensors[1].constant), (std::vector<float>{5, 6, 7, 8}));

  whole.pop_back();
  expect_refused(whole, ErrorCode::kMalformed, "16 bytes at 1000 of a file of 1015");
  writer.model.buffers[1]->size = std::numeric_limits<std::uint64_t>::max() - 999;
  expect_malformed(writer, "bytes at 1000 of a file");
}

TEST(TfliteModel, CopiesConstantsThatAreNotAligned) {
  ModelWriter writer = small_model();
  writer.model.buffers[1]->data.clear();
  writer.model.buffers[1]->offset = 1001;
  writer.model.buffers[1]->size = 16;
  std::string whole = writer.bytes();
  whole.resize(1001);
  const float values[] = {5, 6, 7, 8};
  whole.append(reinterpret_cast<const char*>(values), sizeof values);
  const auto model = parse_copy(whole);
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_EQ(to_vector<float>(*model->tensors[1].constant), (std::vector<float>{5, 6, 7, 8}));
}

// The list of zero points is moved to the end of the file, where its elements lie at no multiple of eight.
TEST(TfliteModel, CopiesListsThatAreNotAligned) {
  constexpr std::int64_t kZeroPoint = 101;
  ModelWriter writer = small_model();
  const auto q = static_cast<std::size_t>(writer.add_tensor("q", StoredType::UINT8, {2, 3}));
  writer.quantize(static_cast<std::int32_t>(q), {0.5f}, {kZeroPoint});
  std::string whole = writer.bytes();
  const std::string list = whole.substr(whole.find(std::string("\1\0\0\0\x65\0\0\0\0\0\0\0", 12)), 12);
  ASSERT_EQ(list.size(), 12U);
  const std::size_t was = whole.find(list);
  whole.resize((whole.size() + 7) / 8 * 8);
  const auto offset_at = [&](std::size_t at) {
    std::uint32_t offset;
    std::memcpy(&offset, whole.data() + at, sizeof offset);
    return offset;
  };
  std::size_t at = was;  // then of the reference to the list, in the table before it
  while (at > 0 && at + offset_at(at) != was) at -= 4;
  ASSERT_GT(at, 0U);
  const auto moved = static_cast<std::uint32_t>(whole.size() - at);
  std::memcpy(whole.data() + at, &moved, sizeof moved);
  const auto model = parse_copy(whole + list);
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_EQ(model->tensors[q].quantization.zero_point, std::vector<std::int64_t>{kZeroPoint});
}

// Tables may share a list, as no writer does that octet knows: a small file must not become many copies of a long one.
TEST(TfliteModel, RefusesListsThatAreSharedWithoutEnd) {
  flatbuffers::FlatBufferBuilder builder;
  const auto scales = builder.CreateVector(std::vector<float>(1000, 1.f));
  const auto shape = builder.CreateVector(std::vector<std::int32_t>{1000});
  const auto quantization = schema::CreateQuantizationParameters(builder, 0, 0, scales);
  const auto tensor = schema::CreateTensor(builder, shape, StoredType::INT8, 0, 0, quantization);
  const auto tensors = builder.CreateVector(std::vector(1000, tensor));
  const auto graph = schema::CreateSubGraph(builder, tensors);
  const auto graphs = builder.CreateVector(std::vector{graph});
  const auto buffers = builder.CreateVector(std::vector{schema::CreateBuffer(builder)});
  schema::FinishModelBuffer(builder, schema::CreateModel(builder, 3, 0, graphs, 0, buffers));
  expect_refused({reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize()}, ErrorCode::kMalformed,
                 "more elements than the file has bytes");
}

TEST(TfliteModel, ReadsTenThousandOperators) {
  ModelWriter writer = small_model();
  for (int i = 0; i < 10'000; ++i) writer.add_operator(kReshape, {2}, {2}, schema::ReshapeOptionsT{});
  const auto model = parse_copy(writer.bytes());
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_EQ(model->operators.size(), 10'001u);
}

TEST(TfliteModel, FindsMetadata) {
  ModelWriter writer = small_model();
  auto entry = std::make_unique<schema::MetadataT>();
  entry->name = "min_runtime_version";
  entry->buffer = 1;
  writer.model.metadata.push_back(std::move(entry));
  const auto model = parse_copy(writer.bytes());
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_EQ(model->metadata.at("min_runtime_version").size(), 16u);
}

std::vector<std::byte> packed(const flexbuffers::Builder& builder) {
  const auto bytes = std::as_bytes(std::span(builder.GetBuffer()));
  return {bytes.begin(), bytes.end()};
}

TEST(TfliteCustomOptions, GivesNumbersByName) {
  flexbuffers::Builder builder;
  builder.Map([&] {
    builder.Int("max_detections", 10);
    builder.Float("h_scale", 5);
    builder.Bool("use_regular_nms", true);
    builder.String("text", "left out");
  });
  builder.Finish();
  const auto options = parse_custom_options(packed(builder));
  ASSERT_TRUE(options.ok()) << options.error().message;
  EXPECT_EQ(*options, (std::map<std::string, double>{{"h_scale", 5}, {"max_detections", 10}, {"use_regular_nms", 1}}));
}

TEST(TfliteCustomOptions, StandAnyDamage) {
  flexbuffers::Builder builder;
  builder.Map([&] {
    builder.Int("max_detections", 10);
    builder.Float("h_scale", 5);
  });
  builder.Finish();
  const std::vector<std::byte> whole = packed(builder);
  EXPECT_FALSE(parse_custom_options({}).ok());
  for (std::size_t at = 0; at < whole.size(); ++at)
    for (int value = 0; value < 256; ++value) {
      std::vector<std::byte> damaged = whole;
      damaged[at] = static_cast<std::byte>(value);
      const auto options = parse_custom_options(damaged);
      EXPECT_TRUE(options.ok() || options.error().code == ErrorCode::kMalformed);
    }
}

TEST(TfliteModel, KeepsTheNameOfACustomOperator) {
  ModelWriter writer = small_model();
  writer.add_operator(kCustom, {0}, {2}).custom_options = {1, 2, 3};
  writer.model.operator_codes.back()->custom_code = "Of\nTheirs";
  const auto model = parse_copy(writer.bytes());
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_EQ(model->operators[1].custom_code, "Of?Theirs") << "one line, for messages";
  EXPECT_EQ(model->operators[1].custom_options.size(), 3u);
}

}  // namespace
}  // namespace octet::tflite
