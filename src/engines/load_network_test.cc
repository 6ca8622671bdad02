#include "engines/load_network.h"

#include <gtest/gtest.h>

#include "engines/foreign_session.h"
#include "engines/octet_engine.h"

namespace octet {
namespace {

const std::filesystem::path kPath = "theirs.onnx";

Value number(Graph& graph, float value) { return graph.emit_constant(Tensor::scalar(value)); }

// One operation with a number, from an input to an output.
Graph one_operation(const std::string& input, BinaryKind kind, float operand, const std::string& output) {
  Graph graph;
  const Value x = graph.emit(Parameter{ElementType::kF32, {1, 3, 1, 2}}, {}, input);
  graph.emit(Output{}, {graph.emit(Binary{kind}, {x, number(graph, operand)})}, output);
  return graph;
}

// A program that has one file, which adds 10 to its input "data" and calls that "sum". Of graphs it runs what "octet writes".
class FileEngine final : public Engine {
 public:
  explicit FileEngine(std::string_view written_form = "the text that octet writes") : written_form_(written_form) {}

  std::string_view name() const override { return "files"; }
  std::string_view written_form() const override { return written_form_; }
  bool reads(FileFormat format) const override { return format == FileFormat::kOnnx; }

  Result<std::shared_ptr<const EngineModel>> load(const Graph& graph, const std::filesystem::path&,
                                                  const EngineOptions& options) const override {
    return OctetEngine().load(graph, {}, options);
  }

  Result<std::shared_ptr<const EngineModel>> open(const NetworkFile& file) const override {
    if (file.outputs.at(0).name == "unheard") return Error{ErrorCode::kUnsupported, "there is no 'unheard'"};
    const Graph network = one_operation("data", BinaryKind::kAdd, 10, "sum");
    EXPECT_EQ(file.path, kPath);
    EXPECT_EQ(file.inputs.at(0).name, "data");
    EXPECT_EQ(file.inputs.at(0).type, input_ports(network)[0].type);
    EXPECT_EQ(file.outputs.at(0).name, "sum");
    return OctetEngine().load(network, file.path, {});
  }

 private:
  std::string_view written_form_;
};

// 3 * (x / 2 + 10), of which the file does the sum.
Graph whole_graph() {
  Graph graph;
  const Value x = graph.emit(Parameter{ElementType::kF32, {1, 3, 1, 2}}, {}, "picture");
  const Value half = graph.emit(Binary{BinaryKind::kMultiply}, {x, number(graph, 0.5f)});
  const Value sum = graph.emit(Binary{BinaryKind::kAdd}, {half, number(graph, 10)});
  graph.emit(Output{}, {graph.emit(Binary{BinaryKind::kMultiply}, {sum, number(graph, 3)})}, "result");
  return graph;
}

Result<OriginalFile> original(FileFormat format = FileFormat::kOnnx) {
  return OriginalFile{format, kPath, one_operation("in", BinaryKind::kMultiply, 0.5f, "data"),
                      one_operation("sum", BinaryKind::kMultiply, 3, "out")};
}

class LoadNetwork : public testing::Test {
 protected:
  Result<std::shared_ptr<const EngineModel>> load(const Result<OriginalFile>& file, const Engine& engine,
                                                  const EngineOptions& options = {}) {
    return load_network(engine, {graph_, kPath, &file}, options, [this](std::string_view text) { said_ = text; });
  }

  void expect_results(const EngineModel& model, const Tensor& input, const std::vector<float>& wanted) {
    const auto session = model.open_session(1);
    const auto outputs = session->run(std::span(&input, 1));
    ASSERT_TRUE(outputs.ok()) << outputs.error().message;
    EXPECT_EQ(to_vector<float>(outputs->front()), wanted);
  }

  const Graph graph_ = whole_graph();
  const Tensor picture_ = Tensor::of<float>({1, 3, 1, 2}, std::vector<float>{0, 2, 4, 6, 8, 10});
  const std::vector<float> results_{30, 33, 36, 39, 42, 45};
  std::string said_;
};

TEST_F(LoadNetwork, RunsTheFileAndDoesTheRest) {
  const auto model = load(original(), FileEngine());
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_EQ((*model)->inputs()[0].name, "picture");
  EXPECT_EQ((*model)->outputs()[0].name, "result");
  expect_results(**model, picture_, results_);
  EXPECT_EQ(said_, "theirs.onnx: files runs the file as it lies there");
}

TEST_F(LoadNetwork, TakesAPictureAsBytesForAFile) {
  const auto model = load(original(), FileEngine(), {.picture_input = true});
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_EQ((*model)->inputs()[0].type, (TensorType{ElementType::kU8, {1, 1, 2, 3}}));
  expect_results(**model, Tensor::of<std::uint8_t>({1, 1, 2, 3}, std::vector<std::uint8_t>{0, 4, 8, 2, 6, 10}), results_);
}

TEST_F(LoadNetwork, SaysWhyItRunsWhatOctetWrites) {
  ASSERT_TRUE(load(original(FileFormat::kTflite), FileEngine()).ok());
  EXPECT_EQ(said_, "theirs.onnx: files runs the text that octet writes of it: files reads no such files");
  const auto model = load(Error{ErrorCode::kUnsupported, "it ends elsewhere"}, FileEngine());
  ASSERT_TRUE(model.ok()) << model.error().message;
  expect_results(**model, picture_, results_);
  EXPECT_EQ(said_, "theirs.onnx: files runs the text that octet writes of it: it ends elsewhere");
}

TEST_F(LoadNetwork, RefusesWhatCannotBeWritten) {
  const auto model = load(Error{ErrorCode::kUnsupported, "it ends elsewhere"}, FileEngine(""));
  ASSERT_FALSE(model.ok());
  EXPECT_EQ(model.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(model.error().message, "files cannot run it: it ends elsewhere, and octet writes no files that files reads");
}

TEST_F(LoadNetwork, SaysWhatToDoWithAFileThatDoesNotRun) {
  const Result<OriginalFile> file = OriginalFile{FileFormat::kOnnx, kPath, one_operation("in", BinaryKind::kMultiply, 1, "data"),
                                                 one_operation("unheard", BinaryKind::kMultiply, 1, "out")};
  const auto model = load(file, FileEngine());
  ASSERT_FALSE(model.ok());
  EXPECT_EQ(model.error().message, "there is no 'unheard'; it may run what octet convert makes of the file");
}

TEST_F(LoadNetwork, RefusesPrecisionThatAnEngineLacks) {
  const auto model = load(original(), FileEngine(), {.precision = InferencePrecision::kBf16});
  ASSERT_FALSE(model.ok());
  EXPECT_EQ(model.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(model.error().message, "files has no products of bf16 here; take f32");
}

TEST_F(LoadNetwork, SaysNothingOfItself) {
  ASSERT_TRUE(load(original(), default_engine()).ok());
  EXPECT_EQ(said_, "");
}

TEST_F(LoadNetwork, LeavesABareFileItsBorder) {
  const Result<OriginalFile> file = original();
  const auto model = load_bare_network(FileEngine(), {graph_, kPath, &file}, InferencePrecision::kF32, {});
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_EQ((*model)->inputs()[0].name, "data");
  expect_results(**model, picture_, {10, 12, 14, 16, 18, 20});
}

}  // namespace
}  // namespace octet
