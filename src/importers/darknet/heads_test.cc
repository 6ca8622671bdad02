// Published networks against heads that another importer and another runtime computed: testdata/make_heads_reference.py.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>

#include "importers/darknet/network_for_test.h"

namespace octet::darknet {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

const fs::path kRoot = OCTET_SOURCE_DIR;

json reference() {
  std::ifstream file(fs::path(OCTET_SOURCE_DIR) / "src/importers/darknet/testdata/heads_reference.json");
  return json::parse(file);
}

// A copy of the cfg with another input size.
fs::path resized_cfg(const TestFolder& folder, const fs::path& cfg, int side) {
  const std::regex size("(^|\n)(width|height)=[0-9]+");
  return folder.write(cfg.filename().string(), std::regex_replace(read_text(cfg).value(), size, "$1$2=" + std::to_string(side)));
}

Tensor picture(int side) {
  Tensor tensor(ElementType::kF32, {1, 3, side, side});
  std::size_t i = 0;
  for (int c = 0; c < 3; ++c)
    for (int y = 0; y < side; ++y)
      for (int x = 0; x < side; ++x) tensor.mutable_values<float>()[i++] = static_cast<float>((37 * c + 11 * y + 7 * x) % 256);
  return tensor;
}

void expect_head(const Tensor& head, const json& expected, std::size_t step) {
  EXPECT_EQ(head.shape(), expected["shape"].get<Shape>());
  const auto wanted = expected["values"].get<std::vector<float>>();
  const auto values = head.values<float>();
  ASSERT_EQ(wanted.size(), (values.size() + step - 1) / step);
  for (std::size_t i = 0; i < wanted.size(); ++i)
    EXPECT_NEAR(values[i * step], wanted[i], 1e-4 * std::max(1.0f, std::abs(wanted[i]))) << "at " << i * step;
}

// `network` is a path without .cfg and .weights.
void expect_openvinos_heads(const fs::path& network) {
  const fs::path cfg = network.string() + ".cfg";
  if (!fs::exists(cfg)) GTEST_SKIP() << cfg << " is not here: the models are not part of this repository";
  const json record = reference();
  const TestFolder folder;
  const int side = record["side"];
  const auto model = import_darknet(resized_cfg(folder, cfg, side), network.string() + ".weights");
  ASSERT_TRUE(model.ok()) << model.error().message;
  const Graph* graph = &model->graph;
  const auto outputs = evaluate(*graph, {{"image", picture(side)}});
  ASSERT_TRUE(outputs.ok()) << outputs.error().message;
  const json& expected = record["networks"][network.filename().string()];
  ASSERT_EQ(graph->outputs().size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i)
    expect_head(outputs->at(graph->node(graph->outputs()[i]).name), expected[i], record["step"].get<std::size_t>());
}

TEST(Heads, OfYolov4TinyAreOpenVinos) { expect_openvinos_heads(kRoot / "../shared/models/yolov4/yolov4-tiny"); }
TEST(Heads, OfYoloFastestAreOpenVinos) { expect_openvinos_heads(kRoot / "demo/yolo-fastest-1.1-xl/yolo-fastest-1.1-xl"); }

}  // namespace
}  // namespace octet::darknet
