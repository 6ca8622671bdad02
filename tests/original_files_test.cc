// Files of others, as they lie there, in the engines that they were made for: what octet puts before and after them gives the results that
// were recorded. Skipped for engines that are not installed.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <regex>

#include "base/files.h"
#include "base/scratch_folder.h"
#include "engines/load_network.h"
#include "formats/npz/npz.h"
#include "graph/difference_for_test.h"
#include "graph/evaluate.h"
#include "importers/file_border.h"
#include "importers/onnx/import.h"
#include "importers/openvino_ir/import.h"
#include "importers/tflite/translate.h"

namespace octet {
namespace {

namespace fs = std::filesystem;

std::map<std::string, Tensor> read_cases(const std::string& file) {
  auto arrays = read_npz(OCTET_SOURCE_DIR "/src/importers/" + file);
  OCTET_CHECK(arrays.ok(), arrays.error().message);
  return *std::move(arrays);
}

class OriginalFiles : public testing::Test {
 protected:
  OriginalFiles() {
    const fs::path peers = OCTET_SOURCE_DIR "/.venv-peers";
    if (fs::exists(peers)) ::setenv("VIRTUAL_ENV", peers.c_str(), 0);
  }

  // Puts the bytes of a model into the file.
  const fs::path& write(const Tensor& bytes, const std::string& extension) {
    path_ = folder_.path() / ("model" + extension);
    const auto text = bytes.bytes();
    EXPECT_TRUE(write_file(path_, std::string_view(reinterpret_cast<const char*>(text.data()), text.size())).ok());
    return path_;
  }

  // Of the graph, by the file in an engine; the error of the run where the engine refuses it.
  Result<std::vector<Tensor>> run(const char* engine, const Graph& graph, Result<OriginalFile>& file, std::span<const Tensor> inputs) {
    file->path = path_;
    const auto model = load_network(**engine_named(engine), {graph, path_, &file}, {}, {});
    if (!model.ok()) return model.error();
    const auto session = (*model)->open_session(1);
    OCTET_ASSIGN(const auto outputs, session->run(inputs));
    return std::vector<Tensor>(outputs.begin(), outputs.end());
  }

