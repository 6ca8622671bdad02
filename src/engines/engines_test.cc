#include <gtest/gtest.h>

#include <unistd.h>

#include <iostream>
#include <set>
#include <thread>

#include "engines/engine.h"
#include "engines/octet_engine.h"
#include "exporters/openvino_ir/export.h"
#include "graph/evaluate.h"
#include "runtime/graph_for_test.h"

namespace octet {
namespace {

namespace fs = std::filesystem;

// y = -x for four floats.
Graph negation() {
  Graph graph;
  const Value x = graph.emit(Parameter{ElementType::kF32, {1, 4}}, {}, "x");
  graph.emit(Output{}, {graph.emit(Unary{UnaryKind::kNegative}, {x}, "negative")}, "y");
  return graph;
}

// The rows of an image taken apart as channels and convolved, as other programs write it for a convolution of stride 2.
Graph convolved_rows() {
  Graph graph;
  const auto integers = [&](const std::vector<std::int64_t>& values) { return graph.emit_constant(Tensor::of({4}, values)); };
  const Value image = graph.emit(Parameter{ElementType::kF32, {1, 3, 8, 4}}, {}, "image");
  std::vector<Value> rows;
  StridedSlice slice;
  slice.begin_mask = {1, 1, 0, 1};
  slice.end_mask = {1, 1, 1, 1};
  for (const std::int64_t first : {0, 1})
    rows.push_back(graph.emit(slice, {image, integers({0, 0, first, 0}), integers({0, 0, 0, 0}), integers({1, 1, 2, 1})}));
  const Value weights = graph.emit_constant(Tensor::of({1, 6, 1, 1}, std::vector<float>{1, 2, 3, 4, 5, 6}));
  graph.emit(Output{}, {graph.emit(Convolution{}, {graph.emit(Concat{1}, rows), weights}, "rows")}, "y");
  return graph;
}

TEST(OctetEngine, RunsGraphsOfOtherProgramsInItsOwnForm) {
  const auto plan = make_plan(convolved_rows());
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  std::vector<std::string> operations;
  for (const StepInfo& step : (*plan)->steps()) operations.push_back(step.op);
  EXPECT_EQ(operations, (std::vector<std::string>{"reorder", "convolution", "Result"}));
}

TEST(Engines, HaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for (const Engine* engine : engines()) EXPECT_TRUE(names.insert(engine->name()).second) << engine->name();
  EXPECT_TRUE(names.contains(default_engine().name()));
}

// An IR of a graph, for engines that read files themselves.
class IrFile {
 public:
  explicit IrFile(const Graph& graph)
      : folder_(fs::temp_directory_path() / ("octet-engines-" + std::to_string(::getpid()) + "-" + std::to_string(++count_))) {
    const auto status = export_openvino_ir(graph, path());
    EXPECT_TRUE(status.ok()) << status.error().message;
  }
  ~IrFile() { fs::remove_all(folder_); }
  fs::path path() const { return folder_ / "model.xml"; }

