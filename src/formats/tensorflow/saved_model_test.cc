// The SavedModel of tests/testdata/tiny_keras_yolo, which TensorFlow wrote, and changes of it.
#include "formats/tensorflow/saved_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/files.h"
#include "formats/tensorflow/saved_model.pb.h"

namespace octet::tensorflow {
namespace {

const std::string kFile = OCTET_SOURCE_DIR "/tests/testdata/tiny_keras_yolo/saved_model/saved_model.pb";

proto::SavedModel recorded() {
  proto::SavedModel model;
  const auto bytes = read_text(kFile);
  EXPECT_TRUE(bytes.ok() && model.ParseFromString(*bytes));
  return model;
}

Result<GraphDef> parse(const std::string& bytes) {
  return parse_saved_model(std::as_bytes(std::span(bytes)), [](const std::string& key) -> Result<Tensor> {
    if (!key.starts_with("weights/")) return Error{ErrorCode::kMalformed, "no such key"};
    return Tensor::scalar(1.f);
  });
}

std::string error_of(const proto::SavedModel& model) {
  const auto graph = parse(model.SerializeAsString());
  return graph.ok() ? "(parsed)" : graph.error().message;
}

TEST(SavedModel, IsWhatItsFrozenGraphWouldBe) {
  const auto graph = parse(recorded().SerializeAsString());
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  EXPECT_TRUE(graph->is_whole);
  const auto count = [&](std::string_view op) { return std::ranges::count(graph->nodes, op, &NodeRecord::op); };
  EXPECT_EQ(count("Conv2D"), 8);
  EXPECT_EQ(count("FusedBatchNormV3"), 6);
  for (const char* op : {"VarHandleOp", "ReadVariableOp", "StatefulPartitionedCall", "RestoreV2", "SaveV2", "AssignVariableOp"})
    EXPECT_EQ(count(op), 0) << op;
}

TEST(SavedModel, TakesTheOnlySignatureWhateverItsName) {
  proto::SavedModel model = recorded();
  for (auto& signature : *model.mutable_meta_graphs(0)->mutable_signature_def())
    if (signature.key() == "serving_default") signature.set_key("detect");
  EXPECT_EQ(error_of(model), "(parsed)");
  *model.mutable_meta_graphs(0)->add_signature_def() = model.meta_graphs(0).signature_def(0);
  model.mutable_meta_graphs(0)->mutable_signature_def()->Clear();
  EXPECT_EQ(error_of(model), "has no signature 'serving_default' with outputs; export the model for serving");
}

TEST(SavedModel, RefusesOutputsAndVariablesThatAreNotThere) {
  proto::SavedModel model = recorded();
  for (auto& signature : *model.mutable_meta_graphs(0)->mutable_signature_def())
    for (auto& output : *signature.mutable_value()->mutable_outputs()) output.mutable_value()->set_name("none:0");
  EXPECT_EQ(error_of(model), "its signature gives 'none:0', which is not in the graph");
  model = recorded();
  for (auto& function : *model.mutable_meta_graphs(0)->mutable_graph_def()->mutable_library()->mutable_function())
    for (auto& node : *function.mutable_node_def())
      if (node.op() == "AssignVariableOp") node.set_op("NoOp");
  EXPECT_NE(error_of(model).find("the model restores no value of the variable"), std::string::npos) << error_of(model);
}

TEST(SavedModel, SaysWhatElseIsWrong) {
  EXPECT_EQ(parse("").error().code, ErrorCode::kMalformed);
  EXPECT_EQ(parse("\x08\x01").error().message, "is no TensorFlow SavedModel, or cut short; fetch or export it again");
  proto::SavedModel model = recorded();
  *model.add_meta_graphs() = model.meta_graphs(0);
  for (auto& graph : *model.mutable_meta_graphs()) graph.mutable_meta_info_def()->clear_tags();
  EXPECT_EQ(error_of(model), "has no graph with the tag 'serve'; export the model for serving");
}

TEST(SavedModel, RefusesAFileCutAnywhere) {
  const std::string bytes = recorded().SerializeAsString();
  for (std::size_t size = 0; size + 1 < bytes.size(); size += 997) EXPECT_FALSE(parse(bytes.substr(0, size)).ok()) << size;
}

}  // namespace
}  // namespace octet::tensorflow
