// Layers of a network [1,4,6,3] -> channels 0 to 5, each the sum of R, G and B times its number plus 1 -> the layer -> head.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "graph/evaluate.h"
#include "importers/tensorflow/graph_writer_for_test.h"
#include "importers/tensorflow/import.h"

namespace octet::tensorflow {
namespace {

constexpr std::int64_t kHeight = 4, kWidth = 6, kChannels = 6;

// The value of channel c at a pixel, whose B, G and R are all its number.
float value_at(std::int64_t c, std::int64_t y, std::int64_t x) { return static_cast<float>(3 * (c + 1) * (y * kWidth + x)); }

class Layers : public testing::Test {
 protected:
  Layers() {
    proto::NodeDef& image = writer_.add("Placeholder", "image");
    auto& shape = *GraphWriter::attribute(image, "shape").mutable_shape();
    for (const std::int64_t size : {std::int64_t{1}, kHeight, kWidth, std::int64_t{3}}) shape.add_dim()->set_size(size);
    writer_.node("Mul", "scaled", {"image", writer_.scalar("one", 1)});
    std::vector<float> weights;
    for (int i = 0; i < 3; ++i)
      for (int c = 0; c < kChannels; ++c) weights.push_back(static_cast<float>(c + 1));
    convolution("source", "scaled", {1, 1, 3, kChannels}, weights);
  }

  void convolution(const std::string& name, const std::string& data, const Sizes& shape, const std::vector<float>& weights) {
    proto::NodeDef& node = writer_.add("Conv2D", name, {data, writer_.constant<float>(name + "/weights", shape, weights)});
    GraphWriter::attribute(node, "padding").set_s("VALID");
  }

  // What the graph computes where a convolution passes on the channels of `layer`: [1,C,H,W].
  Result<Tensor> run(const std::string& layer, std::int64_t channels) {
    std::vector<float> unit(static_cast<std::size_t>(channels * channels), 0);
    for (std::int64_t c = 0; c < channels; ++c) unit[static_cast<std::size_t>(c * channels + c)] = 1;
    convolution("head/Conv2D", layer, {1, 1, channels, channels}, unit);
    writer_.graph().set_versions("");
    const std::string bytes = writer_.bytes();
    const std::string heads = R"([{"output": "head", "anchors": [1, 2], "classes": 1}])";
    OCTET_ASSIGN(const ImportedModel model, import_tensorflow(std::as_bytes(std::span(bytes)), {.model_info = {{"octet_heads", heads}}}));
    Tensor image(ElementType::kF32, {1, 3, kHeight, kWidth});
    const auto values = image.mutable_values<float>();
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i % static_cast<std::size_t>(kHeight * kWidth));
    OCTET_ASSIGN(auto outputs, evaluate(model.graph, {{"image_tensor", image}}));
    return outputs.at("head");
  }

  // A StridedSlice of the source.
  proto::NodeDef& slice(const std::vector<std::int32_t>& begin, const std::vector<std::int32_t>& end,
                        const std::vector<std::int32_t>& strides) {
    return writer_.add("StridedSlice", "slice",
                       {"source", writer_.wholes("begin", begin), writer_.wholes("end", end), writer_.wholes("strides", strides)});
  }

