#include "accuracy/adapters.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace octet::accuracy {
namespace {

// What an adapter reads, as a test gives it.
struct Given {
  std::vector<std::string> names;
  Tensor tensor;
};

struct Decoded {
  Result<ImageBoxes> boxes;
  Notes notes;
};

Decoded decode(const char* adapter, ImageSize input, const std::vector<Given>& outputs) {
  Network network{"image", input, {}};
  std::vector<Tensor> tensors;
  for (const Given& given : outputs) {
    network.outputs.push_back({given.names, given.tensor.shape(), given.tensor.type()});
    tensors.push_back(given.tensor);
  }
  Decoded decoded{ImageBoxes{}, {}};
  const auto made = make_adapter(YAML::Load(adapter), network, decoded.notes);
  if (!made.ok()) return {made.error(), {}};
  decoded.boxes = (*made)(tensors, Frame{.source = input, .network = input, .paddings = {}});
  return decoded;
}

std::string error_of(const char* adapter, const std::vector<Given>& outputs) {
  const Decoded decoded = decode(adapter, {32, 32}, outputs);
  return decoded.boxes.ok() ? "" : decoded.boxes.error().message;
}

Tensor rows(Shape shape, const std::vector<float>& values) { return Tensor::of<float>(std::move(shape), values); }

TEST(SsdAdapter, ReadsRowsUpToTheFirstEmptyOne) {
  const Tensor output = rows({1, 1, 4, 7}, {0,  2, 0.9f, 0.1f, 0.2f, 0.3f, 0.4f, 1, 1, 1,    0, 0, 1, 1,  //
                                            -1, 3, 0.8f, 0,    0,    1,    1,    0, 4, 0.7f, 0, 0, 1, 1});
  const Decoded decoded = decode("ssd", {300, 300}, {{{"out"}, output}});
  ASSERT_TRUE(decoded.boxes.ok());
  ASSERT_EQ(decoded.boxes->boxes.size(), 1u);  // the second row is of another image, the fourth behind the end
  const Box& box = decoded.boxes->boxes[0];
  EXPECT_EQ(box.label, 2);
  EXPECT_EQ(box.score, 0.9f);
  EXPECT_EQ((std::array{box.x0, box.y0, box.x1, box.y1}), (std::array<double, 4>{0.1f, 0.2f, 0.3f, 0.4f}));
}

// A grid of 2x2 cells, one box of 2 classes: numbers that tell channel and cell.
std::vector<float> grid_values(bool channels_last) {
  std::vector<float> values(7 * 4);
  for (std::size_t channel = 0; channel < 7; ++channel)
    for (std::size_t cell = 0; cell < 4; ++cell)
      values[channels_last ? cell * 7 + channel : channel * 4 + cell] =
          channel == 4 ? (cell == 3 ? 2.0f : -9.0f) : 0.1f * static_cast<float>(channel);
  return values;
}

// The adapter of a head of one anchor and two classes, with further settings.
std::string yolo(const std::string& settings) {
  return "type: yolo_v3\nanchors: '8, 16'\nanchor_masks: [[0]]\nclasses: 2\nraw_output: True\nthreshold: 0.5\noutputs: [head]\n" + settings;
}

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

TEST(YoloAdapter, DecodesACellByItsFormula) {
  const Decoded decoded = decode(yolo("output_format: BHW").c_str(), {32, 64}, {{{"head"}, rows({1, 7, 2, 2}, grid_values(false))}});
  ASSERT_TRUE(decoded.boxes.ok()) << decoded.boxes.error().message;
  ASSERT_EQ(decoded.boxes->boxes.size(), 1u);
  const Box& box = decoded.boxes->boxes[0];
  const double x = (logistic(0) + 1) / 2, y = (logistic(0.1) + 1) / 2, width = std::exp(0.2) * 8 / 32, height = std::exp(0.3) * 16 / 64;
  EXPECT_NEAR(box.x0, x - width / 2, 1e-7);
  EXPECT_NEAR(box.y0, y - height / 2, 1e-7);
  EXPECT_NEAR(box.x1, x + width / 2, 1e-7);
  EXPECT_NEAR(box.y1, y + height / 2, 1e-7);
  EXPECT_EQ(box.label, 1);
  EXPECT_NEAR(box.score, logistic(2) * logistic(0.6), 1e-6);
  EXPECT_TRUE(decoded.notes.empty());
}

TEST(YoloAdapter, GoesByTheShapeThatIsThereAndSaysSo) {
  const auto first = decode(yolo("output_format: HWB").c_str(), {32, 32}, {{{"head"}, rows({1, 7, 2, 2}, grid_values(false))}});
  const auto last = decode(yolo("output_format: HWB").c_str(), {32, 32}, {{{"head"}, rows({1, 2, 2, 7}, grid_values(true))}});
  ASSERT_TRUE(first.boxes.ok() && last.boxes.ok());
  ASSERT_EQ(first.boxes->boxes.size(), 1u);
  ASSERT_EQ(last.boxes->boxes.size(), 1u);
  EXPECT_EQ(first.boxes->boxes[0].x0, last.boxes->boxes[0].x0);
  EXPECT_EQ(first.boxes->boxes[0].score, last.boxes->boxes[0].score);
  ASSERT_EQ(first.notes.size(), 1u);
  EXPECT_NE(first.notes[0].find("output_format says channels last (HWB)"), std::string::npos) << first.notes[0];
  EXPECT_TRUE(last.notes.empty());
}

TEST(YoloAdapter, ReshapesRowsOfNumbersToItsCells) {
  const std::string adapter = yolo("cells: [2]");
  const Decoded decoded = decode(adapter.c_str(), {32, 32}, {{{"head"}, rows({1, 28}, grid_values(false))}});
  ASSERT_TRUE(decoded.boxes.ok()) << decoded.boxes.error().message;
  EXPECT_EQ(decoded.boxes->boxes.size(), 1u);
}

TEST(YoloAdapter, GivesEveryClassAboveTheThresholdWhereItIsTold) {
  const std::string adapter = yolo("multiple_labels: True");
  const Decoded decoded = decode(adapter.c_str(), {32, 32}, {{{"head"}, rows({1, 7, 2, 2}, grid_values(false))}});
  ASSERT_TRUE(decoded.boxes.ok());
  ASSERT_EQ(decoded.boxes->boxes.size(), 2u);
  EXPECT_EQ(decoded.boxes->boxes[0].label, 0);
  EXPECT_NEAR(decoded.boxes->boxes[0].score, logistic(2) * logistic(0.5), 1e-6);
}

TEST(YoloAdapter, RefusesHeadsThatDoNotFit) {
  const std::string bhw = yolo("output_format: BHW");
  EXPECT_NE(error_of(bhw.c_str(), {{{"other"}, rows({1, 7, 2, 2}, grid_values(false))}}).find("no output 'head' (other)"),
            std::string::npos);
  EXPECT_NE(error_of(bhw.c_str(), {{{"head"}, rows({1, 14, 2, 1}, grid_values(false))}}).find("1 boxes of 2 classes"), std::string::npos);
  EXPECT_NE(error_of(bhw.c_str(), {{{"head"}, Tensor(ElementType::kI64, {1, 7, 2, 2})}}).find("f32"), std::string::npos);
  EXPECT_NE(error_of(yolo("odd: 1").c_str(), {{{"head"}, rows({1, 7, 2, 2}, grid_values(false))}}).find("'odd'"), std::string::npos);
  EXPECT_NE(error_of("{type: yolo_v3, anchors: '8, 16', anchor_masks: [[1]], outputs: [head]}",
                     {{{"head"}, rows({1, 7, 2, 2}, grid_values(false))}})
                .find("anchor_masks"),
            std::string::npos);
}

TEST(Outputs, AreFoundByAnyNameWithAndWithoutSuffix) {
  const Network network{"image", {8, 8}, {{{"first", "also"}, {1}, ElementType::kF32}, {{"second:0"}, {1}, ElementType::kF32}}};
  EXPECT_EQ(*find_output(network, "also"), 0u);
  EXPECT_EQ(*find_output(network, "first/sink_port_0"), 0u);
  EXPECT_EQ(*find_output(network, "second"), 1u);
  EXPECT_FALSE(find_output(network, "third").ok());
}

TEST(YoloxAdapter, PutsBoxesOnItsGrid) {
  std::vector<float> values(21 * 7);  // of 32x32: 4x4 + 2x2 + 1 cells
  float* box = &values[17 * 7];       // stride 16, second cell of the first row
  box[0] = 0.5f, box[1] = 0.25f, box[2] = 0, box[3] = std::log(2.0f), box[4] = 0.5f, box[5] = 0.4f, box[6] = 0.001f;
  const Decoded decoded = decode("yolox", {32, 32}, {{{"out"}, rows({1, 21, 7}, values)}});
  ASSERT_TRUE(decoded.boxes.ok()) << decoded.boxes.error().message;
  ASSERT_EQ(decoded.boxes->boxes.size(), 1u);  // the other class scores 0.0005
  const Box& found = decoded.boxes->boxes[0];
  EXPECT_NEAR(found.x0, 1.5 * 16 - 8, 1e-5);
  EXPECT_NEAR(found.y0, 0.25 * 16 - 16, 1e-5);
  EXPECT_NEAR(found.x1, 1.5 * 16 + 8, 1e-5);
  EXPECT_NEAR(found.score, 0.2, 1e-6);
  EXPECT_NE(error_of("yolox", {{{"out"}, rows({1, 20, 7}, std::vector<float>(140))}}).find("strides 8, 16, 32"), std::string::npos);
}

TEST(NanodetAdapter, TakesMeansOfDistributions) {
  constexpr std::size_t kRow = 1 + 4 * 2;
  std::vector<float> values(16 * kRow);  // of 32x32, stride 8; one class, distances 0 or 1
  values[5 * kRow] = 0.9f;               // the cell at 1, 1: even odds, half a stride to each side
  const Decoded decoded = decode("{type: nanodet, num_classes: 1, reg_max: 1, strides: [8], is_legacy: True}", {32, 32},
                                 {{{"out"}, rows({1, 16, kRow}, values)}});
  ASSERT_TRUE(decoded.boxes.ok()) << decoded.boxes.error().message;
  ASSERT_EQ(decoded.boxes->boxes.size(), 1u);
  EXPECT_NEAR(decoded.boxes->boxes[0].x0, 8, 1e-6);
  EXPECT_NEAR(decoded.boxes->boxes[0].y1, 16, 1e-6);
}

TEST(DetrAdapter, LeavesTheClassOfNothingOut) {
  const Tensor logits = rows({1, 1, 3}, {0, 1, 5}), boxes = rows({1, 1, 4}, {0.5f, 0.5f, 0.2f, 0.4f});
  const Decoded decoded = decode("{type: detr, scores_out: s, boxes_out: b}", {32, 32}, {{{"b"}, boxes}, {{"s"}, logits}});
  ASSERT_TRUE(decoded.boxes.ok()) << decoded.boxes.error().message;
  ASSERT_EQ(decoded.boxes->boxes.size(), 1u);
  const Box& box = decoded.boxes->boxes[0];
  EXPECT_EQ(box.label, 1);
  EXPECT_NEAR(box.score, std::exp(1.0) / (1 + std::exp(1.0) + std::exp(5.0)), 1e-6);
  EXPECT_NEAR(box.x0, 0.4, 1e-6);
  EXPECT_NEAR(box.y1, 0.7, 1e-6);
}

}  // namespace
}  // namespace octet::accuracy
