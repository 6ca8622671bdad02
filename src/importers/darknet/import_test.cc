#include "importers/darknet/import.h"

#include <gtest/gtest.h>

#include "importers/darknet/network_for_test.h"

namespace octet::darknet {
namespace {

constexpr std::string_view kNet = "[net]\nwidth=2\nheight=1\nchannels=3\n";
constexpr std::string_view kHead = "[yolo]\nmask=0\nanchors=10,20\nclasses=1\nnum=1\n";
constexpr std::string_view kSixFilters = "[convolutional]\nfilters=6\nsize=1\nactivation=linear\n";  // 6 * (3 + 1) floats

std::string smallest_cfg() { return std::string(kNet) + std::string(kSixFilters) + std::string(kHead); }

// Imports a cfg with `count` weights 0, 1, 2, ...
class ImportDarknet : public testing::Test {
 protected:
  Result<ImportedModel> import_model(const std::string& cfg, std::int64_t count) {
    folder_.write("tiny.weights", weights_bytes(ascending(count)));
    return import_darknet(folder_.write("tiny.cfg", cfg), folder_ / "tiny.weights", [this](std::string_view said) { warnings_ += said; });
  }
  Result<Graph> import(const std::string& cfg, std::int64_t count) {
    OCTET_ASSIGN(ImportedModel model, import_model(cfg, count));
    return std::move(model.graph);
  }
  ModelDescription describe(const std::string& cfg, std::int64_t count) {
    auto model = import_model(cfg, count);
    EXPECT_TRUE(model.ok()) << model.error().message;
    return model.ok() ? model->description : ModelDescription{};
  }
  std::string error_of(const std::string& cfg, std::int64_t count = 0) {
    const auto graph = import(cfg, count);
    if (graph.ok()) return "no error";
    const std::string where = (folder_ / "").string();
    std::string message = graph.error().message;
    if (const std::size_t at = message.find(where); at != std::string::npos) message.erase(at, where.size());
    return message;
  }