  GraphWriter writer_;
};

TEST_F(Layers, SliceOfChannelsBehindAnEllipsis) {
  proto::NodeDef& node = slice({0, 3}, {0, 0}, {1, 1});
  GraphWriter::attribute(node, "ellipsis_mask").set_i(1);
  GraphWriter::attribute(node, "end_mask").set_i(2);
  const auto found = run("slice", 3);
  ASSERT_TRUE(found.ok()) << found.error().message;
  ASSERT_EQ(found->shape(), (Shape{1, 3, kHeight, kWidth}));
  EXPECT_EQ(found->values<float>()[7], value_at(3, 1, 1));
}

TEST_F(Layers, SliceOfPixels) {
  proto::NodeDef& node = slice({0, 1, 0, 2}, {0, 4, 0, 4}, {1, 2, 3, 1});
  GraphWriter::attribute(node, "begin_mask").set_i(1 + 4);
  GraphWriter::attribute(node, "end_mask").set_i(1 + 4);
  const auto found = run("slice", 2);
  ASSERT_TRUE(found.ok()) << found.error().message;
  ASSERT_EQ(found->shape(), (Shape{1, 2, 2, 2}));
  const std::vector<float> expected{value_at(2, 1, 0), value_at(2, 1, 3), value_at(2, 3, 0), value_at(2, 3, 3),
                                    value_at(3, 1, 0), value_at(3, 1, 3), value_at(3, 3, 0), value_at(3, 3, 3)};
  EXPECT_EQ(to_vector<float>(*found), expected);
}

TEST_F(Layers, RefuseASliceThatDropsAnAxis) {
  GraphWriter::attribute(slice({0, 1}, {1, 2}, {1, 1}), "shrink_axis_mask").set_i(2);
  const auto found = run("slice", kChannels);
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().code, ErrorCode::kUnsupported);
}

TEST_F(Layers, SpaceToDepthPutsTheColumnsOfABlockBeforeItsLines) {
  GraphWriter::attribute(writer_.add("SpaceToDepth", "blocks", {"source"}), "block_size").set_i(2);
  const auto found = run("blocks", 4 * kChannels);
  ASSERT_TRUE(found.ok()) << found.error().message;
  ASSERT_EQ(found->shape(), (Shape{1, 4 * kChannels, 2, 3}));
  const std::size_t cells = 2 * 3;
  EXPECT_EQ(found->values<float>()[(kChannels + 2) * cells + 4], value_at(2, 2, 3)) << "line 0, column 1 of the block";
}

TEST_F(Layers, AHeadThatIsNamedAsItsLayerIsFound) {
  writer_.graph().set_versions("");
  const std::string bytes = writer_.bytes();
  const auto model = import_tensorflow(std::as_bytes(std::span(bytes)), {.model_info = {{"anchors", "1 2"}, {"masks", "0"}}});
  ASSERT_TRUE(model.ok()) << model.error().message;
  ASSERT_EQ(model->graph.outputs().size(), 1u);
  EXPECT_EQ(std::get<YoloHead>(model->description.head).outputs[0].output, model->graph.node(model->graph.outputs()[0]).name);
}

TEST_F(Layers, RefuseBlocksThatDoNotDivide) {
  GraphWriter::attribute(writer_.add("SpaceToDepth", "blocks", {"source"}), "block_size").set_i(4);
  const auto found = run("blocks", 16 * kChannels);
  ASSERT_FALSE(found.ok());
  EXPECT_NE(found.error().message.find("cuts [1,6,4,6] into blocks of 4"), std::string::npos) << found.error().message;
}

TEST_F(Layers, SumsOfAnyNumber) {
  writer_.node("AddN", "sum", {"source", "source", "source"});
  const auto found = run("sum", kChannels);
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_EQ(found->values<float>()[5], 3 * value_at(0, 0, 5));
}

TEST_F(Layers, NearestByAWholeNumberRepeatsPixelsByEitherRule) {
  for (const bool half_pixel : {false, true}) {
    const std::string name = half_pixel ? "half" : "plain";
    proto::NodeDef& node =
        writer_.add("ResizeNearestNeighbor", name, {"source", writer_.wholes(name + "/size", {2 * kHeight, 3 * kWidth})});
    GraphWriter::attribute(node, "half_pixel_centers").set_b(half_pixel);
  }
  writer_.node("Sub", "difference", {"half", "plain"});
  writer_.node("Add", "both", {"half", "difference"});
  const auto found = run("both", kChannels);
  ASSERT_TRUE(found.ok()) << found.error().message;
  ASSERT_EQ(found->shape(), (Shape{1, kChannels, 2 * kHeight, 3 * kWidth}));
  EXPECT_EQ(found->values<float>()[3 * kWidth * 3 + 7], value_at(0, 1, 2));
}

}  // namespace
}  // namespace octet::tensorflow
