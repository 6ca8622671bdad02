#include "importers/openvino_ir/import.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <regex>

#include "base/files.h"
#include "graph/byte_grids.h"
#include "graph/evaluate.h"
#include "graph/op_schema.h"
#include "importers/openvino_ir/half_limits.h"
#include "importers/openvino_ir/halves.h"
#include "importers/openvino_ir/off_grid.h"
#include "importers/openvino_ir/rules.h"

namespace octet {
namespace {

namespace fs = std::filesystem;

// One layer in the middle, its inputs and outputs as ports "FP32:1,2,3" with blanks between them.
struct LayerText {
  std::string type, opset, data, inputs, outputs;
};

std::string ports(const std::string& list, int first) {
  std::string text;
  for (std::size_t at = 0; at < list.size();) {
    const std::size_t end = std::min(list.find(' ', at), list.size());
    const std::string port = list.substr(at, end - at);
    text += fmt::format("<port id='{}' precision='{}'>", first++, port.substr(0, port.find(':')));
    std::string dims = port.substr(port.find(':') + 1);
    while (!dims.empty()) {
      text += "<dim>" + dims.substr(0, dims.find(',')) + "</dim>";
      dims = dims.find(',') == std::string::npos ? "" : dims.substr(dims.find(',') + 1);
    }
    text += "</port>";
    at = end + 1;
  }
  return text;
}

std::string parameter(int id, const std::string& name, const std::string& shape) {
  return fmt::format(
      "<layer id='{}' name='{}' type='Parameter' version='opset1'><data shape='{}' element_type='f32'/><output>{}</output></layer>", id,
      name, shape, ports("FP32:" + shape, 0));
}

std::string constant(int id, const std::string& type, const std::string& precision, const std::string& shape, std::size_t offset,
                     std::size_t size) {
  return fmt::format(
      "<layer id='{}' name='c{}' type='Const' version='opset1'><data element_type='{}' shape='{}' offset='{}' "
      "size='{}'/><output>{}</output></layer>",
      id, id, type, shape, offset, size, ports(precision + ":" + shape, 0));
}

std::string edge(int from, int from_port, int to, int to_port) {
  return fmt::format("<edge from-layer='{}' from-port='{}' to-layer='{}' to-port='{}'/>", from, from_port, to, to_port);
}

std::string net(const std::string& layers, const std::string& edges) {
  return "<net name='test' version='11'><layers>" + layers + "</layers><edges>" + edges + "</edges></net>";
}

// x -> layer -> Result; constants are the layer's further inputs, with ids from 10 on.
std::string net_around(const LayerText& layer, const std::string& x_shape, const std::vector<std::string>& constants = {}) {
  const int inputs = static_cast<int>(std::count(layer.inputs.begin(), layer.inputs.end(), ' ')) + 1;
  std::string layers = parameter(0, "x", x_shape), edges = edge(0, 0, 1, 0);
  for (std::size_t i = 0; i < constants.size(); ++i) {
    layers += constants[i];
    edges += edge(10 + static_cast<int>(i), 0, 1, 1 + static_cast<int>(i));
  }
  layers += fmt::format("<layer id='1' name='middle' type='{}' version='{}'><data {}/><input>{}</input><output>{}</output></layer>",
                        layer.type, layer.opset, layer.data, ports(layer.inputs, 0), ports(layer.outputs, inputs));
  layers += "<layer id='2' name='result' type='Result' version='opset1'><input>" + ports("FP32:", 0) + "</input></layer>";
  return net(layers, edges + edge(1, inputs, 2, 0));
}

// Values one behind the other, each at its own offset as given.
struct Bin {
  std::vector<std::byte> bytes;
  template <typename T>
  std::size_t put(const std::vector<T>& values) {
    const std::size_t at = bytes.size();
    bytes.resize(at + values.size() * sizeof(T));
    std::memcpy(bytes.data() + at, values.data(), values.size() * sizeof(T));
    return at;
  }
};

Result<Graph> import(const std::string& xml, const Bin& bin = {}) {
  const auto owner = std::make_shared<const std::vector<std::byte>>(bin.bytes);
  return import_openvino_ir(xml, *owner, owner);
}

std::string error_of(const std::string& xml, const Bin& bin = {}) {
  const auto graph = import(xml, bin);
  return graph.ok() ? "no error" : graph.error().message;
}

template <typename Operation>
Operation operation(const Result<Graph>& graph) {
  for (const Node& node : graph.value().nodes())
    if (const auto* op = std::get_if<Operation>(&node.op)) return *op;
  ADD_FAILURE() << "no such operation";
  return {};
}

const LayerText kRelu{"ReLU", "opset1", "", "FP32:1,2", "FP32:1,2"};

TEST(ImportOpenvinoIr, BooleansMayBeNumbers) {
  for (const char* flag : {"1", "true", "True"}) {
    const auto graph =
        import(net_around({"AvgPool", "opset1", fmt::format("exclude-pad='{}' kernel='2,2' strides='2,2' auto_pad='valid'", flag),
                           "FP32:1,1,4,4", "FP32:1,1,2,2"},
                          "1,1,4,4"));
    ASSERT_TRUE(graph.ok()) << graph.error().message;
    EXPECT_TRUE(operation<AvgPool>(graph).exclude_pad);
  }
}

TEST(ImportOpenvinoIr, NamesAreThoseOfTensorsElseOfLayers) {
  std::string xml = net_around(kRelu, "1,2");
  auto graph = import(xml);
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  EXPECT_EQ(graph->node(graph->parameters()[0]).name, "x");
  EXPECT_EQ(graph->node(graph->outputs()[0]).name, "middle");
  EXPECT_EQ(graph->nodes()[1].name, "middle_1");  // the layer yields its name to the output

  xml.replace(xml.find("<port id='0'"), 12, "<port id='0' names='in:0,in'");
  xml.replace(xml.find("<port id='1'"), 12, "<port id='1' names='z,a\\,b'");
  graph = import(xml);
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  EXPECT_EQ(graph->node(graph->parameters()[0]).name, "in");
  EXPECT_EQ(operation<Parameter>(graph).further_names, std::vector<std::string>{"in:0"});
  EXPECT_EQ(graph->node(graph->outputs()[0]).name, "a,b");
  EXPECT_EQ(operation<Output>(graph).further_names, std::vector<std::string>{"z"});

  xml.replace(xml.find("type='Result'"), 13, "type='Result' output_names='own'");
  EXPECT_EQ(import(xml)->node(import(xml)->outputs()[0]).name, "own");
}

TEST(ImportOpenvinoIr, LayersMayStandInAnyOrder) {
  const std::string first = parameter(5, "x", "1,2");
  const std::string last = "<layer id='1' name='r' type='Result' version='opset1'><input><port id='0'/></input></layer>";
  const auto graph = import(net(last + first, edge(5, 0, 1, 0)));
  ASSERT_TRUE(graph.ok()) << graph.error().message;
}

TEST(ImportOpenvinoIr, CopiesAMisalignedConstant) {
  Bin bin;
  bin.put<std::int8_t>({7});
  const std::size_t offset = bin.put<float>({1.5f, -2.0f});
  const auto graph = import(net_around({"Add", "opset1", "auto_broadcast='numpy'", "FP32:1,2 FP32:1,2", "FP32:1,2"}, "1,2",
                                       {constant(10, "f32", "FP32", "1,2", offset, 8)}),
                            bin);
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  const auto value = to_vector<float>(operation<Constant>(graph).value);
  EXPECT_EQ(value, (std::vector<float>{1.5f, -2.0f}));
}

TEST(ImportOpenvinoIr, ConstantsOutliveTheFileOnDisk) {
  const fs::path folder = fs::temp_directory_path() / ("octet-ir-" + std::to_string(::getpid()));
  Bin bin;
  bin.put<float>({1.5f, -2.0f});
  const std::string xml =
      net_around({"Add", "opset1", "", "FP32:1,2 FP32:1,2", "FP32:1,2"}, "1,2", {constant(10, "f32", "FP32", "1,2", 0, 8)});
  ASSERT_TRUE(write_file(folder / "m.xml", xml).ok() && write_file(folder / "m.bin", bin.bytes).ok());
  const auto graph = import_openvino_ir(folder / "m.xml");
  fs::remove_all(folder);
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  EXPECT_EQ(to_vector<float>(operation<Constant>(graph).value), (std::vector<float>{1.5f, -2.0f}));
}

TEST(ImportOpenvinoIr, SaysWhichFileIsMissing) {
  const fs::path folder = fs::temp_directory_path() / ("octet-ir-missing-" + std::to_string(::getpid()));
  auto graph = import_openvino_ir(folder / "m.xml");
  ASSERT_FALSE(graph.ok());
  EXPECT_EQ(graph.error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(write_file(folder / "m.xml", net_around({"Add", "opset1", "", "FP32:1,2 FP32:1,2", "FP32:1,2"}, "1,2",
                                                      {constant(10, "f32", "FP32", "1,2", 0, 8)}))
                  .ok());
  graph = import_openvino_ir(folder / "m.xml");
  ASSERT_TRUE(write_file(folder / "m.bin", std::string_view("1234567")).ok());
  const auto cut = import_openvino_ir(folder / "m.xml");
  fs::remove_all(folder);
  ASSERT_FALSE(graph.ok());
  EXPECT_EQ(graph.error().code, ErrorCode::kNotFound);
  EXPECT_NE(graph.error().message.find("m.bin"), std::string::npos);
  ASSERT_FALSE(cut.ok());
  EXPECT_NE(cut.error().message.find("m.xml: layer 'c10' (Const): its 8 bytes at 0 do not lie inside the .bin file of 7 bytes"),
            std::string::npos);
}

TEST(ImportOpenvinoIr, RefusesAnUnknownOperationByName) {
  EXPECT_EQ(error_of(net_around({"NonMaxSuppression", "opset9", "", "FP32:1,2", "FP32:1,2"}, "1,2")),
            "layer 'middle' (NonMaxSuppression): this operation is not supported");
}

TEST(ImportOpenvinoIr, RefusesNamesThatAreNearlyKnown) {
  EXPECT_EQ(error_of(net_around({"HSigmoidd", "opset5", "", "FP32:1,2", "FP32:1,2"}, "1,2")),
            "layer 'middle' (HSigmoidd): this operation is not supported");
  EXPECT_EQ(error_of(net_around({"ReLU", "opset99", "", "FP32:1,2", "FP32:1,2"}, "1,2")),
            "layer 'middle' (ReLU): version=\"opset99\" of an operation is not supported (opset1 to opset16)");
  EXPECT_EQ(error_of(net_around({"ReLU", "opset1", "", "FP32:1,2", "BF16:1,2"}, "1,2")),
            "layer 'middle' (ReLU): output 0 is of the element type 'BF16', which is not supported");
}

TEST(ImportOpenvinoIr, ReadsEveryKindByItsName) {
  for (const Op& op : all_operations()) {
    const auto* unary = std::get_if<Unary>(&op);
    if (!unary || unary->kind == UnaryKind::kLogicalNot) continue;  // the input is no boolean
    const std::string data = unary->kind == UnaryKind::kGeluTanh ? "approximation_mode='TANH'" : "";
    const auto graph = import(net_around({std::string(type_name(op)), "opset7", data, "FP32:1,2", "FP32:1,2"}, "1,2"));
    ASSERT_TRUE(graph.ok()) << graph.error().message;
    EXPECT_EQ(operation<Unary>(graph).kind, unary->kind);
  }
}

TEST(ImportOpenvinoIr, HasARuleForEveryOperation) {
  for (const Op& op : all_operations()) {
    const bool is_read_by_the_network =
        std::holds_alternative<Parameter>(op) || std::holds_alternative<Constant>(op) || std::holds_alternative<Output>(op);
    EXPECT_TRUE(is_read_by_the_network || openvino_ir::find_rule(type_name(op))) << type_name(op);
  }
}

TEST(ImportOpenvinoIr, RefusesAnotherNumberOfInputs) {
  EXPECT_EQ(error_of(net_around({"Add", "opset1", "", "FP32:1,2", "FP32:1,2"}, "1,2")), "layer 'middle' (Add): has 1 inputs, expected 2");
  EXPECT_EQ(error_of(net_around({"DetectionOutput", "opset8", "", "FP32:1,2", "FP32:1,2"}, "1,2")),
            "layer 'middle' (DetectionOutput): has 1 inputs, expected at least 3");
}

// The shape is all that the file says; it does not hold the two thousand million parts.
TEST(ImportOpenvinoIr, RefusesMoreOutputsThanTheFileLists) {
  Bin bin;
  bin.put<std::int64_t>({1});
  const auto split = [&](const std::string& count, const std::string& shape) {
    return error_of(net_around({"Split", "opset1", "num_splits='" + count + "'", "FP32:" + shape + " I64:", "FP32:1,1"}, shape,
                               {constant(10, "i64", "I64", "", 0, 8)}),
                    bin);
  };
  EXPECT_EQ(split("2147483647", "1,2147483647"), "layer 'middle' (Split): is split into 2147483647 parts but has 1 outputs");
  EXPECT_EQ(split("2147483648", "1,2147483648"), "layer 'x' (Parameter): node 'x': Parameter: shape [1,2147483648] is too large");
  EXPECT_EQ(split("1", "1,1"), "no error");
}

// Many layers may share one list, so that the file is small and the shapes are not.
TEST(ImportOpenvinoIr, RefusesShapesOfManyAxes) {
  Bin bin;
  bin.put<std::int64_t>(std::vector<std::int64_t>(1000, 1));
  EXPECT_EQ(error_of(net_around({"Reshape", "opset1", "special_zero='false'", "FP32:1 I64:1000", "FP32:"}, "1",
                                {constant(10, "i64", "I64", "1000", 0, 8000)}),
                     bin),
            "layer 'middle' (Reshape): a shape of 1000 axes; at most 16 are supported");
}

TEST(ImportOpenvinoIr, RefusesPadsThatAreNoPads) {
  const auto pool = [](const std::string& pads, const std::string& rounding) {
    return error_of(net_around(
        {"MaxPool", "opset1", "kernel='2,2' strides='2,2' pads_begin='" + pads + "' pads_end='0,0' rounding_type='" + rounding + "'",
         "FP32:1,1,4,4", "FP32:1,1,2,2"},
        "1,1,4,4"));
  };
  EXPECT_EQ(pool("0,0", "ceil_torch"), "no error");
  EXPECT_NE(pool("9223372036854775807,0", "ceil_torch").find("pads not negative, and none huge"), std::string::npos);
  EXPECT_NE(pool("-1,0", "floor").find("pads not negative, and none huge"), std::string::npos);
  EXPECT_NE(pool("0,0", "ceiling").find("rounding_type=\"ceiling\" is not supported"), std::string::npos);
}

TEST(ImportOpenvinoIr, RefusesWeightsThatAreNoNumbers) {
  const auto with = [](float weight) {
    Bin bin;
    bin.put<float>({1, weight});
    return error_of(net_around({"Convolution", "opset1", "strides='1,1' dilations='1,1' pads_begin='0,0' pads_end='0,0'",
                                "FP32:1,1,2,2 FP32:2,1,1,1", "FP32:1,2,2,2"},
                               "1,1,2,2", {constant(10, "f32", "FP32", "2,1,1,1", 0, 8)}),
                    bin);
  };
  EXPECT_EQ(with(2), "no error");
  EXPECT_NE(with(std::numeric_limits<float>::quiet_NaN()).find("node 'c10': its values are not all numbers"), std::string::npos);
  EXPECT_NE(with(std::numeric_limits<float>::infinity()).find("node 'c10': weights that are infinite"), std::string::npos);
}

TEST(ImportOpenvinoIr, ClosesThePictureThatLeavesSizesOpen) {
  const auto shape_of = [](const std::string& shape, ImageSize open) {
    const std::string any = "FP32:-1,-1,-1,-1";
    const std::string xml = net(fmt::format("<layer id='0' name='x' type='Parameter' version='opset1'><data shape='{}' element_type='f32'/>"
                                            "<output>{}</output></layer><layer id='1' name='y' type='Result' version='opset1'>"
                                            "<input>{}</input></layer>",
                                            shape, ports(any, 0), ports(any, 0)),
                                edge(0, 0, 1, 0));
    const auto graph = import_openvino_ir(xml, {}, nullptr, open);
    return graph.ok() ? graph->shape({graph->parameters()[0], 0}) : Shape{};
  };
  EXPECT_EQ(shape_of("?,3,32,64", {}), (Shape{1, 3, 32, 64}));
  EXPECT_EQ(shape_of("1..8,3,32,64", {}), (Shape{1, 3, 32, 64}));
  EXPECT_EQ(shape_of("?,3,?,?", {64, 32}), (Shape{1, 3, 32, 64}));
  EXPECT_EQ(shape_of("-1,-1,-1,3", {64, 32}), (Shape{1, 32, 64, 3}));
  EXPECT_EQ(shape_of("?,3,?,?", {}), Shape{}) << "no size is known";
  EXPECT_EQ(shape_of("?,?,32,64", {}), Shape{}) << "no picture of three channels";
}

TEST(ImportOpenvinoIr, RefusesDynamicShapesWithAWayOut) {
  for (const char* shape : {"?,3", "-1,3", "1..8,3", "..."}) {
    const std::string message = error_of(net(fmt::format("<layer id='0' name='x' type='Parameter' version='opset1'><data shape='{}' "
                                                         "element_type='f32'/><output><port id='0'/></output></layer>",
                                                         shape),
                                             ""));
    EXPECT_TRUE(message.starts_with(fmt::format("layer 'x' (Parameter): shape [{}] is dynamic; declare", shape))) << message;
  }
}

TEST(ImportOpenvinoIr, RefusesStatedShapesThatDoNotFollow) {
  EXPECT_EQ(error_of(net_around({"ReLU", "opset1", "", "FP32:1,2", "FP32:1,3"}, "1,2")),
            "layer 'middle' (ReLU): output 0 is [1,3] in the file, but follows as [1,2]");
  EXPECT_EQ(error_of(net_around({"ReLU", "opset1", "", "FP32:1,2", "FP16:1,2"}, "1,2")),
            "layer 'middle' (ReLU): output 0 is f16 in the file, but follows as f32");
  EXPECT_EQ(error_of(net_around({"ReLU", "opset1", "", "FP32:1,2", "FP32:1,-1"}, "1,2")), "no error");
}

TEST(ImportOpenvinoIr, RefusesAnInputWithoutAnEdge) {
  EXPECT_EQ(error_of(net_around({"Add", "opset1", "", "FP32:1,2 FP32:1,2", "FP32:1,2"}, "1,2")),
            "layer 'middle' (Add): no edge leads to input 1");
}

TEST(ImportOpenvinoIr, RefusesANetworkWithoutResult) {
  EXPECT_EQ(error_of(net(parameter(0, "x", "1,2"), "")), "the network has no Result layer");
}

TEST(ImportOpenvinoIr, RefusesConvolutionsOtherThanOfPictures) {
  Bin bin;
  bin.put<float>(std::vector<float>(4, 1.0f));
  EXPECT_NE(error_of(net_around({"Convolution", "opset1", "strides='1' dilations='1' pads_begin='0' pads_end='0'", "FP32:1,2,8 FP32:1,2,2",
                                 "FP32:1,1,7"},
                                "1,2,8", {constant(10, "f32", "FP32", "1,2,2", 0, 16)}),
                     bin)
                .find("only convolution over height and width"),
            std::string::npos);
}

TEST(ImportOpenvinoIr, RefusesFormsOfDetectionOutputThatItLacks) {
  const std::string good = "nms_threshold='0.5' keep_top_k='5' code_type='caffe.PriorBoxParameter.CENTER_SIZE' normalized='1' ";
  const auto with = [&](const std::string& data) {
    Bin bin;
    bin.put<float>(std::vector<float>(32, 0.5f));
    return error_of(net_around({"DetectionOutput", "opset8", data, "FP32:1,8 FP32:1,4 FP32:1,2,8", "FP32:1,1,5,7"}, "1,8",
                               {constant(10, "f32", "FP32", "1,4", 0, 16), constant(11, "f32", "FP32", "1,2,8", 0, 64)}),
                    bin);
  };
  EXPECT_EQ(with(good), "no error");
  EXPECT_NE(with(good + "share_location='false'").find("share_location"), std::string::npos);
  EXPECT_NE(with(good + "decrease_label_id='true'").find("decrease_label_id"), std::string::npos);
  EXPECT_NE(with("nms_threshold='0.5' keep_top_k='5' code_type='caffe.PriorBoxParameter.CORNER' normalized='1'").find("code_type"),
            std::string::npos);
  EXPECT_NE(with("nms_threshold='0.5' keep_top_k='5' code_type='OFF_CENTER_SIZE' normalized='1'").find("code_type"), std::string::npos);
  EXPECT_NE(with("nms_threshold='0.5' keep_top_k='5' code_type='caffe.PriorBoxParameter.CENTER_SIZE'").find("normalized"),
            std::string::npos);
}

// Each with constants of the .bin file from its beginning: i64 1, -1, 2 and f32 2, 0.
std::string import_with_numbers(const LayerText& layer, const std::string& x_shape, const std::vector<std::string>& constants) {
  Bin bin;
  bin.put<std::int64_t>({1, -1, 2});
  bin.put<float>({2, 0});
  const auto graph = import(net_around(layer, x_shape, constants), bin);
  return graph.ok() ? dump(*graph) : graph.error().message;
}

TEST(ImportOpenvinoIr, LeavesIntegersAsTheyAreWhereTheyAreRounded) {
  for (const std::string type : {"Floor", "Ceiling"}) {
    const std::string in = "<input>" + ports("I64:1,2", 0) + "</input>", out = "<output>" + ports("I64:1,2", 1) + "</output>";
    const std::string xml =
        net(parameter(0, "x", "1,2") + "<layer id='1' name='i' type='Convert' version='opset1'><data destination_type='i64'/><input>" +
                ports("FP32:1,2", 0) + "</input>" + out + "</layer><layer id='2' name='f' type='" + type + "' version='opset1'>" + in +
                out + "</layer><layer id='3' name='y' type='Result' version='opset1'>" + in + "</layer>",
            edge(0, 0, 1, 0) + edge(1, 1, 2, 0) + edge(2, 1, 3, 0));
    const auto graph = import(xml);
    ASSERT_TRUE(graph.ok()) << graph.error().message;
    EXPECT_TRUE(std::holds_alternative<Convert>(graph->node(graph->node(graph->outputs()[0]).inputs[0]).op)) << type;
  }
}

TEST(ImportOpenvinoIr, CutsWhereAPadIsNegative) {
  const std::string dumped = import_with_numbers({"Pad", "opset12", "pad_mode='constant'", "FP32:4,3 I64:2 I64:2", "FP32:4,4"}, "4,3",
                                                 {constant(10, "i64", "I64", "2", 8, 16), constant(11, "i64", "I64", "2", 0, 16)});
  EXPECT_NE(dumped.find("StridedSlice"), std::string::npos) << dumped;
  EXPECT_NE(dumped.find("Pad"), std::string::npos) << dumped;
}

TEST(ImportOpenvinoIr, TakesTheFormsOfOlderOpsets) {
  const std::string axis = constant(10, "i64", "I64", "1", 0, 8), scalar = constant(10, "i64", "I64", "", 0, 8);
  const auto expect_operation = [](const std::string& dumped, const std::string& name) {
    EXPECT_NE(dumped.find(name), std::string::npos) << dumped;
  };
  expect_operation(
      import_with_numbers({"MVN", "opset2", "across_channels='false' normalize_variance='true' eps='0.1'", "FP32:1,2,3,3", "FP32:1,2,3,3"},
                          "1,2,3,3", {}),
      "MVN");
  expect_operation(import_with_numbers({"Gelu", "opset2", "", "FP32:1,2", "FP32:1,2"}, "1,2", {}), "Gelu");
  expect_operation(
      import_with_numbers({"TopK", "opset1", "axis='1' mode='max' sort='value'", "FP32:1,2 I64:", "FP32:1,1"}, "1,2", {scalar}), "TopK");
  expect_operation(import_with_numbers({"ReduceL2", "opset4", "keep_dims='1'", "FP32:1,2 I64:1", "FP32:1,1"}, "1,2", {axis}), "ReduceL2");
  expect_operation(import_with_numbers({"Broadcast", "opset1", "mode='explicit'", "FP32:1 I64:2 I64:1", "FP32:1,1"}, "1",
                                       {constant(10, "i64", "I64", "1", 0, 8), constant(11, "i64", "I64", "1", 0, 8)}),
                   "axes_mapping [1]");
  expect_operation(import_with_numbers({"GatherND", "opset5", "batch_dims='2'", "FP32:1,2 I64:1", "FP32:1,1"}, "1,2", {axis}),
                   "batch_dims in opset5");
  expect_operation(import_with_numbers({"ScatterElementsUpdate", "opset12", "reduction='sum'", "FP32:1,2 I64:1 FP32:1 I64:", "FP32:1,2"},
                                       "1,2", {axis, constant(11, "f32", "FP32", "1", 24, 4), constant(12, "i64", "I64", "", 0, 8)}),
                   "reduction=\"sum\" is not supported");
  const auto scatter_at = [&](const std::string& x_shape, const std::string& ports, std::size_t axis_offset) {
    return import_with_numbers({"ScatterUpdate", "opset3", "", ports, "FP32:" + x_shape}, x_shape,
                               {axis, constant(11, "f32", "FP32", "1", 24, 4), constant(12, "i64", "I64", "1", axis_offset, 8)});
  };
  expect_operation(scatter_at("2", "FP32:2 I64:1 FP32:1 I64:1", 8), "ScatterElementsUpdate");
  expect_operation(scatter_at("2", "FP32:2 I64:1 FP32:1 I64:1", 0), "the axis of a vector is 0");
  expect_operation(scatter_at("1,2", "FP32:1,2 I64:1 FP32:1 I64:1", 8), "only a vector");
  expect_operation(import_with_numbers({"IsNaN", "opset10", "", "FP32:1,2", "BOOL:1,2"}, "1,2", {}), "NotEqual");
}

// What a graph of one layer gives for x; further inputs are constants.
std::vector<float> output_of(const LayerText& layer, const std::string& x_shape, const Tensor& x, const std::vector<std::string>& constants,
                             const Bin& bin) {
  const auto graph = import(net_around(layer, x_shape, constants), bin);
  EXPECT_TRUE(graph.ok()) << graph.error().message;
  if (!graph.ok()) return {};
  const auto outputs = evaluate(*graph, {{"x", x}});
  EXPECT_TRUE(outputs.ok());
  return outputs.ok() ? to_vector<float>(outputs->begin()->second) : std::vector<float>{};
}

// Two keys of which the query meets the first: shares of e^s and 1 with s = 1 / sqrt(2).
TEST(ImportOpenvinoIr, TakesAttentionApart) {
  Bin bin;
  bin.put<float>({1, 0, 0, 1});
  bin.put<float>({10, 20});
  const std::vector<std::string> constants{constant(10, "f32", "FP32", "1,2,2", 0, 16), constant(11, "f32", "FP32", "1,2,1", 16, 8)};
  const auto found = output_of({"ScaledDotProductAttention", "opset13", "causal='false'", "FP32:1,1,2 FP32:1,2,2 FP32:1,2,1", "FP32:1,1,1"},
                               "1,1,2", Tensor::of<float>({1, 1, 2}, {1, 0}), constants, bin);
  const double first = std::exp(1 / std::sqrt(2.0)), expected = (10 * first + 20) / (first + 1);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_NEAR(found[0], expected, 1e-5);
}

TEST(ImportOpenvinoIr, NormalizesByConstants) {
  Bin bin;
  bin.put<float>({2, 1});   // gamma
  bin.put<float>({5, -1});  // beta
  bin.put<float>({3, 4});   // mean
  bin.put<float>({3, 0});   // variance
  std::vector<std::string> constants;
  for (int i = 0; i < 4; ++i) constants.push_back(constant(10 + i, "f32", "FP32", "2", static_cast<std::size_t>(8 * i), 8));
  const auto found = output_of({"BatchNormInference", "opset5", "epsilon='1'", "FP32:1,2,1,1 FP32:2 FP32:2 FP32:2 FP32:2", "FP32:1,2,1,1"},
                               "1,2,1,1", Tensor::of<float>({1, 2, 1, 1}, {7, 6}), constants, bin);
  EXPECT_EQ(found, (std::vector<float>{9, 1}));
}

TEST(ImportOpenvinoIr, TakesLogarithmsOfSharesThatVanish) {
  const auto found =
      output_of({"LogSoftmax", "opset5", "axis='-1'", "FP32:1,2", "FP32:1,2"}, "1,2", Tensor::of<float>({1, 2}, {0, 800}), {}, {});
  EXPECT_EQ(found, (std::vector<float>{-800, 0}));
}

TEST(ImportOpenvinoIr, TakesASwishOfAnyBeta) {
  Bin bin;
  bin.put<float>({0});
  const auto found = output_of({"Swish", "opset4", "", "FP32:1,2 FP32:", "FP32:1,2"}, "1,2", Tensor::of<float>({1, 2}, {3, -5}),
                               {constant(10, "f32", "FP32", "", 0, 4)}, bin);
  EXPECT_EQ(found, (std::vector<float>{1.5f, -2.5f}));
}

// TensorFlow's order: height and width before the channels.
TEST(ImportOpenvinoIr, ResizesChannelsThatAreLast) {
  Bin bin;
  bin.put<std::int64_t>({1, 4});
  bin.put<std::int64_t>({1, 2});
  const auto found = output_of({"Interpolate", "opset11",
                                "mode='nearest' shape_calculation_mode='sizes' coordinate_transformation_mode='asymmetric' "
                                "nearest_mode='floor' antialias='false' pads_begin='0' pads_end='0'",
                                "FP32:1,1,2,2 I64:2 I64:2", "FP32:1,1,4,2"},
                               "1,1,2,2", Tensor::of<float>({1, 1, 2, 2}, {1, 2, 3, 4}),
                               {constant(10, "i64", "I64", "2", 0, 16), constant(11, "i64", "I64", "2", 16, 16)}, bin);
  EXPECT_EQ(found, (std::vector<float>{1, 2, 1, 2, 3, 4, 3, 4}));
}

TEST(ImportOpenvinoIr, FindsThePadsThatLeaveAnOutputShape) {
  Bin bin;
  const std::size_t weights = bin.put<float>(std::vector<float>(9, 1.0f)), sizes = bin.put<std::int64_t>({4, 5});
  const auto with = [&](const std::string& rule) {
    return import(net_around({"ConvolutionBackpropData", "opset1",
                              "strides='2,2' dilations='1,1' pads_begin='0,0' pads_end='0,0' auto_pad='" + rule + "'",
                              "FP32:1,1,2,2 FP32:1,1,3,3 I64:2", "FP32:1,1,4,5"},
                             "1,1,2,2", {constant(10, "f32", "FP32", "1,1,3,3", weights, 36), constant(11, "i64", "I64", "2", sizes, 16)}),
                  bin);
  };
  EXPECT_EQ(operation<ConvolutionBackpropData>(with("same_upper")).pads, (Pads{{0, 0}, {1, 0}}));
  EXPECT_EQ(operation<ConvolutionBackpropData>(with("same_lower")).pads, (Pads{{1, 0}, {0, 0}}));
}

// Older files: sizes and scales of opset4, which counts is an attribute.
TEST(ImportOpenvinoIr, ReadsInterpolateOfOpset4) {
  Bin bin;
  const std::size_t sizes = bin.put<std::int64_t>({8, 6}), axes = bin.put<std::int64_t>({2, 3}), scales = bin.put<float>({3.0f, 2.0f});
  const auto with = [&](const std::string& rule, const std::string& output) {
    return import(net_around({"Interpolate", "opset4",
                              "mode='nearest' antialias='0' coordinate_transformation_mode='asymmetric' nearest_mode='floor' "
                              "pads_begin='0' pads_end='0' shape_calculation_mode='" +
                                  rule + "'",
                              "FP32:1,2,4,3 I64:2 FP32:2 I64:2", output},
                             "1,2,4,3",
                             {constant(10, "i64", "I64", "2", sizes, 16), constant(11, "f32", "FP32", "2", scales, 8),
                              constant(12, "i64", "I64", "2", axes, 16)}),
                  bin);
  };
  const auto by_sizes = with("sizes", "FP32:1,2,8,6"), by_scales = with("scales", "FP32:1,2,12,6");
  ASSERT_TRUE(by_sizes.ok()) << by_sizes.error().message;
  ASSERT_TRUE(by_scales.ok()) << by_scales.error().message;
}

TEST(ImportOpenvinoIr, RefusesConstantsOfWrongSizeOrType) {
  Bin bin;
  bin.put<float>({1, 2, 3, 4});
  const auto with = [&](const std::string& type, const std::string& shape, std::size_t size) {
    return error_of(net_around({"Add", "opset1", "", "FP32:1,2 FP32:1,2", "FP32:1,2"}, "1,2", {constant(10, type, "FP32", shape, 0, size)}),
                    bin);
  };
  EXPECT_EQ(with("f32", "1,3", 8), "layer 'c10' (Const): f32[1,3] does not have 8 bytes");
  EXPECT_EQ(with("i4", "1,2", 1), "layer 'c10' (Const): element type 'i4' is not supported");
  EXPECT_NE(with("f32", "4294967296,4294967296", 8).find("too large"), std::string::npos);
}

// Many constants that each cover the whole file must not multiply its size in memory.
TEST(ImportOpenvinoIr, BoundsCopiesOfOverlappingConstants) {
  Bin bin;
  bin.put<std::uint8_t>(std::vector<std::uint8_t>((1 << 22) + 1, 0));
  std::string layers = parameter(0, "x", "1,2");
  for (int i = 10; i < 40; ++i) layers += constant(i, "f32", "FP32", "1048576", 1, 1 << 22);
  EXPECT_NE(error_of(net(layers, ""), bin).find("overlap too much"), std::string::npos);
}

// A window of a million by a million over one constant value is no shape arithmetic: importing must not compute it.
TEST(ImportOpenvinoIr, DoesNotComputeWindowsAhead) {
  Bin bin;
  bin.put<float>({1.0f});
  const std::string pool =
      "<layer id='1' name='p' type='MaxPool' version='opset1'><data kernel='1000000,1000000' strides='1,1' pads_begin='999999,999999' "
      "pads_end='0,0'/><input><port id='0'/></input><output>" +
      ports("FP32:1,1,1,1", 1) + "</output></layer>";
  const std::string result = "<layer id='2' name='r' type='Result' version='opset1'><input><port id='0'/></input></layer>";
  EXPECT_EQ(error_of(net(constant(10, "f32", "FP32", "1,1,1,1", 0, 4) + pool + result, edge(10, 0, 1, 0) + edge(1, 1, 2, 0)), bin),
            "no error");
}

TEST(ImportOpenvinoIr, CutAnywhereIsAnErrorAndNoCrash) {
  const std::string path = OCTET_SOURCE_DIR "/src/importers/openvino_ir/testdata/detection8";
  const auto xml = read_text(path + ".xml").value();
  const auto weights = MappedFile::open(path + ".bin").value();
  Bin bin{{weights.bytes().begin(), weights.bytes().end()}};
  ASSERT_TRUE(import(xml, bin).ok());
  for (std::size_t length = 0; length < xml.find("</net>"); length += 7) EXPECT_FALSE(import(xml.substr(0, length), bin).ok()) << length;
  for (std::size_t length = 0; length < bin.bytes.size(); length += 3)
    EXPECT_FALSE(import(xml, Bin{{bin.bytes.begin(), bin.bytes.begin() + static_cast<std::ptrdiff_t>(length)}}).ok()) << length;
}

TEST(ImportOpenvinoIr, MakesOneProductOfAnEinsum) {
  Bin bin;
  bin.put<float>({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});  // [2,2,3] of labels b, n, k
  const auto with = [](const std::string& equation, const std::string& operand) {
    return net_around({"Einsum", "opset7", "equation='" + equation + "'", "FP32:2,3,2 FP32:2,2,3", "FP32:" + operand}, "2,3,2",
                      {constant(10, "f32", "FP32", "2,2,3", 0, 48)});
  };
  const auto graph = import(with("bkm,bnk->nbm", "2,2,2"), bin);
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  const auto outputs = evaluate(*graph, {{"x", Tensor::of<float>({2, 3, 2}, std::vector<float>{1, 2, 3, 4, 5, 6, 1, 0, 0, 1, 1, 1})}});
  ASSERT_TRUE(outputs.ok()) << outputs.error().message;
  // n, b, m: 1*1 + 2*3 + 3*5, 1*2 + 2*4 + 3*6; 7*1 + 9*1, 8*1 + 9*1; and so on.
  EXPECT_EQ(to_vector<float>(outputs->begin()->second), (std::vector<float>{22, 28, 16, 17, 49, 64, 22, 23}));
  EXPECT_NE(error_of(with("bkm,bnk->bm", "2,2"), bin).find("a sum over a label of one operand is not supported"), std::string::npos);
  EXPECT_NE(error_of(with("bkk,bnk->bn", "2,2"), bin).find("letters that stand once"), std::string::npos);
  EXPECT_NE(error_of(with("bk,bnk->bn", "2,2"), bin).find("does not fit the ranks"), std::string::npos);
  EXPECT_NE(error_of(with("bmk,bnk->bnm", "2,2,3"), bin).find("disagree in the size"), std::string::npos);
  EXPECT_NE(error_of(with("bkm,bnk->bnq", "2,2,2"), bin).find("a label that no operand has"), std::string::npos);
}

// As the Model Optimizer of former versions wrote --data_type FP16.
TEST(WithFloatsForHalves, LeavesNoneAndRoundsNothingOnTheWay) {
  Graph graph;
  const Value x = graph.emit(Parameter{ElementType::kF16, {1, 2}}, {}, "x");
  const Value third = graph.emit_constant(converted(Tensor::of<float>({1, 1}, std::vector<float>{1.0f / 3}), ElementType::kF16));
  const Value product = graph.emit(Binary{BinaryKind::kMultiply}, {x, third});
  const Value whole = graph.emit(Convert{ElementType::kI32}, {product});
  graph.emit(Output{}, {graph.emit(Binary{BinaryKind::kAdd}, {product, graph.emit(Convert{ElementType::kF16}, {whole})})}, "y");
  graph.model_info = {{"a", "b"}};
  const Graph wide = openvino_ir::with_floats_for_halves(std::move(graph));
  for (const Node& node : wide.nodes())
    for (const TensorType& type : node.outputs) EXPECT_NE(type.element, ElementType::kF16);
  EXPECT_EQ(wide.model_info, (std::map<std::string, std::string>{{"a", "b"}}));
  const auto outputs = evaluate(wide, {{"x", Tensor::of<float>({1, 2}, std::vector<float>{4.001f, 1})}});
  ASSERT_TRUE(outputs.ok()) << outputs.error().message;
  const float half_third = 0.333251953125f;
  EXPECT_EQ(to_vector<float>(outputs->at("y")), (std::vector<float>{4.001f * half_third + 1, half_third}));
}

// x -> FakeQuantize of 256 levels whose limits are halves, in a graph of halves or in one of floats that converts them.
Graph quantized_by_halves(const Shape& limits, const std::vector<float>& low, const std::vector<float>& high, ElementType type) {
  Graph graph;
  const Value x = graph.emit(Parameter{type, {1, 2, 1, 2}}, {}, "x");
  const auto limit = [&](const std::vector<float>& ends) {
    const Value halves = graph.emit_constant(converted(Tensor::of(limits, ends), ElementType::kF16));
    return type == ElementType::kF16 ? halves : graph.emit(Convert{type}, {halves});
  };
  const Value from = limit(low), to = limit(high);
  graph.emit(Output{}, {graph.emit(FakeQuantize{256}, {x, from, to, from, to})}, "y");
  return graph;
}

// The grids of the only quantizer of a graph, once its limits are restored.
std::optional<std::vector<ByteGrid>> restored_grids(Graph graph) {
  openvino_ir::restore_half_limits(graph);
  graph = openvino_ir::with_floats_for_halves(std::move(graph));
  for (const Node& node : graph.nodes())
    if (std::holds_alternative<FakeQuantize>(node.op)) return byte_grids_of(graph, node);
  return std::nullopt;
}

TEST(RestoreHalfLimits, FindsTheGridThatWasRounded) {
  std::mt19937 generator(7);
  for (int round = 0; round < 300; ++round) {
    std::vector<ByteGrid> grids;
    std::vector<float> low, high;
    for (int channel = 0; channel < 2; ++channel) {
      const float scale = std::exp2(std::uniform_real_distribution<float>(-12, 4)(generator));
      grids.push_back({scale, static_cast<std::uint8_t>(std::uniform_int_distribution<int>(0, 255)(generator))});
      low.push_back(grids.back().low());
      high.push_back(grids.back().high());
    }
    for (const ElementType type : {ElementType::kF16, ElementType::kF32}) {
      const auto found = restored_grids(quantized_by_halves({1, 2, 1, 1}, low, high, type));
      ASSERT_TRUE(found) << low[0] << " " << high[0] << " " << low[1] << " " << high[1];
      for (std::size_t channel = 0; channel < 2; ++channel) {
        const ByteGrid& grid = (*found)[found->size() == 1 ? 0 : channel];
        EXPECT_EQ(grid.zero, grids[channel].zero);
        EXPECT_NEAR(grid.scale / grids[channel].scale, 1, 0x1p-10);
      }
    }
  }
}

TEST(RestoreHalfLimits, LeavesLimitsThatNoGridWithZeroRoundsTo) {
  for (const auto& [low, high] : {std::pair(-1.0f, 1.006f), std::pair(0.5f, 1.0f), std::pair(1.0f, -1.0f), std::pair(0.0f, 0.0f)}) {
    Graph graph = quantized_by_halves({1, 1, 1, 1}, {low}, {high}, ElementType::kF16);
    const std::string before = dump(graph);
    openvino_ir::restore_half_limits(graph);
    EXPECT_EQ(dump(graph), before);
  }
}

// x [1,2,1,3] -> FakeQuantize with limits a channel -> a convolution that copies it, with stored weights or with plain ones.
Graph quantized_then_copied(const std::vector<float>& low, const std::vector<float>& high, bool stored) {
  Graph graph;
  const Value x = graph.emit(Parameter{ElementType::kF32, {1, 2, 1, 3}}, {}, "x");
  const Value from = graph.emit_constant(Tensor::of({1, 2, 1, 1}, low)), to = graph.emit_constant(Tensor::of({1, 2, 1, 1}, high));
  const Value rounded = graph.emit(FakeQuantize{256}, {x, from, to, from, to}, "rounded");
  const auto plain = [&] { return graph.emit_constant(Tensor::of({2, 2, 1, 1}, std::vector<float>{1, 0, 0, 1})); };
  const auto integers = [&] {
    const Value bytes = graph.emit_constant(Tensor::of({2, 2, 1, 1}, std::vector<std::int8_t>{100, 0, 0, 100}));
    const Value scale = graph.emit_constant(Tensor::of({1, 1, 1, 1}, std::vector<float>{0.01f}));
    const Value floats = graph.emit(Convert{ElementType::kF32}, {bytes});
    return graph.emit(Binary{BinaryKind::kMultiply}, {floats, scale});
  };
  const Value weights = stored ? integers() : plain();
  graph.emit(Output{}, {graph.emit(Convolution{}, {rounded, weights})}, "y");
  return graph;
}

TEST(PutZerosOnLevels, RoundsAsOpenvinosIntegerKernelsDo) {
  std::mt19937 generator(11);
  for (int round = 0; round < 100; ++round) {
    // Of the first channel less than half a step is below zero, of the second somewhat more than 100 steps.
    const double steps[] = {std::uniform_real_distribution<>(0.02, 0.48)(generator),
                            100 + std::uniform_real_distribution<>(-0.48, 0.48)(generator)};
    const double scales[] = {std::uniform_real_distribution<>(0.001, 2)(generator), std::uniform_real_distribution<>(0.001, 2)(generator)};
    std::vector<float> low, high, data;
    for (int c = 0; c < 2; ++c) {
      low.push_back(static_cast<float>(-steps[c] * scales[c]));
      high.push_back(static_cast<float>((255 - steps[c]) * scales[c]));
      for (int i = 0; i < 3; ++i)
        data.push_back(static_cast<float>((std::uniform_int_distribution<>(-3, 258)(generator) + 0.3 - steps[c]) * scales[c]));
    }
    Graph graph = quantized_then_copied(low, high, true);
    openvino_ir::put_zeros_on_levels(graph);
    const auto outputs = evaluate(graph, {{"x", Tensor::of({1, 2, 1, 3}, data)}});
    ASSERT_TRUE(outputs.ok()) << outputs.error().message;
    const auto found = to_vector<double>(outputs->at("y"));
    for (std::size_t i = 0; i < 6; ++i) {
      const std::size_t c = i / 3;
      const double level = std::clamp(std::nearbyint((data[i] - low[c]) / scales[c]), 0.0, 255.0);
      EXPECT_NEAR(found[i], (level - std::nearbyint(steps[c])) * scales[c], 1e-3 * scales[c]);
    }
    for (const Node& node : graph.nodes()) {
      const bool is_quantizer = std::holds_alternative<FakeQuantize>(node.op);
      EXPECT_TRUE(!is_quantizer || byte_grids_of(graph, node));
    }
  }
}

TEST(PutZerosOnLevels, LeavesWhatIsOnLevelsAndWhatIsReadInFloats) {
  for (Graph graph : {quantized_then_copied({-100, 0}, {155, 255}, true), quantized_then_copied({-0.3f, 0}, {254.7f, 255}, false),
                      quantized_then_copied({0.3f, 0}, {255, 255}, true)}) {
    graph.tidy();
    const std::string before = dump(graph);
    openvino_ir::put_zeros_on_levels(graph);
    EXPECT_EQ(dump(graph), before);
  }
}

TEST(ImportOpenvinoIr, ReadsHalvesAsFloats) {
  std::string text = net_around({"Multiply", "opset1", "auto_broadcast='numpy'", "FP32:1,2 FP32:1,1", "FP32:1,2"}, "1,2",
                                {constant(10, "f32", "FP32", "1,1", 0, 2)});
  text = std::regex_replace(std::regex_replace(text, std::regex("FP32"), "FP16"), std::regex("f32"), "f16");
  const auto graph = import_openvino_ir(text, std::as_bytes(std::span("\x55\x35", 2)), nullptr);
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  // In halves the product would be 1.
  const auto outputs = evaluate(*graph, {{"x", Tensor::of<float>({1, 2}, std::vector<float>{3.0005f, 0})}});
  ASSERT_TRUE(outputs.ok()) << outputs.error().message;
  EXPECT_EQ(to_vector<float>(outputs->begin()->second), (std::vector<float>{3.0005f * 0.333251953125f, 0}));
}

// x -> boxes and scores -> suppression -> Result; its limits are its further inputs, constants of ids from 12 on, or attributes.
std::string net_of_suppression(const std::string& type, const std::string& data, const std::string& limits) {
  const auto layer = [](int id, const std::string& name, const std::string& kind, const std::string& attributes, const std::string& inputs,
                        const std::string& outputs) {
    const int count = static_cast<int>(std::count(inputs.begin(), inputs.end(), ' ')) + 1;
    return fmt::format("<layer id='{}' name='{}' type='{}' version='opset9'><data {}/><input>{}</input><output>{}</output></layer>", id,
                       name, kind, attributes, ports(inputs, 0), ports(outputs, count));
  };
  std::string layers = parameter(0, "x", "1,3,4,4") + constant(10, "i64", "I64", "3", 0, 24) + constant(11, "i64", "I64", "3", 24, 24) +
                       constant(12, "i64", "I64", "1", 48, 8) + constant(13, "f32", "FP32", "1", 56, 4);
  layers += layer(1, "boxes", "Reshape", "special_zero='false'", "FP32:1,3,4,4 I64:3", "FP32:1,12,4");
  layers += layer(2, "scores", "Reshape", "special_zero='false'", "FP32:1,3,4,4 I64:3", "FP32:1,4,12");
  layers += layer(3, "chosen", type, data, "FP32:1,12,4 FP32:1,4,12" + limits, "I64:-1,3");
  layers += "<layer id='4' name='result' type='Result' version='opset1'><input>" + ports("I64:-1,3", 0) + "</input></layer>";
  std::string edges = edge(0, 0, 1, 0) + edge(10, 0, 1, 1) + edge(0, 0, 2, 0) + edge(11, 0, 2, 1) + edge(1, 2, 3, 0) + edge(2, 2, 3, 1);
  if (!limits.empty()) edges += edge(12, 0, 3, 2) + edge(13, 0, 3, 3);
  return net(layers, edges + edge(3, limits.empty() ? 2 : 4, 4, 0));
}

TEST(ImportOpenvinoDetector, CutsInFrontOfASuppression) {
  Bin bin;
  bin.put<std::int64_t>({1, 12, 4, 1, 4, 12, 100});
  bin.put<float>({0.45f});
  const auto owner = std::make_shared<const std::vector<std::byte>>(bin.bytes);
  struct Case {
    std::string text;
    float iou = 0;
    int background = -1;
  };
  for (const auto& [text, iou, background] :
       {Case{net_of_suppression("NonMaxSuppression", "box_encoding='corner'", " I64:1 FP32:1"), 0.45f},
        Case{net_of_suppression("MulticlassNms", "nms_threshold='0.5' keep_top_k='100' score_threshold='0.05' background_class='3'", ""),
             0.5f, 3},
        Case{net_of_suppression("MatrixNms", "keep_top_k='100' score_threshold='0.05' background_class='-1'", ""), -1}}) {
    const auto imported = import_openvino_detector(text, *owner, owner);
    ASSERT_TRUE(imported.ok()) << imported.error().message;
    ASSERT_TRUE(imported->end.has_value());
    EXPECT_EQ(imported->end->end, SourceFacts::End::kSuppression);
    EXPECT_EQ(imported->end->nms_iou, iou);
    EXPECT_EQ(imported->end->keep, 100);
    EXPECT_EQ(imported->end->background_class, background);
    ASSERT_EQ(imported->graph.outputs().size(), 2u);
    EXPECT_EQ(imported->graph.node(imported->graph.outputs()[0]).name, "scores");
    EXPECT_EQ(imported->graph.node(imported->graph.outputs()[1]).name, "boxes");
    EXPECT_NE(error_of(text, bin).find("layer 'chosen'"), std::string::npos) << "as a whole";
  }
}

}  // namespace
}  // namespace octet
