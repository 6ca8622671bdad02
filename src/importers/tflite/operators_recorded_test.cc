// Each operator and form by itself, against what LiteRT's own kernels compute: testdata/make_operators.py.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "formats/npz/npz.h"
#include "graph/evaluate.h"
#include "importers/tflite/rules.h"
#include "importers/tflite/translate.h"

namespace octet::tflite {
namespace {

constexpr char kModel[] = ".tflite";

const std::map<std::string, Tensor>& recorded() {
  static const auto arrays = read_npz(OCTET_SOURCE_DIR "/src/importers/tflite/testdata/operators.npz");
  OCTET_CHECK(arrays.ok(), arrays.error().message);
  return *arrays;
}

std::vector<std::string> names_of_cases() {
  std::vector<std::string> names;
  for (const auto& [name, array] : recorded())
    if (name.ends_with(kModel)) names.push_back(name.substr(0, name.size() - (sizeof kModel - 1)));
  return names;
}

Result<Model> model_of(const std::string& name) {
  const Tensor& content = recorded().at(name + kModel);
  const auto owner = std::make_shared<std::vector<std::byte>>(content.bytes().begin(), content.bytes().end());
  return parse_model(std::span<const std::byte>(*owner), owner);
}

// The input in the type of the parameter; pixels as planes where it takes those.
Tensor fed(const Tensor& pixels, const octet::TensorType& type) {
  if (pixels.shape() == type.shape) return converted(pixels, type.element);
  const std::vector<Tensor> inputs{pixels, Tensor::of<std::int64_t>({4}, {0, 3, 1, 2})};
  const std::vector<octet::TensorType> outputs{{pixels.type(), type.shape}};
  return converted(evaluate(Transpose{}, inputs, outputs)[0], type.element);
}

class TfliteOperator : public testing::TestWithParam<std::string> {};

TEST_P(TfliteOperator, ComputesWhatLiteRtDoes) {
  const auto model = model_of(GetParam());
  ASSERT_TRUE(model.ok()) << model.error().message;
  const auto translation = translate(*model);
  ASSERT_TRUE(translation.ok()) << translation.error().message;
  const Graph& graph = translation->graph;
  const Tensor input = fed(recorded().at(GetParam() + ".input"), graph.type({graph.find("input"), 0}));
  const auto outputs = evaluate(graph, {{"input", input}});
  ASSERT_TRUE(outputs.ok()) << outputs.error().message;
  ASSERT_EQ(outputs->size(), model->outputs.size());
  const float step = recorded().at(GetParam() + ".step").values<float>()[0];
  for (const auto& [name, found] : *outputs) {
    const Tensor& expected = recorded().at(GetParam() + "." + name);
    ASSERT_EQ(found.shape(), expected.shape()) << name;
    const auto values = to_vector<float>(found), references = to_vector<float>(expected);
    std::size_t rounded_apart = 0;  // LiteRT rounds by integer arithmetic, and halves away from zero
    for (std::size_t i = 0; i < values.size(); ++i) {
      const float difference = std::abs(values[i] - references[i]);
      ASSERT_LE(difference, step * 1.01f + 2e-5f * std::max(1.f, std::abs(references[i]))) << name << " at " << i;
      rounded_apart += step > 0 && difference > step / 2 ? 1 : 0;
    }
    EXPECT_LE(rounded_apart, values.size() / 3) << name;
  }
}

std::string name_of_test(const testing::TestParamInfo<std::string>& info) { return info.param; }

INSTANTIATE_TEST_SUITE_P(Recorded, TfliteOperator, testing::ValuesIn(names_of_cases()), name_of_test);

// Every rule has a case.
TEST(TfliteOperators, AreAllRecorded) {
  std::map<std::int32_t, int> seen;
  for (const std::string& name : names_of_cases()) {
    const auto model = model_of(name);
    ASSERT_TRUE(model.ok()) << model.error().message;
    for (const OperatorRecord& op : model->operators) ++seen[op.code];
  }
  for (const auto table : {convolution_rules(), elementwise_rules(), window_rules(), reduction_rules(), shape_rules(), slice_rules(),
                           constant_rules(), quantization_rules()})
    for (const NamedRule& rule : table)
      EXPECT_TRUE(seen.contains(static_cast<std::int32_t>(rule.op))) << schema::EnumNameBuiltinOperator(rule.op);
}

}  // namespace
}  // namespace octet::tflite