  const ScratchFolder folder_;
  fs::path path_;
};

bool is_installed(const char* engine) {
  NetworkFile file;
  file.path = "no-such-file";
  const auto model = (*engine_named(engine))->open(file);
  return model.ok() || model.error().code != ErrorCode::kNotFound;
}

TEST_F(OriginalFiles, GiveTheGraphsResultsInOnnxRuntime) {
  if (!is_installed("onnxruntime")) GTEST_SKIP() << "ONNX Runtime is not installed";
  const auto cases = read_cases("onnx/testdata/operator_cases.npz");
  int count = 0;
  for (const auto& [name, bytes] : cases) {
    if (!name.ends_with("/model")) continue;
    SCOPED_TRACE(name);
    const std::string prefix = name.substr(0, name.size() - 5);
    auto model = onnx::parse_model(bytes.bytes());
    ASSERT_TRUE(model.ok()) << model.error().message;
    auto imported = onnx::import_graph(*std::move(model), {}, {});
    ASSERT_TRUE(imported.ok()) << imported.error().message;
    if (!imported->original.ok()) continue;  // it was cut
    write(bytes, ".onnx");
    const auto outputs = run("onnxruntime", imported->graph, imported->original, std::span(&cases.at(prefix + "x"), 1));
    ASSERT_TRUE(outputs.ok()) << outputs.error().message;
    for (std::size_t i = 0; i < outputs->size(); ++i) {
      const Tensor& wanted = cases.at(prefix + std::to_string(i));
      ASSERT_EQ(outputs->at(i).shape(), wanted.shape());
      EXPECT_LT(relative_difference(outputs->at(i), wanted), 2e-5) << "output " << i;
    }
    ++count;
  }
  EXPECT_GT(count, 200);
}

// The input in the type of the parameter; pixels as planes where it takes those.
Tensor fed(const Tensor& pixels, const TensorType& type) {
  if (pixels.shape() == type.shape) return converted(pixels, type.element);
  const std::vector<Tensor> inputs{pixels, Tensor::of<std::int64_t>({4}, {0, 3, 1, 2})};
  return converted(evaluate(Transpose{}, inputs, std::vector<TensorType>{{pixels.type(), type.shape}})[0], type.element);
}

TEST_F(OriginalFiles, GiveTheGraphsResultsInLiteRt) {
  if (!is_installed("tflite")) GTEST_SKIP() << "LiteRT is not installed";
  const auto cases = read_cases("tflite/testdata/operators.npz");
  int count = 0;
  for (const auto& [name, bytes] : cases) {
    if (!name.ends_with(".tflite")) continue;
    SCOPED_TRACE(name);
    const std::string prefix = name.substr(0, name.size() - 6);
    const auto owner = std::make_shared<std::vector<std::byte>>(bytes.bytes().begin(), bytes.bytes().end());
    const auto model = tflite::parse_model(*owner, owner);
    ASSERT_TRUE(model.ok()) << model.error().message;
    auto translation = tflite::translate(*model);
    ASSERT_TRUE(translation.ok()) << translation.error().message;
    ASSERT_TRUE(translation->original.ok()) << translation->original.error().message;
    const Graph& graph = translation->graph;
    write(bytes, ".tflite");
    const Tensor input = fed(cases.at(prefix + "input"), graph.type({graph.parameters()[0], 0}));
    const auto outputs = run("tflite", graph, translation->original, std::span(&input, 1));
    if (name == "shape_arithmetic.tflite") {  // LiteRT would give zeros
      EXPECT_FALSE(outputs.ok());
      continue;
    }
    ASSERT_TRUE(outputs.ok()) << outputs.error().message;
    ASSERT_EQ(outputs->size(), model->outputs.size());
    const float step = cases.at(prefix + "step").values<float>()[0];
    for (std::size_t i = 0; i < outputs->size(); ++i) {
      const auto values = to_vector<float>(outputs->at(i)),
                 wanted = to_vector<float>(cases.at(prefix + graph.node(graph.outputs()[i]).name));
      ASSERT_EQ(values.size(), wanted.size());
      std::size_t apart = 0;  // its kernels of XNNPACK round some halves elsewhere than those that were recorded
      for (std::size_t k = 0; k < values.size(); ++k)
        apart += std::abs(values[k] - wanted[k]) <= step * 1.01f + 2e-5f * std::max(1.f, std::abs(wanted[k])) ? 0 : 1;
      EXPECT_LE(apart, values.size() / 10) << "of " << values.size();
    }
    ++count;
  }
  EXPECT_GT(count, 100);
}

// A network of halves, input and output included.
constexpr std::string_view kHalves = R"(<net name="halves" version="11"><layers>
<layer id="0" name="x" type="Parameter" version="opset1"><data shape="1,4" element_type="f16"/><output><port id="0" precision="FP16"
 names="x"><dim>1</dim><dim>4</dim></port></output></layer>
<layer id="1" name="third" type="Const" version="opset1"><data element_type="f16" shape="1,1" offset="0" size="2"/><output><port id="0"
 precision="FP16"><dim>1</dim><dim>1</dim></port></output></layer>
<layer id="2" name="product" type="Multiply" version="opset1"><data auto_broadcast="numpy"/><input><port id="0" precision="FP16">
 <dim>1</dim><dim>4</dim></port><port id="1" precision="FP16"><dim>1</dim><dim>1</dim></port></input><output><port id="2" precision="FP16"
 names="y"><dim>1</dim><dim>4</dim></port></output></layer>
<layer id="3" name="result" type="Result" version="opset1"><input><port id="0" precision="FP16"><dim>1</dim><dim>4</dim></port></input>
</layer></layers><edges><edge from-layer="0" from-port="0" to-layer="2" to-port="0"/><edge from-layer="1" from-port="0" to-layer="2"
 to-port="1"/><edge from-layer="2" from-port="2" to-layer="3" to-port="0"/></edges></net>)";

TEST_F(OriginalFiles, OfHalvesGiveTheGraphsResultsInOpenvino) {
  if (!is_installed("openvino")) GTEST_SKIP() << "OpenVINO is not installed";
  path_ = folder_.path() / "halves.xml";
  ASSERT_TRUE(write_file(path_, kHalves).ok());
  ASSERT_TRUE(write_file(folder_.path() / "halves.bin", "\x55\x35").ok());  // a third
  const auto graph = import_openvino_ir(path_);
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  const Tensor input = Tensor::of<float>({1, 4}, std::vector<float>{3, -6, 0.5f, 1024});
  Result<OriginalFile> file = file_with_border_of(*graph, FileFormat::kOpenvinoIr, path_);
  const auto outputs = run("openvino", *graph, file, std::span(&input, 1));
  ASSERT_TRUE(outputs.ok()) << outputs.error().message;
  const auto wanted = evaluate(*graph, {{"x", input}});
  ASSERT_TRUE(wanted.ok()) << wanted.error().message;
  EXPECT_EQ(outputs->at(0).type(), ElementType::kF32);
  EXPECT_LT(relative_difference(outputs->at(0), wanted->at("y")), 1e-3);  // of an output of 16 bits
}

// With the names of their tensors, and without them, as other programs write IRs. Not window_ops, where means of nothing differ
// (docs/ops.md).
TEST_F(OriginalFiles, GiveTheGraphsResultsInOpenvino) {
  if (!is_installed("openvino")) GTEST_SKIP() << "OpenVINO is not installed";
  const fs::path folder = OCTET_SOURCE_DIR "/src/importers/openvino_ir/testdata";
  for (const std::string name : {"math_ops", "shape_ops", "resize_ops"})
    for (const bool with_names : {true, false}) {
      SCOPED_TRACE(name + (with_names ? "" : " without names"));
      path_ = folder_.path() / (name + ".xml");
      const std::string text = read_text(folder / (name + ".xml")).value();
      ASSERT_TRUE(write_file(path_, with_names ? text : std::regex_replace(text, std::regex(" names=\"[^\"]*\""), "")).ok());
      fs::copy_file(folder / (name + ".bin"), folder_.path() / (name + ".bin"), fs::copy_options::overwrite_existing);
      const auto graph = import_openvino_ir(path_), named = import_openvino_ir(folder / (name + ".xml"));
      ASSERT_TRUE(graph.ok() && named.ok());
      const auto arrays = read_npz(folder / (name + ".in.npz")).value();
      const auto wanted = evaluate(*named, arrays);
      ASSERT_TRUE(wanted.ok()) << wanted.error().message;
      std::vector<Tensor> inputs;
      for (const NodeId id : named->parameters()) inputs.push_back(arrays.at(named->node(id).name));
      Result<OriginalFile> file = file_with_border_of(*graph, FileFormat::kOpenvinoIr, path_);
      const auto outputs = run("openvino", *graph, file, inputs);
      ASSERT_TRUE(outputs.ok()) << outputs.error().message;
      ASSERT_EQ(outputs->size(), named->outputs().size());
      for (std::size_t i = 0; i < outputs->size(); ++i)
        EXPECT_LT(relative_difference(outputs->at(i), wanted->at(named->node(named->outputs()[i]).name)), 1e-4) << "output " << i;
    }
}

}  // namespace
}  // namespace octet
