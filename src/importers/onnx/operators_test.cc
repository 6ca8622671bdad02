#include <gtest/gtest.h>

#include <map>

#include "formats/npz/npz.h"
#include "graph/difference_for_test.h"
#include "graph/evaluate.h"
#include "importers/onnx/import.h"
#include "passes/standard.h"

// Every operator against what ONNX Runtime computes: testdata/operator_cases.npz, written by make_operator_cases.py beside it.
namespace octet::onnx {
namespace {

struct Case {
  Tensor model, picture;
  std::vector<Tensor> outputs;
};

std::map<std::string, Case> read_cases() {
  std::map<std::string, Case> cases;
  const auto arrays = read_npz(OCTET_SOURCE_DIR "/src/importers/onnx/testdata/operator_cases.npz").value();
  for (const auto& [name, array] : arrays) {
    const std::size_t slash = name.rfind('/');
    Case& own = cases[name.substr(0, slash)];
    const std::string part = name.substr(slash + 1);
    if (part == "model") own.model = array;
    if (part == "x") own.picture = array;
    if (part == "model" || part == "x") continue;
    const auto number = static_cast<std::size_t>(std::stoi(part));
    own.outputs.resize(std::max(own.outputs.size(), number + 1));
    own.outputs[number] = array;
  }
  return cases;
}

std::vector<Tensor> outputs_of(const Graph& graph, const Tensor& picture) {
  const auto results = evaluate(graph, {{"x", picture}});
  EXPECT_TRUE(results.ok()) << results.error().message;
  std::vector<Tensor> outputs;
  for (const NodeId id : graph.outputs()) outputs.push_back(results->at(graph.node(id).name));
  return outputs;
}

void expect_outputs(const Graph& graph, const Case& wanted) {
  const auto outputs = outputs_of(graph, wanted.picture);
  ASSERT_EQ(outputs.size(), wanted.outputs.size());
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    ASSERT_EQ(outputs[i].shape(), wanted.outputs[i].shape());
    EXPECT_LT(relative_difference(outputs[i], wanted.outputs[i]), 2e-5) << "output " << i << "\n" << dump(graph);
  }
}

void expect_same_as_recorded(const Case& wanted) {
  auto model = parse_model(wanted.model.bytes());
  ASSERT_TRUE(model.ok()) << model.error().message;
  auto imported = import_graph(std::move(*model), {}, {});
  ASSERT_TRUE(imported.ok()) << imported.error().message;
  expect_outputs(imported->graph, wanted);
  passes::run_import_passes(imported->graph);
  expect_outputs(imported->graph, wanted);
}

TEST(OnnxOperators, ComputeWhatOnnxRuntimeDoes) {
  const auto cases = read_cases();
  EXPECT_GT(cases.size(), 200u);
  for (const auto& [name, wanted] : cases) {
    SCOPED_TRACE(name);
    expect_same_as_recorded(wanted);
  }
}

}  // namespace
}  // namespace octet::onnx
