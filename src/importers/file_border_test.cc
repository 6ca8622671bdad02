#include "importers/file_border.h"

#include <gtest/gtest.h>

#include "graph/evaluate.h"

namespace octet {
namespace {

// What a file is given for real values.
Tensor given(const std::vector<float>& values, const BorderTensor& input) {
  Graph before;
  const Value value = before.emit(Parameter{ElementType::kF32, {1, std::ssize(values)}}, {}, "values");
  give_to_file(before, value, input);
  const auto results = evaluate(before, {{"values", Tensor::of<float>({1, std::ssize(values)}, values)}});
  EXPECT_TRUE(results.ok()) << results.error().message;
  return results->at(input.name);
}

TEST(FileBorder, QuantizesWhatAFileTakesAsBytes) {
  const BorderTensor bytes{"x", {ElementType::kU8, {1, 6}}, BorderScale{0.5, 10}};
  EXPECT_EQ(to_vector<float>(given({0, 0.5f, 0.74f, -1, -100, 1000}, bytes)), (std::vector<float>{10, 11, 11, 8, 0, 255}));
  const BorderTensor small{"x", {ElementType::kI8, {1, 4}}, BorderScale{1, -128}};
  EXPECT_EQ(to_vector<float>(given({0, 255, 255.4f, -3}, small)), (std::vector<float>{-128, 127, 127, -128}));
}

TEST(FileBorder, GivesOtherTypesAndShapesAsTheyAre) {
  const Tensor halves = given({1, -2.5f}, {"x", {ElementType::kF16, {2}}});
  EXPECT_EQ(halves.type(), ElementType::kF16);
  EXPECT_EQ(halves.shape(), (Shape{2}));
  EXPECT_EQ(to_vector<float>(halves), (std::vector<float>{1, -2.5f}));
}

TEST(FileBorder, TakesTheRealValuesOfBytes) {
  Graph after;
  give_to_graph(after, {"y", {ElementType::kI8, {1, 3}}, BorderScale{0.25, 1}}, ElementType::kF32);
  const auto results = evaluate(after, {{"y", Tensor::of<std::int8_t>({1, 3}, std::vector<std::int8_t>{1, 5, -127})}});
  ASSERT_TRUE(results.ok()) << results.error().message;
  EXPECT_EQ(to_vector<float>(results->begin()->second), (std::vector<float>{0, 1, -32}));
}

}  // namespace
}  // namespace octet
