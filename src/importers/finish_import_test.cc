#include "importers/finish_import.h"

#include <gtest/gtest.h>

#include <map>
#include <numeric>

#include "importers/file_border.h"

#include "graph/evaluate.h"

namespace octet {
namespace {

const ModelInfo kDeclared = {{"octet_head", "list"},
                             {"octet_columns", "x0 y0 x1 y1 score class"},
                             {"octet_resize", "stretch"},
                             {"octet_classes", "2"},
                             {"reverse_input_channels", "YES"},
                             {"scale_values", "2"},
                             {"mean_values", "1 2 3"}};

// Pixels of bytes, of which each becomes a row of six integers.
Graph graph_of_bytes() {
  Graph graph;
  const Value input = graph.emit(Parameter{ElementType::kU8, {1, 1, 2, 3}}, {}, "pixels");
  const Value twice = graph.emit(Concat{3}, {input, input});
  const Value shape = graph.emit_constant(Tensor::of<std::int64_t>({3}, std::vector<std::int64_t>{1, 2, 6}));
  const Value rows = graph.emit(Reshape{}, {graph.emit(Convert{ElementType::kI32}, {twice}), shape});
  graph.emit(Output{}, {rows}, "rows");
  return graph;
}

TEST(FinishImport, GivesPlanesInAndFloatsOut) {
  SourceFacts facts;
  facts.declared = kDeclared;
  const auto model = finish_import(graph_of_bytes(), facts);
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_EQ(model->description.input, (ImageSize{2, 1}));
  EXPECT_TRUE(model->input_steps.reverse_channels);
  // Planes B, G, R of two pixels; the network takes R, G, B less 1, 2, 3, divided by 2.
  const Tensor planes = Tensor::of<float>({1, 3, 1, 2}, std::vector<float>{13, 23, 12, 22, 11, 21});
  const auto outputs = evaluate(model->graph, {{"pixels", planes}});
  ASSERT_TRUE(outputs.ok()) << outputs.error().message;
  EXPECT_EQ(to_vector<float>(outputs->at("rows")), (std::vector<float>{5, 5, 5, 5, 5, 5, 10, 10, 10, 10, 10, 10}));
  EXPECT_EQ(outputs->at("rows").type(), ElementType::kF32);
}

TEST(FinishImport, PutsTheSameAroundTheFile) {
  SourceFacts facts;
  facts.declared = kDeclared;
  const auto model = finish_import(graph_of_bytes(), facts, file_with_border_of(graph_of_bytes(), FileFormat::kOpenvinoIr, "net.xml"));
  ASSERT_TRUE(model.ok()) << model.error().message;
  ASSERT_TRUE(model->original.ok()) << model->original.error().message;
  const Graph &before = model->original->before, &after = model->original->after;
  const Tensor planes = Tensor::of<float>({1, 3, 1, 2}, std::vector<float>{13, 23, 12, 22, 11, 21});
  const auto given = evaluate(before, {{before.node(before.parameters()[0]).name, planes}});
  ASSERT_TRUE(given.ok()) << given.error().message;
  EXPECT_EQ(to_vector<float>(given->at("pixels")), (std::vector<float>{5, 5, 5, 10, 10, 10}));
  EXPECT_EQ(given->at("pixels").type(), ElementType::kU8);
  const Tensor rows = Tensor::of<std::int32_t>({1, 2, 6}, std::vector<std::int32_t>(12, 7));
  const auto taken = evaluate(after, {{"rows", rows}});
  ASSERT_TRUE(taken.ok()) << taken.error().message;
  EXPECT_EQ(to_vector<float>(taken->begin()->second), std::vector<float>(12, 7));
  EXPECT_EQ(taken->begin()->second.type(), ElementType::kF32);
}

TEST(FinishImport, SaysThatNoOtherProgramReadsAFile) {
  SourceFacts facts;
  facts.declared = kDeclared;
  const auto model = finish_import(graph_of_bytes(), facts);
  ASSERT_TRUE(model.ok()) << model.error().message;
  ASSERT_FALSE(model->original.ok());
  EXPECT_EQ(model->original.error().message, "octet gives such files to no other engine");
}

TEST(FinishImport, RefusesInputsThatAreNoPicture) {
  Graph graph;
  const Value input = graph.emit(Parameter{ElementType::kF32, {1, 4, 8, 8}}, {}, "features");
  graph.emit(Output{}, {input}, "out");
  const auto model = finish_import(std::move(graph), {});
  ASSERT_FALSE(model.ok());
  EXPECT_EQ(model.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(model.error().message,
            "input 'features' is f32[1,4,8,8], expected a picture, [1,3,height,width] or [1,height,width,3] of f32 or u8");
}

// A map with the boxes of two anchors side by side, and one with their scores, in either order of axes.
TEST(FinishImport, MakesRowsOfMapsOfAnchors) {
  const auto graph_of = [](bool channels_last) {
    Graph graph;
    const Value input = graph.emit(Parameter{ElementType::kF32, {1, 3, 2, 4}}, {}, "pixels");
    const auto map = [&](std::int64_t channels, const std::string& name) {
      std::vector<float> numbers(static_cast<std::size_t>(channels) * 2);
      std::iota(numbers.begin(), numbers.end(), 0.0f);
      const Shape shape = channels_last ? Shape{1, 1, 2, channels} : Shape{1, channels, 1, 2};
      const Value nothing =
          graph.emit(Reduce{ReduceKind::kSum, true}, {input, graph.emit_constant(Tensor::of<std::int64_t>({3}, {1, 2, 3}))});
      const Value zero = graph.emit(Binary{BinaryKind::kMultiply}, {nothing, graph.emit_constant(Tensor::of<float>({}, {0}))});
      graph.emit(Output{}, {graph.emit(Binary{}, {graph.emit_constant(Tensor::of<float>(shape, numbers)), zero})}, name);
    };
    map(8, "boxes");
    map(4, "scores");
    return graph;
  };
  SourceFacts facts;
  facts.declared = {{"octet_head", "dense"},
                    {"octet_box", "anchor_offsets"},
                    {"octet_boxes", R"(["boxes"])"},
                    {"octet_scores", R"(["scores"])"},
                    {"octet_classes", "2"},
                    {"octet_score", "logit"},
                    {"octet_anchors", R"([{"grid": [2, 1], "anchors": [1, 1, 2, 2]}])"},
                    {"octet_resize", "stretch"},
                    {"reverse_input_channels", "NO"},
                    {"scale_values", "1"}};
  const Tensor picture(ElementType::kF32, {1, 3, 2, 4});
  const std::map<bool, std::vector<float>> wanted = {{false, {0, 2, 4, 6, 1, 3, 5, 7}}, {true, {0, 1, 2, 3, 4, 5, 6, 7}}};
  for (const auto& [channels_last, scores] : wanted) {
    const auto model = finish_import(graph_of(channels_last), facts);
    ASSERT_TRUE(model.ok()) << model.error().message;
    const auto outputs = evaluate(model->graph, {{"pixels", picture}});
    ASSERT_TRUE(outputs.ok()) << outputs.error().message;
    EXPECT_EQ(outputs->at("boxes").shape(), (Shape{1, 4, 4}));
    EXPECT_EQ(outputs->at("scores").shape(), (Shape{1, 4, 2}));
    EXPECT_EQ(to_vector<float>(outputs->at("scores")), scores);
  }
}

}  // namespace
}  // namespace octet
