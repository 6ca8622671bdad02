#include "exporters/openvino_ir/export.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

#include "exporters/openvino_ir/constant_pool.h"
#include "formats/openvino_ir/attributes.h"
#include "formats/openvino_ir/ir.h"

namespace octet {
namespace {

namespace fs = std::filesystem;
using openvino_ir::Layer;
using openvino_ir::Network;

class ExportOpenvinoIr : public ::testing::Test {
 protected:
  ExportOpenvinoIr() : folder_(fs::temp_directory_path() / ("octet-export-" + std::to_string(::getpid()))) {}
  ~ExportOpenvinoIr() override { fs::remove_all(folder_); }

  Network written(const Graph& graph) {
    const auto status = export_openvino_ir(graph, folder_ / "m.xml");
    EXPECT_TRUE(status.ok()) << status.error().message;
    auto network = openvino_ir::read_network(read_text(folder_ / "m.xml").value());
    EXPECT_TRUE(openvino_ir::validate(*network, fs::file_size(folder_ / "m.bin")).ok());
    return std::move(network).value();
  }

  fs::path folder_;
};

const Layer& layer_named(const Network& network, std::string_view name) {
  return *std::find_if(network.layers.begin(), network.layers.end(), [&](const Layer& layer) { return layer.name == name; });
}

Tensor floats(const std::vector<float>& values) { return Tensor::of<float>({static_cast<std::int64_t>(values.size())}, values); }

TEST_F(ExportOpenvinoIr, NamesTensorsOfInputsAndOutputs) {
  Graph graph;
  const Value x = graph.emit(Parameter{ElementType::kF32, {1, 3, 2, 2}}, {}, "image");
  graph.emit(Output{}, {graph.emit(Unary{}, {x}, "layer")}, "boxes");
  const Network network = written(graph);
  EXPECT_EQ(network.version, 11);
  EXPECT_EQ(layer_named(network, "image").outputs[0].names, std::vector<std::string>{"image"});
  EXPECT_EQ(layer_named(network, "image").attributes[2], (openvino_ir::Attribute{"layout", "[N,C,H,W]"}));
  EXPECT_EQ(layer_named(network, "layer").outputs[0].names, std::vector<std::string>{"boxes"});
  EXPECT_EQ(layer_named(network, "boxes").output_names, std::vector<std::string>{"boxes"});
}

TEST_F(ExportOpenvinoIr, KeepsFurtherNamesOfInputsAndOutputs) {
  Graph graph;
  const Value x = graph.emit(Parameter{ElementType::kF32, {2}, {"image:0"}}, {}, "image");
  graph.emit(Output{{"heads:0", "Heads"}}, {graph.emit(Unary{}, {x}, "layer")}, "heads");
  const Network network = written(graph);
  const std::vector<std::string> heads{"heads", "heads:0", "Heads"};
  EXPECT_EQ(layer_named(network, "image").outputs[0].names, (std::vector<std::string>{"image", "image:0"}));
  EXPECT_EQ(layer_named(network, "layer").outputs[0].names, heads);
  EXPECT_EQ(layer_named(network, "heads").output_names, heads);
}

TEST_F(ExportOpenvinoIr, StoresEqualConstantsOnceAndAligned) {
  Graph graph;
  Value x = graph.emit(Parameter{ElementType::kF32, {3}}, {}, "x");
  for (const auto& values : {std::vector<float>{1, 2, 3}, std::vector<float>{4, 5, 6}, std::vector<float>{1, 2, 3}})
    x = graph.emit(Binary{}, {x, graph.emit_constant(floats(values), "c")});
  graph.emit(Output{}, {x}, "y");
  const Network network = written(graph);
  const auto offset = [&](std::string_view name) { return openvino_ir::AttributeReader(layer_named(network, name)).integer("offset"); };
  EXPECT_EQ(offset("c"), 0);
  EXPECT_EQ(offset("c_1"), 64);
  EXPECT_EQ(offset("c_2"), 0);
  EXPECT_EQ(fs::file_size(folder_ / "m.bin"), 76u);
}

TEST_F(ExportOpenvinoIr, WritesModelInfo) {
  Graph graph;
  graph.emit(Output{}, {graph.emit(Parameter{ElementType::kF32, {3}}, {}, "x")}, "y");
  graph.model_info = {{"model_type", "ssd"}, {"with blank", "a \"b\" <c>"}};
  const Network network = written(graph);
  ASSERT_EQ(network.rt_info.size(), 1u);
  EXPECT_EQ(network.rt_info[0], (openvino_ir::Info{"model_info", "", {{"model_type", "ssd", {}}, {"with blank", "a \"b\" <c>", {}}}}));
}

TEST_F(ExportOpenvinoIr, WritesBothFilesOrNone) {
  Graph graph;
  graph.emit(Output{}, {graph.emit(Parameter{ElementType::kF32, {3}}, {}, "x")}, "y");
  ASSERT_TRUE(write_file(folder_ / "file", std::string_view("x")).ok());
  const auto status = export_openvino_ir(graph, folder_ / "file" / "m.xml");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kIo);
  fs::create_directories(folder_ / "m.bin");  // no place for the constants
  EXPECT_FALSE(export_openvino_ir(graph, folder_ / "m.xml").ok());
  EXPECT_FALSE(fs::exists(folder_ / "m.xml"));
  EXPECT_EQ(export_openvino_ir(graph, folder_ / "m.onnx").error().code, ErrorCode::kInvalidArgument);
}

TEST(ConstantPool, TellsContentsOfEqualHashLengthApart) {
  openvino_ir::ConstantPool pool;
  const std::vector<std::byte> a(100, std::byte{1}), b(100, std::byte{2}), shorter(99, std::byte{1}), again = a;
  EXPECT_EQ(pool.place(a), 0u);
  EXPECT_EQ(pool.place(b), 128u);
  EXPECT_EQ(pool.place(shorter), 256u);
  EXPECT_EQ(pool.place(again), 0u);
  std::vector<std::byte> file;
  ASSERT_TRUE(
      pool.write([&](std::span<const std::byte> part) { return file.insert(file.end(), part.begin(), part.end()), Status(); }).ok());
  EXPECT_EQ(file.size(), 355u);
  EXPECT_EQ(file[99], std::byte{1});
  EXPECT_EQ(file[100], std::byte{0});
  EXPECT_EQ(file[128], std::byte{2});
}

}  // namespace
}  // namespace octet
