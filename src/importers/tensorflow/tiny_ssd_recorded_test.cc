// A small graph with the nodes of an exported SSD MobileNet, against what NumPy computes with it: tests/testdata/tiny_ssd.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <vector>

#include "formats/npz/npz.h"
#include "graph/evaluate.h"
#include "importers/tensorflow/import.h"

namespace octet::tensorflow {
namespace {

const std::filesystem::path kFolder = OCTET_SOURCE_DIR "/tests/testdata/tiny_ssd";

// The network's input as the graph of the file takes it ([h,w,3], RGB, -1..1) in the form of octet's graph ([1,3,h,w], BGR, 0..255).
Tensor image_of(const Tensor& input) {
  const std::vector<float> values = to_vector<float>(input);
  Tensor image(ElementType::kF32, {1, 3, input.shape()[0], input.shape()[1]});
  const auto planes = image.mutable_values<float>();
  const std::size_t cells = planes.size() / 3;
  for (std::size_t i = 0; i < planes.size(); ++i) planes[i] = (values[i % cells * 3 + 2 - i / cells] + 1) * 127.5f;
  return image;
}

// Octet's boxes are x, y; TensorFlow's y, x.
void expect_near(std::span<const float> found, const Tensor& recorded, bool swap_pairs, double bound) {
  const std::vector<float> expected = to_vector<float>(recorded);
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) ASSERT_NEAR(found[i], expected[swap_pairs ? i ^ 1 : i], bound) << "at " << i;
}

TEST(TinySsdRecorded, HasTheHeadsAndAnchorsThatNumpyComputes) {
  const auto recorded = read_npz(kFolder / "reference.npz");
  ASSERT_TRUE(recorded.ok()) << recorded.error().message;
  auto model = import_tensorflow(kFolder / "tiny_ssd.pb");
  ASSERT_TRUE(model.ok()) << model.error().message;
  Graph* graph = &model->graph;
  for (const char* name : {"box_codes", "class_logits", "Priors"})
    graph->emit(Output{}, {Value{graph->find(name), 0}}, std::string(name) + "_out");
  const auto outputs = evaluate(*graph, {{"image_tensor", image_of(recorded->at("input"))}});
  ASSERT_TRUE(outputs.ok()) << outputs.error().message;
  expect_near(outputs->at("box_codes_out").values<float>(), recorded->at("box_encodings"), true, 1e-4);
  expect_near(outputs->at("class_logits_out").values<float>(), recorded->at("class_logits"), false, 3e-4);
  const auto priors = outputs->at("Priors_out").values<float>();  // [1,2,4 N]: corners, then variances
  expect_near(priors.first(priors.size() / 2), recorded->at("anchors"), true, 1e-6);
}

}  // namespace
}  // namespace octet::tensorflow