  TestFolder folder_;
  std::string warnings_;
};

TEST_F(ImportDarknet, TakesBgrUpTo255IntoTheFirstConvolution) {
  const auto graph = import(smallest_cfg(), 24);
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  ASSERT_EQ(graph->parameters().size(), 1u);
  EXPECT_EQ(graph->node(graph->parameters()[0]).name, "image");
  EXPECT_EQ(graph->node(graph->parameters()[0]).outputs[0].shape, (Shape{1, 3, 1, 2}));
  const Tensor picture = Tensor::of<float>({1, 3, 1, 2}, std::vector<float>{255, 0, 0, 0, 0, 510});  // blue 1, then red 2
  const auto outputs = evaluate(*graph, {{"image", picture}});
  ASSERT_TRUE(outputs.ok()) << outputs.error().message;
  const auto values = outputs->at("yolo_1").values<float>();
  for (std::size_t f = 0; f < 6; ++f) {  // biases 0..5, then weights of 3 channels each, red first
    const auto first_weight = static_cast<float>(6 + 3 * f), bias = static_cast<float>(f);
    EXPECT_NEAR(values[2 * f], bias + first_weight + 2, 1e-5);
    EXPECT_NEAR(values[2 * f + 1], bias + 2 * first_weight, 1e-5);
  }
}

TEST_F(ImportDarknet, NormalizesThePictureByNodesWhereNoConvolutionCan) {
  const std::string pooled = std::string(kNet) + "[maxpool]\nsize=1\n" + std::string(kSixFilters) + std::string(kHead);
  const auto folded = import(smallest_cfg(), 24);
  const auto explicit_nodes = import(pooled, 24);
  ASSERT_TRUE(folded.ok() && explicit_nodes.ok()) << explicit_nodes.error().message;
  const Tensor picture = Tensor::of<float>({1, 3, 1, 2}, std::vector<float>{1, 20, 30, 141, 250, 7});
  const auto a = evaluate(*folded, {{"image", picture}}).value().at("yolo_1");
  const auto b = evaluate(*explicit_nodes, {{"image", picture}}).value().at("yolo_2");
  for (std::size_t i = 0; i < 12; ++i) EXPECT_NEAR(a.values<float>()[i], b.values<float>()[i], 1e-5);
}

TEST_F(ImportDarknet, NamesNodesByLayerAndOutputsByHead) {
  const std::string two_heads = smallest_cfg() + "[route]\nlayers=0\n" + std::string(kHead);
  const auto graph = import(two_heads, 24);
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  ASSERT_EQ(graph->outputs().size(), 2u);
  EXPECT_EQ(graph->node(graph->outputs()[0]).name, "yolo_1");
  EXPECT_EQ(graph->node(graph->outputs()[1]).name, "yolo_3");
  EXPECT_NE(dump(*graph).find("conv_0 = Convolution(image, conv_0/weights)"), std::string::npos) << dump(*graph);
}

TEST_F(ImportDarknet, DescribesItsHeads) {
  const std::string cfg = std::string(kNet) + "[convolutional]\nfilters=14\nactivation=linear\n" +
                          "[yolo]\nmask=2,0\nanchors=10,20, 30,40, 5.5,6\nclasses=2\nnum=3\nscale_x_y=1.05\nnew_coords=1\n";
  const ModelDescription description = describe(cfg, 14 * 4);
  YoloOutput output;
  output.output = "yolo_1";
  output.anchors = {{5.5f, 6}, {10, 20}};
  output.classes = 2;
  output.scale_x_y = 1.05f;
  output.new_coords = true;
  EXPECT_EQ(description.head, Head(YoloHead{{output}}));
  EXPECT_EQ(description.input, (ImageSize{2, 1}));
  EXPECT_EQ(description.name, "tiny");
  EXPECT_EQ(description.suppression, (Suppression{0.45f, 0}));
  EXPECT_TRUE(description.labels.empty());
}

TEST_F(ImportDarknet, FollowsTheKindOfSuppressionOfTheLastHead) {
  const auto with = [](const std::string& options) { return smallest_cfg() + options; };
  EXPECT_EQ(describe(with("nms_kind=default\nbeta_nms=0.7\n"), 24).suppression, (Suppression{0.45f, 0}));
  EXPECT_EQ(describe(with("nms_kind=greedynms\nbeta_nms=0.7\n"), 24).suppression, (Suppression{0.45f, 0.6f}));
  EXPECT_EQ(describe(with("nms_kind=diounms\nbeta_nms=0.7\n"), 24).suppression, (Suppression{0.45f, 0.7f}));
  EXPECT_EQ(describe(with("nms_kind=diounms\n"), 24).suppression, (Suppression{0.45f, 0.6f}));
  const std::string again = std::string("[route]\nlayers=0\n") + std::string(kHead);
  EXPECT_EQ(describe(with("nms_kind=diounms\n") + again, 24).suppression, (Suppression{0.45f, 0}));
  EXPECT_EQ(error_of(with("nms_kind=cornersnms\n"), 24),
            "tiny.cfg: section [yolo] at line 9: nms_kind=cornersnms at line 14 is not supported (default, greedynms, diounms)");
  EXPECT_EQ(error_of(with("nms_kind=diounms\nbeta_nms=0\n"), 24),
            "tiny.cfg: section [yolo] at line 9: beta_nms must be above 0, at most 100");
}

TEST_F(ImportDarknet, KeepsTheAspectWhereTheCfgHasALetterBox) {
  const std::string cfg = smallest_cfg();
  EXPECT_EQ(describe(cfg, 24).resize, ResizeKind::kStretch);
  EXPECT_EQ(describe("[net]\nletter_box=1\n" + cfg.substr(cfg.find('\n') + 1), 24).resize, ResizeKind::kLetterbox);
}

TEST_F(ImportDarknet, RefusesPicturesOfOneChannel) {
  EXPECT_EQ(error_of("[net]\nwidth=2\nheight=1\nchannels=1\n[convolutional]\nfilters=6\n[yolo]\nanchors=1,2\nclasses=1\n"),
            "tiny.cfg: section [net] at line 1: channels=1, octet feeds pictures of 3");
}

TEST_F(ImportDarknet, DescribesARegionWithAnchorsInCells) {
  const std::string cfg = std::string(kNet) + std::string(kSixFilters) + "[region]\nanchors=1.5,2\nclasses=1\ncoords=4\nnum=1\nsoftmax=1\n";
  YoloOutput output;
  output.output = "region_1";
  output.kind = YoloOutput::Kind::kRegion;
  output.anchors = {{1.5f, 2}};
  output.classes = 1;
  output.softmax = true;
  EXPECT_EQ(describe(cfg, 24).head, Head(YoloHead{{output}}));
}

TEST_F(ImportDarknet, TakesLabelsFromTheNamesFileBesideTheCfg) {
  using Labels = std::vector<std::string>;
  folder_.write("anything.names", "traffic light\n");
  EXPECT_EQ(describe(smallest_cfg(), 24).labels, Labels{"traffic light"});
  folder_.write("coco.names", "person\n");
  EXPECT_EQ(describe(smallest_cfg(), 24).labels, Labels{"person"});
  folder_.write("tiny.names", "cat\n");
  EXPECT_EQ(describe(smallest_cfg(), 24).labels, Labels{"cat"});
  EXPECT_EQ(warnings_, "");
}

TEST_F(ImportDarknet, TakesTheOneNamesFileOfManyThatFits) {
  folder_.write("city.names", "car\nbus\n");
  folder_.write("street.names", "dog\n");
  EXPECT_EQ(describe(smallest_cfg(), 24).labels, std::vector<std::string>{"dog"});
  EXPECT_NE(warnings_.find("street.names: of 2 .names files the only one with 1 names"), std::string::npos) << warnings_;
  folder_.write("zoo.names", "cat\n");
  warnings_.clear();
  EXPECT_TRUE(describe(smallest_cfg(), 24).labels.empty());
  EXPECT_NE(warnings_.find("street.names, zoo.names all have 1 names; none is used, rename the right one to tiny.names"), std::string::npos)
      << warnings_;
}

TEST_F(ImportDarknet, LeavesOutLabelsOfAnotherNumberWithANote) {
  folder_.write("tiny.names", "cat\ndog\n");
  EXPECT_TRUE(describe(smallest_cfg(), 24).labels.empty());
  EXPECT_NE(warnings_.find("tiny.names: has 2 names for 1 classes; not used"), std::string::npos) << warnings_;
}

TEST_F(ImportDarknet, NamesFileSectionAndLineOfAnUnknownSection) {
  EXPECT_EQ(error_of(std::string(kNet) + "[oddpool]\nsize=2\n"), "tiny.cfg: section [oddpool] at line 5 is not supported");
  EXPECT_EQ(import(std::string(kNet) + "[oddpool]\n", 0).error().code, ErrorCode::kUnsupported);
}

TEST_F(ImportDarknet, RefusesACfgWithoutInputOrHead) {
  EXPECT_EQ(error_of("[convolutional]\n"), "tiny.cfg: section [convolutional] at line 1: comes first; a Darknet cfg begins with [net]");
  EXPECT_EQ(error_of("[net]\nheight=1\n"), "tiny.cfg: section [net] at line 1: lacks the option 'width'");
  EXPECT_EQ(error_of("[net]\nheight=1\nwidth=0\n"), "tiny.cfg: section [net]: width=0 at line 3: expected a whole number from 1 to 32768");
  EXPECT_EQ(error_of(std::string(kNet)), "tiny.cfg: has no section [yolo] or [region]: no detector that octet knows");
}

TEST_F(ImportDarknet, RefusesHeadsThatDoNotFit) {
  const std::string body = std::string(kNet) + std::string(kSixFilters);
  EXPECT_EQ(error_of(body + "[yolo]\nanchors=1,2\nclasses=2\n"),
            "tiny.cfg: section [yolo] at line 9: receives 6 channels, but 1 anchors and 2 classes need 7");
  EXPECT_EQ(error_of(body + "[yolo]\nanchors=1,2\nnum=2\nclasses=1\n"),
            "tiny.cfg: section [yolo] at line 9: has 2 anchor values, but num=2 needs 4");
  EXPECT_EQ(error_of(body + "[yolo]\nanchors=1,2\nmask=1\nclasses=1\n"), "tiny.cfg: section [yolo] at line 9: mask names anchor 1 of 1");
  EXPECT_EQ(error_of(body + "[yolo]\nanchors=1,-2\nclasses=1\n"), "tiny.cfg: section [yolo] at line 9: anchors must be greater than 0");
  EXPECT_EQ(error_of(smallest_cfg() + "[maxpool]\n"), "tiny.cfg: section [maxpool] at line 14: reads the output of a detection head");
  EXPECT_EQ(error_of(smallest_cfg() + "[route]\nlayers=1\n"),
            "tiny.cfg: section [route] at line 14: reads layer 1, which is a detection head");
}

TEST_F(ImportDarknet, BoundsWhatAHostileCfgAsksFor) {
  std::string growing = "[net]\nwidth=32768\nheight=32768\nchannels=1\n";
  for (int i = 0; i < 40; ++i) growing += "[upsample]\nstride=255\n";
  EXPECT_NE(error_of(growing).find("is negative or too large"), std::string::npos) << error_of(growing);
  std::string widening = "[net]\nwidth=1\nheight=1\n";
  for (int i = 0; i < 60; ++i) widening += "[route]\nlayers=-1,-1\n";
  widening.insert(widening.find("[route]"), "[convolutional]\nfilters=65536\nsize=255\npad=1\n");
  EXPECT_NE(error_of(widening).find("joins 131072 channels, more than 65536"), std::string::npos) << error_of(widening);
  std::string heavy = "[net]\nwidth=1\nheight=1\n";
  for (int i = 0; i < 4000; ++i) heavy += "[convolutional]\nfilters=65536\nsize=255\npad=1\n";
  const std::string said = error_of(heavy + "[yolo]\nanchors=1,1\nclasses=65531\n");
  EXPECT_NE(said.find("tiny.weights: has 20 bytes where the cfg asks for "), std::string::npos) << said;
}

TEST_F(ImportDarknet, RefusesWeightsCutAnywhereOrFollowedByMore) {
  const std::string whole = weights_bytes(ascending(24));
  const auto cfg = folder_.write("tiny.cfg", smallest_cfg());
  for (std::size_t bytes = 0; bytes <= whole.size() + 5; ++bytes) {
    const auto weights = folder_.write("tiny.weights", (whole + "extra").substr(0, bytes));
    const auto graph = import_darknet(cfg, weights);
    ASSERT_EQ(graph.ok(), bytes == whole.size()) << bytes;
    if (graph.ok()) continue;
    EXPECT_EQ(graph.error().code, ErrorCode::kMalformed);
    EXPECT_EQ(graph.error().message.find(weights.string() + ": has " + std::to_string(bytes) + " bytes"), 0u) << graph.error().message;
    EXPECT_EQ(graph.error().message.find("asks for 116") != std::string::npos, bytes >= 20) << graph.error().message;
  }
}

TEST_F(ImportDarknet, NamesTheAbsentFile) {
  const auto cfg = folder_.write("alone.cfg", smallest_cfg());
  const auto without_weights = import_darknet(cfg, folder_ / "alone.weights");
  ASSERT_FALSE(without_weights.ok());
  EXPECT_EQ(without_weights.error().code, ErrorCode::kNotFound);
  EXPECT_NE(without_weights.error().message.find("alone.weights"), std::string::npos);
  const auto without_cfg = import_darknet(folder_ / "none.cfg", folder_ / "alone.weights");
  ASSERT_FALSE(without_cfg.ok());
  EXPECT_EQ(without_cfg.error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace octet::darknet
