#include "detector/detector.h"

#include <gtest/gtest.h>

#include "model/model_info.h"

namespace octet {
namespace {

constexpr ImageSize kInput{4, 2};

ModelDescription described(Head head) {
  ModelDescription description;
  description.input = kInput;
  description.head = std::move(head);
  return description;
}

YoloHead yolo_of_one_anchor() {
  YoloOutput output;
  output.output = "head";
  output.anchors = {{2, 2}};
  output.classes = 1;
  return {{output}};
}

// A network that gives `tensor` whatever it sees; its picture goes to another output.
Graph constant_network(Tensor tensor, const Head& head, const std::string& name = "head") {
  Graph graph;
  graph.emit(Parameter{ElementType::kF32, {1, 3, kInput.height, kInput.width}}, {}, "image");
  graph.emit(Output{}, {graph.emit_constant(std::move(tensor), "values")}, name);
  graph.model_info = write_model_info(described(head));
  return graph;
}

std::string error_of(const Graph& graph) {
  const auto detector = make_detector(graph, "model.xml");
  return detector.ok() ? "no error" : detector.error().message;
}

TEST(MakeDetector, RefusesOutputsOfEveryOtherType) {
  EXPECT_EQ(error_of(constant_network(Tensor(ElementType::kF32, {1, 6, 1, 2}), yolo_of_one_anchor())), "no error");
  for (const ElementType type : {ElementType::kI64, ElementType::kI32, ElementType::kU8, ElementType::kI8, ElementType::kBoolean}) {
    const std::string message = error_of(constant_network(Tensor(type, {1, 6, 1, 2}), yolo_of_one_anchor()));
    EXPECT_NE(message.find("model.xml: output 'head' is " + std::string(name_of(type)) + "[1,6,1,2]"), std::string::npos) << message;
  }
  EXPECT_NE(error_of(constant_network(Tensor(ElementType::kI64, {1, 1, 5, 7}), DetectionOutputHead{})).find("is i64[1,1,5,7]"),
            std::string::npos);
  EXPECT_NE(error_of(constant_network(Tensor(ElementType::kI64, {}), DetectionOutputHead{})).find("is i64[]"), std::string::npos);
}

TEST(MakeDetector, RefusesAnInputOfAnotherSizeOrType) {
  Graph graph = constant_network(Tensor(ElementType::kF32, {1, 6, 1, 2}), yolo_of_one_anchor());
  graph.model_info["orig_width"] = "5";
  EXPECT_EQ(error_of(graph), "model.xml: the model has no single f32 input [1,3,2,5], which its model_info promises");
}

TEST(MakeDetector, RefusesAModelThatDoesNotSayHowItIsUsed) {
  Graph graph = constant_network(Tensor(ElementType::kF32, {1, 6, 1, 2}), yolo_of_one_anchor());
  graph.model_info.clear();
  EXPECT_NE(error_of(graph).find("model.xml: the model does not say how it is used"), std::string::npos);
}

TEST(DetectionSession, GivesBoxesInPixelsOfThePicture) {
  // A row of DetectionOutput: class 1, score 0.5, the left half.
  const Tensor row = Tensor::of<float>({1, 1, 1, 7}, std::vector<float>{0, 1, 0.5f, 0, 0, 0.5f, 1});
  const auto detector = make_detector(constant_network(row, DetectionOutputHead{}), "model.xml");
  ASSERT_TRUE(detector.ok()) << detector.error().message;
  DetectionSession session(*detector, 1);
  for (const ImageSize size : {ImageSize{100, 60}, ImageSize{7, 3}}) {
    const auto found = session.detect(Image(size), {0.3, 100});
    ASSERT_TRUE(found.ok()) << found.error().message;
    ASSERT_EQ(found->size(), 1u);
    EXPECT_EQ((*found)[0].class_index, 1);
    EXPECT_FLOAT_EQ((*found)[0].box_px.x1, static_cast<float>(size.width) / 2);
    EXPECT_FLOAT_EQ((*found)[0].box_px.y1, static_cast<float>(size.height));
  }
}

}  // namespace
}  // namespace octet
