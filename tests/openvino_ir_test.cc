#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>
#include <set>

#include "base/files.h"
#include "every_operation_for_test.h"
#include "exporters/openvino_ir/export.h"
#include "formats/npz/npz.h"
#include "graph/evaluate.h"
#include "graph/op_schema.h"
#include "importers/openvino_ir/import.h"

// An IR of every operation, written, read again, and run by OpenVINO where that is installed.
namespace octet {
namespace {

namespace fs = std::filesystem;

class OpenvinoIrRoundTrip : public ::testing::Test {
 protected:
  OpenvinoIrRoundTrip() : folder_(fs::temp_directory_path() / ("octet-ir-across-" + std::to_string(::getpid()))) {}
  ~OpenvinoIrRoundTrip() override { fs::remove_all(folder_); }

  std::string content(const std::string& file) { return read_text(folder_ / file).value(); }

  fs::path folder_;
};

void expect_same_structure(const Graph& a, const Graph& b) {
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.model_info, b.model_info);
  EXPECT_EQ(dump(a), dump(b));
}

TEST_F(OpenvinoIrRoundTrip, TriesEveryOperation) {
  const Graph graph = EveryOperation().graph;
  std::set<std::string_view> tried;
  for (const Node& node : graph.nodes()) tried.insert(type_name(node.op));
  for (const Op& op : all_operations()) EXPECT_TRUE(tried.contains(type_name(op))) << type_name(op);
}

TEST_F(OpenvinoIrRoundTrip, EveryOperationReadsBackAsItWasWritten) {
  Graph graph = EveryOperation().graph;
  graph.tidy();
  ASSERT_TRUE(export_openvino_ir(graph, folder_ / "first.xml").ok());
  const auto read = import_openvino_ir(folder_ / "first.xml");
  ASSERT_TRUE(read.ok()) << read.error().message;
  expect_same_structure(graph, *read);
  ASSERT_TRUE(export_openvino_ir(*read, folder_ / "second.xml").ok());
  EXPECT_EQ(content("first.xml"), content("second.xml"));
  EXPECT_EQ(content("first.bin"), content("second.bin"));
}

TEST_F(OpenvinoIrRoundTrip, EveryOperationComputesTheSameWhenReadBack) {
  const Graph graph = EveryOperation().graph;
  ASSERT_TRUE(export_openvino_ir(graph, folder_ / "m.xml").ok());
  const auto read = import_openvino_ir(folder_ / "m.xml");
  ASSERT_TRUE(read.ok()) << read.error().message;
  const auto before = evaluate(graph, {{"x", random_input()}}), after = evaluate(*read, {{"x", random_input()}});
  ASSERT_TRUE(before.ok() && after.ok());
  ASSERT_EQ(before->size(), after->size());
  for (const auto& [name, tensor] : *before) {
    const Tensor& other = after->at(name);
    EXPECT_TRUE(std::equal(tensor.bytes().begin(), tensor.bytes().end(), other.bytes().begin(), other.bytes().end())) << name;
  }
}

TEST_F(OpenvinoIrRoundTrip, MayOverwriteTheFileItIsReadFrom) {
  Graph graph = EveryOperation().graph;
  graph.tidy();
  ASSERT_TRUE(export_openvino_ir(graph, folder_ / "m.xml").ok());
  const auto read = import_openvino_ir(folder_ / "m.xml");
  ASSERT_TRUE(read.ok());
  const std::string xml = content("m.xml"), bin = content("m.bin");
  ASSERT_TRUE(export_openvino_ir(*import_openvino_ir(folder_ / "m.xml"), folder_ / "m.xml").ok());
  EXPECT_EQ(content("m.xml"), xml);
  ASSERT_TRUE(export_openvino_ir(*read, folder_ / "again.xml").ok());  // its constants still lie in the replaced file
  EXPECT_EQ(content("again.bin"), bin);
}

TEST_F(OpenvinoIrRoundTrip, PoolsOfBytesReadBackAsTheyWere) {
  Graph graph;
  const Value image = graph.emit(Parameter{ElementType::kF32, {1, 2, 7, 6}}, {}, "image");
  const Value low = graph.emit_constant(Tensor::scalar(-1.28f)), high = graph.emit_constant(Tensor::scalar(1.27f));
  const Value bytes = graph.emit(FakeQuantize{256}, {image, low, high, low, high});
  graph.emit(Output{}, {graph.emit(AvgPool{{3, 3}, {2, 2}, {{1, 1}, {1, 1}}, false}, {bytes}, "pool")}, "out");
  graph.tidy();
  ASSERT_TRUE(export_openvino_ir(graph, folder_ / "m.xml").ok());
  EXPECT_EQ(content("m.xml").find("exclude-pad=\"false\""), std::string::npos);
  const auto read = import_openvino_ir(folder_ / "m.xml");
  ASSERT_TRUE(read.ok()) << read.error().message;
  expect_same_structure(graph, *read);
}

TEST_F(OpenvinoIrRoundTrip, OpenvinoComputesTheSame) {
  const fs::path python = OCTET_SOURCE_DIR "/.venv-peers/bin/python", script = OCTET_SOURCE_DIR "/tests/compare_with_openvino.py";
  if (!fs::exists(python)) GTEST_SKIP() << "OpenVINO is not installed: there is no " << python;
  const Graph graph = EveryOperation().graph;
  ASSERT_TRUE(export_openvino_ir(graph, folder_ / "m.xml").ok());
  const auto outputs = evaluate(graph, {{"x", random_input()}});
  ASSERT_TRUE(outputs.ok()) << outputs.error().message;
  ASSERT_TRUE(write_npz(folder_ / "out.npz", *outputs).ok());
  ASSERT_TRUE(write_npz(folder_ / "in.npz", {{"x", random_input()}}).ok());
  const std::string command = fmt::format("'{}' '{}' '{}' '{}' '{}'", python.string(), script.string(), (folder_ / "m.xml").string(),
                                          (folder_ / "in.npz").string(), (folder_ / "out.npz").string());
  EXPECT_EQ(std::system(command.c_str()), 0);
}

}  // namespace
}  // namespace octet