 private:
  static inline int count_ = 0;
  fs::path folder_;
};

// Octet itself, and of the others those that are installed.
std::vector<const Engine*> installed_engines() {
  const fs::path peers = OCTET_SOURCE_DIR "/.venv-peers";
  if (fs::exists(peers)) ::setenv("VIRTUAL_ENV", peers.c_str(), 0);
  const Graph graph = negation();
  const IrFile file(graph);
  std::vector<const Engine*> found;
  for (const Engine* engine : engines()) {
    const auto model = engine->load(graph, file.path());
    if (model.ok())
      found.push_back(engine);
    else
      std::cout << "not tested: " << engine->name() << ": " << model.error().message << "\n";
  }
  return found;
}

TEST(Engines, RunAGraph) {
  const IrFile file(negation());
  for (const Engine* engine : installed_engines()) {
    SCOPED_TRACE(engine->name());
    const auto model = engine->load(negation(), file.path());
    ASSERT_TRUE(model.ok()) << model.error().message;
    ASSERT_EQ((*model)->inputs().size(), 1u);
    EXPECT_EQ((*model)->inputs()[0].name, "x");
    ASSERT_EQ((*model)->outputs().size(), 1u);
    EXPECT_EQ((*model)->outputs()[0].name, "y");
    EXPECT_FALSE((*model)->uses_integers());
    const auto session = (*model)->open_session(1);
    const Tensor input = Tensor::of<float>({1, 4}, std::vector<float>{1, -2, 3, 0.5f});
    const auto outputs = session->run(std::span(&input, 1));
    ASSERT_TRUE(outputs.ok()) << outputs.error().message;
    const auto values = outputs->front().values<float>();
    EXPECT_EQ(std::vector<float>(values.begin(), values.end()), (std::vector<float>{-1, 2, -3, -0.5f}));
  }
}

TEST(Engines, SessionsKeepTheModelAlive) {
  std::unique_ptr<EngineSession> session;
  {
    auto model = default_engine().load(negation(), {});
    ASSERT_TRUE(model.ok());
    session = (*model)->open_session(1);
  }
  const Tensor input(ElementType::kF32, {1, 4});
  EXPECT_TRUE(session->run(std::span(&input, 1)).ok());
}

TEST(Engines, TakeAPictureAsBytes) {
  Graph graph;
  const Value image = graph.emit(Parameter{ElementType::kF32, {1, 3, 1, 2}}, {}, "image");
  graph.emit(Output{}, {graph.emit(Unary{UnaryKind::kNegative}, {image}, "negative")}, "y");
  const IrFile file(graph);
  for (const Engine* engine : installed_engines()) {
    SCOPED_TRACE(engine->name());
    const auto model = engine->load(graph, file.path(), {.picture_input = true});
    ASSERT_TRUE(model.ok()) << model.error().message;
    EXPECT_EQ((*model)->inputs()[0].type, (TensorType{ElementType::kU8, {1, 1, 2, 3}}));
    const Tensor picture = Tensor::of<std::uint8_t>({1, 1, 2, 3}, std::vector<std::uint8_t>{1, 2, 3, 4, 5, 255});
    const auto session = (*model)->open_session(1);
    const auto outputs = session->run(std::span(&picture, 1));
    ASSERT_TRUE(outputs.ok()) << outputs.error().message;
    const auto values = outputs->front().values<float>();
    EXPECT_EQ(std::vector<float>(values.begin(), values.end()), (std::vector<float>{-1, -4, -2, -5, -3, -255}));
  }
}

TEST(Engines, RefuseInputsOfAnotherShape) {
  const IrFile file(negation());
  for (const Engine* engine : installed_engines()) {
    SCOPED_TRACE(engine->name());
    const auto model = engine->load(negation(), file.path());
    ASSERT_TRUE(model.ok());
    const Tensor input(ElementType::kF32, {1, 5});
    const auto session = (*model)->open_session(1);
    const auto outputs = session->run(std::span(&input, 1));
    ASSERT_FALSE(outputs.ok());
    EXPECT_EQ(outputs.error().code, ErrorCode::kInvalidArgument);
  }
}

TEST(Engines, AreKnownByName) {
  EXPECT_EQ(*engine_named("octet"), &default_engine());
  const auto unknown = engine_named("octets");
  ASSERT_FALSE(unknown.ok());
  EXPECT_EQ(unknown.error().message, "'octets' is no engine; there are " + engine_names());
}

TEST(Engines, RunSeveralSessionsAtATime) {
  const IrFile file(negation());
  for (const Engine* engine : installed_engines()) {
    SCOPED_TRACE(engine->name());
    const auto model = engine->load(negation(), file.path());
    ASSERT_TRUE(model.ok());
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&, i] {
        const auto session = (*model)->open_session(1);
        const Tensor input = Tensor::of<float>({1, 4}, std::vector<float>(4, static_cast<float>(i)));
        for (int again = 0; again < 10; ++again) {
          const auto outputs = session->run(std::span(&input, 1));
          ASSERT_TRUE(outputs.ok()) << outputs.error().message;
          EXPECT_EQ(outputs->front().values<float>()[3], static_cast<float>(-i));
        }
      });
    for (std::thread& thread : threads) thread.join();
  }
}

TEST(Engines, RunWhatIsNoFile) {
  for (const Engine* engine : installed_engines()) {
    SCOPED_TRACE(engine->name());
    const auto model = engine->load(negation(), "net.cfg");
    ASSERT_TRUE(model.ok()) << model.error().message;
    const Tensor input = Tensor::of<float>({1, 4}, std::vector<float>{1, -2, 3, 0.5f});
    const auto session = (*model)->open_session(1);
    const auto outputs = session->run(std::span(&input, 1));
    ASSERT_TRUE(outputs.ok()) << outputs.error().message;
    EXPECT_EQ(to_vector<float>(outputs->front()), (std::vector<float>{-1, 2, -3, -0.5f}));
  }
}

// Zero is byte 128 here, and 0 would be -1.28.
TEST(Engines, CountThePaddingOfBytesAsZero) {
  runtime_test::SmallGraph g;
  const Shape shape{1, 4, 7, 6};
  const AvgPool pool{{3, 3}, {2, 2}, {{1, 1}, {1, 1}}, false};
  g.output(g.integer_conv(g.graph.emit(pool, {g.quantize(g.input(shape))}, "pool"), 4));
  const IrFile file(g.graph);
  const Tensor input = runtime_test::numbers(shape);
  const auto expected = to_vector<float>(evaluate(g.graph, {{"image", input}})->at("out"));
  for (const Engine* engine : installed_engines()) {
    SCOPED_TRACE(engine->name());
    const auto model = engine->load(g.graph, file.path());
    ASSERT_TRUE(model.ok()) << model.error().message;
    const auto session = (*model)->open_session(1);
    const auto outputs = session->run(std::span(&input, 1));
    ASSERT_TRUE(outputs.ok()) << outputs.error().message;
    const auto found = to_vector<float>(outputs->front());
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 0.03) << i;
  }
}

TEST(Engines, SayThatTheyReadNoFiles) {
  NetworkFile file;
  file.path = "net.onnx";
  const auto model = default_engine().open(file);
  ASSERT_FALSE(model.ok());
  EXPECT_EQ(model.error().message, "octet reads no files such as net.onnx");
}

TEST(TfliteEngine, SaysWhatItRuns) {
  const auto model = (*engine_named("tflite"))->load(negation(), "net.xml");
  ASSERT_FALSE(model.ok());
  EXPECT_EQ(model.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(model.error().message, "tflite runs .tflite files alone, of which octet writes none");
}

}  // namespace
}  // namespace octet
