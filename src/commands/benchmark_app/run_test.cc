// The whole program on a small model, and its parts.

#include "commands/benchmark_app/run.h"

#include <fstream>
#include <map>
#include <regex>
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "commands/benchmark_app/input_files.h"
#include "commands/benchmark_app/model_arguments.h"
#include "commands/benchmark_app/report.h"
#include "commands/benchmark_app/results.h"
#include "commands/command.h"
#include "base/scratch_folder.h"
#include "exporters/openvino_ir/export.h"
#include "formats/npz/npz.h"
#include "formats/openvino_ir/ir.h"
#include "image/encode.h"
#include "runtime/graph_for_test.h"

namespace octet::commands::benchmark_app {
namespace {

using Json = nlohmann::ordered_json;
using runtime_test::SmallGraph;
namespace fs = std::filesystem;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

class BenchmarkAppTest : public testing::Test {
 protected:
  BenchmarkAppTest() {
    SmallGraph g;
    g.graph.name = "small";
    g.output(g.relu(g.conv(g.input({1, 3, 8, 8}), 4)));
    EXPECT_TRUE(export_openvino_ir(g.graph, folder_.path() / "m.xml").ok());
  }

  struct Run {
    int status = 0;
    std::vector<std::string> lines;

    bool has(const std::string& line) const { return std::ranges::find(lines, line) != lines.end(); }
    std::string first_with(const std::string& part) const {
      for (const std::string& line : lines)
        if (line.find(part) != std::string::npos) return line;
      return "";
    }
    std::vector<std::string> starting_with(const std::string& start) const {
      std::vector<std::string> found;
      for (const std::string& line : lines)
        if (line.starts_with(start)) found.push_back(line);
      return found;
    }
  };

  Run app(std::vector<std::string> words) const {
    std::vector<std::string> all{"-m", path("m.xml")};
    all.insert(all.end(), words.begin(), words.end());
    const Command* command = &*std::ranges::find(commands(), "benchmark_app", &Command::name);
    testing::internal::CaptureStdout();
    const int status = command->run(all);
    return {status, lines_of(testing::internal::GetCapturedStdout())};
  }

  std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
  Json json(const std::string& name) const { return Json::parse(*read_text(folder_.path() / name)); }

  ScratchFolder folder_;
};

// As upstream: nothing has begun yet that a report could be of.
TEST_F(BenchmarkAppTest, ShowsTheHelpBeforeTheErrorOfAWrongPercentile) {
  const Run run = app({"-latency_percentile", "101", "-report_type", "no_counters", "-report_folder", path("report")});
  EXPECT_EQ(run.status, 1);
  EXPECT_EQ(run.starting_with("usage: benchmark_app").size(), 1u);
  EXPECT_EQ(run.lines.back(), "[ ERROR ] The percentile value is incorrect. The applicable values range is [1, 100].");
  EXPECT_FALSE(fs::exists(path("report")));
  EXPECT_TRUE(app({"-niter", "1", "-latency_percentile", "100"}).starting_with("usage:").empty());
}

TEST_F(BenchmarkAppTest, GoesThroughElevenSteps) {
  const Run run = app({"-niter", "6"});
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(run.starting_with("[Step ").size(), 11u);
  EXPECT_TRUE(run.has("[ INFO ]     image (node: image) : u8 / [N,C,H,W] / [1,3,8,8]"));
  EXPECT_NE(run.first_with("PerformanceMode.THROUGHPUT"), "");
  EXPECT_TRUE(std::regex_match(run.lines.back(), std::regex(R"(\[ INFO \] Throughput:   [0-9.]+ FPS)"))) << run.lines.back();
}

TEST_F(BenchmarkAppTest, LeavesFourResultLinesToTheNotebooksFilter) {
  std::vector<std::string> left;
  for (const std::string& line : app({"-d", "CPU", "-api", "async", "-niter", "4"}).lines)
    if (!line.starts_with("[") && !line.starts_with("  ") && !line.empty()) left.push_back(line);
  ASSERT_EQ(left.size(), 4u);
  const std::vector<std::string> forms{R"(Count:      \d+ iterations)", R"(Duration:   [\d.]+ ms)", R"(Latency:    [\d.]+ ms)",
                                       R"(Throughput: [\d.]+ FPS)"};
  for (std::size_t i = 0; i < forms.size(); ++i) EXPECT_TRUE(std::regex_match(left[i], std::regex(forms[i]))) << left[i];
}

TEST_F(BenchmarkAppTest, DividesThreadsAsTheHintSays) {
  EXPECT_TRUE(app({"-hint", "latency", "-niter", "2"}).has("[ INFO ]   NUM_STREAMS: 1"));
  const Run streams = app({"-hint", "none", "-nstreams", "3", "-nthreads", "6", "-nireq", "4", "-niter", "5"});
  EXPECT_TRUE(streams.has("[ INFO ]   NUM_STREAMS: 3"));
  EXPECT_TRUE(streams.has("[ INFO ]   PERFORMANCE_HINT: LATENCY"));
  EXPECT_TRUE(streams.has("[ INFO ]   INFERENCE_NUM_THREADS: 6"));
  EXPECT_TRUE(streams.has("[ WARNING ] Number of iterations was aligned by request number from 5 to 8 using number of requests 4"));
  EXPECT_TRUE(streams.has(
      "[Step 10/11] Measuring performance (Start inference asynchronously, 4 inference requests using 3 streams for CPU, limits: 8 "
      "iterations)"));
  EXPECT_TRUE(app({"-hint", "throughput", "-nthreads", "0", "-nireq", "1", "-niter", "1"}).has("[ INFO ]   NUM_STREAMS: 1"));
  EXPECT_TRUE(
      app({"-api", "sync", "-niter", "3"}).has("[Step 10/11] Measuring performance (Start inference synchronously, limits: 3 iterations)"));
}

TEST_F(BenchmarkAppTest, RunsOtherShapesAndTypes) {
  const Run batch = app({"-b", "2", "-niter", "2", "-ip", "f32", "-op", "f16", "--mean_values", "[1,2,3]", "--scale_values", "[2]"});
  EXPECT_EQ(batch.status, 0);
  EXPECT_TRUE(batch.has("[ INFO ] Reshaping model: 'image': [2,3,8,8]"));
  EXPECT_TRUE(batch.has("[ INFO ]     image (node: image) : f32 / [N,C,H,W] / [2,3,8,8]"));
  EXPECT_TRUE(app({"-shape", "image[1,3,16,10]", "-niter", "1"}).has("[ INFO ]     image (node: image) : u8 / [N,C,H,W] / [1,3,16,10]"));
}

TEST_F(BenchmarkAppTest, WritesTheSameRecordsAsCsvAndAsJson) {
  const std::vector<std::string> words{"-niter",           "2",       "-hint", "latency",       "-report_type",
                                       "average_counters", "-pcsort", "sort",  "-report_folder"};
  auto csv_words = words, json_words = words;
  csv_words.push_back(path("csv"));
  json_words.insert(json_words.end(), {path("json"), "-json_stats"});
  ASSERT_EQ(app(csv_words).status, 0);
  ASSERT_EQ(app(json_words).status, 0);
  const std::string text = *read_text(folder_.path() / "json/benchmark_report.json");
  EXPECT_TRUE(text.starts_with(R"({"cmd_options": {"-)")) << text;
  EXPECT_NE(text.find(R"(, "-niter": "2")"), std::string::npos) << text;
  const Json report = json("json/benchmark_report.json");
  EXPECT_EQ(report["cmd_options"]["-hint"], "latency");
  EXPECT_EQ(report["configuration_setup"]["inference_only"], true);
  EXPECT_EQ(report["configuration_setup"]["number of parallel infer requests"], "1");
  std::vector<std::string> names;
  for (const auto& section : report)
    for (const auto& [name, value] : section.items())
      if (name != "-json_stats") names.push_back(name);
  std::vector<std::string> columns;
  for (const std::string& line : lines_of(*read_text(path("csv/benchmark_report.csv"))))
    if (line.find(';') != std::string::npos) columns.push_back(line.substr(0, line.find(';')));
  EXPECT_EQ(columns, names);

  const Json counters = json("json/benchmark_average_counters_report.json");
  EXPECT_EQ(counters["report_type"], "average");
  double total = 0;
  for (const auto& node : counters["avg_performance"]["nodes"]) total += std::stod(node["real_time"].get<std::string>());
  EXPECT_NEAR(std::stod(counters["avg_performance"]["total_real_time"].get<std::string>()), total,
              0.001 * static_cast<double>(counters["avg_performance"]["nodes"].size()));
  const auto rows = lines_of(*read_text(path("csv/benchmark_average_counters_report.csv")));
  EXPECT_EQ(rows[0], "layerName;execStatus;layerType;execType;realTime (ms);cpuTime (ms)");
  EXPECT_EQ(rows.size(), counters["avg_performance"]["nodes"].size() + 3);
  EXPECT_TRUE(fs::exists(path("csv/benchmark_sorted_report.csv")));
  EXPECT_EQ(json("json/benchmark_sorted_report.json")["report_type"], "sorted");
}

TEST_F(BenchmarkAppTest, WritesCountersOfEachRequest) {
  ASSERT_EQ(app({"-niter", "4", "-hint", "none", "-nstreams", "2", "-report_type", "detailed_counters", "-json_stats", "-report_folder",
                 path("r"), "-exec_graph_path", path("e.xml"), "-dump_config", path("c.json")})
                .status,
            0);
  EXPECT_EQ(json("r/benchmark_detailed_counters_report.json")["detailed_performance"].size(), 2u);
  EXPECT_EQ(app({"-niter", "1", "-pc", "false", "-exec_graph_path", path("untimed.xml")}).status, 0);
  EXPECT_NE(read_text(path("untimed.xml"))->find("execTimeMcs=\"0\""), std::string::npos);
  const Json config = json("c.json");
  EXPECT_EQ(config["CPU"]["NUM_STREAMS"], "2");
  EXPECT_EQ(config["CPU"]["PERF_COUNT"], "YES");
  // What was written is read again, without being counted as said on the command line.
  EXPECT_TRUE(app({"-niter", "2", "-hint", "none", "-load_config", path("c.json")}).has("[ INFO ]   NUM_STREAMS: 2"));
}

TEST_F(BenchmarkAppTest, WritesTheStepsAsAGraph) {
  SmallGraph g;
  const Value image = g.input({1, 3, 8, 8});
  const Value left = g.relu(g.conv(image, 4, "left"), "left_relu"), right = g.conv(image, 2, "right");
  g.output(g.conv(g.concat({left, right}), 5, "joined"), "end");
  ASSERT_TRUE(export_openvino_ir(g.graph, folder_.path() / "joins.xml").ok());
  ASSERT_EQ(app({"-m", path("joins.xml"), "-niter", "1", "-exec_graph_path", path("e.xml")}).status, 0);
  const auto network = openvino_ir::read_network(*read_text(path("e.xml")));
  ASSERT_TRUE(network.ok()) << network.error().message;
  EXPECT_TRUE(openvino_ir::validate(*network, 0).ok());
  // Whom each layer takes from, by names.
  std::map<std::string, std::set<std::string>> sources;
  for (const openvino_ir::Edge& edge : network->edges)
    sources[network->layers[static_cast<std::size_t>(edge.to_layer)].name].insert(
        network->layers[static_cast<std::size_t>(edge.from_layer)].name);
  EXPECT_EQ(sources["joined"], (std::set<std::string>{"left", "right"}));
  EXPECT_EQ(sources["left"], sources["right"]);
  EXPECT_EQ(network->layers.front().type, "Input");
  EXPECT_EQ(network->layers.back().type, "Output");
  EXPECT_FALSE(sources["end"].empty());
  for (const openvino_ir::Layer& layer : network->layers) {
    const auto kernel = std::ranges::find(layer.attributes, "primitiveType", &openvino_ir::Attribute::name);
    ASSERT_NE(kernel, layer.attributes.end());
    EXPECT_EQ(kernel->value.empty(), layer.type == "Input" || layer.type == "Output") << layer.name;
  }
}

TEST_F(BenchmarkAppTest, EndsWithOneLineWhereItCannotGoOn) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases{
      {{"-nstreams", "2"}, "-hint option to none"},
      {{"-m", path("nowhere.xml")}, "nowhere.xml"},
      {{"-d", "GPU"}, "GPU"},
      {{"-latency_percentile", "0"}, "percentile"},
      {{"-shape", "[?,3,8,8]"}, "fixed shapes"},
      {{"-shape", "other[1,3,8,8]"}, "other"},
      {{"-b", "0"}, "-b 0"},
      {{"-layout", "[N1]"}, "layout"},
      {{"-layout", "[NC]"}, "number of dimensions"},
      {{"-load_config", folder_.write("deep.json", R"({"CPU": {"NUM_STREAMS": [[2]]}})").string()}, "NUM_STREAMS"},
      {{"-load_config", folder_.write("list.json", "[1]").string()}, "list.json"},
      {{"-iop", "nothing:u8"}, "nothing"},
      {{"--mean_values", "[a]"}, "--mean_values"},
      {{"-hint", "none", "-nstreams", "x"}, "NUM_STREAMS"},
      {{"-i", path("no.jpg")}, "no.jpg"},
      {{"-load_config", path("none.json")}, "none.json"},
      {{"-report_type", "no_counters", "-report_folder", path("m.xml")}, "m.xml"},
  };
  for (const auto& [words, named] : cases) {
    auto all = words;
    all.insert(all.end(), {"-niter", "1"});
    const Run run = app(all);
    EXPECT_EQ(run.status, 1) << named;
    const auto errors = run.starting_with("[ ERROR ] ");
    ASSERT_EQ(errors.size(), 1u) << named;
    EXPECT_NE(errors[0].find(named), std::string::npos) << errors[0];
  }
  testing::internal::CaptureStderr();
  EXPECT_EQ(app({"-niter", "0"}).status, 2);
  EXPECT_NE(testing::internal::GetCapturedStderr().find(
                "benchmark_app: error: argument -niter/--number_iterations: 0 is an invalid positive int value"),
            std::string::npos);
}

TEST_F(BenchmarkAppTest, SaysInTheReportWhatStoppedIt) {
  EXPECT_EQ(app({"-b", "0", "-report_type", "no_counters", "-json_stats", "-report_folder", path("r")}).status, 1);
  EXPECT_NE(json("r/benchmark_report.json")["execution_results"]["error"].get<std::string>().find("-b 0"), std::string::npos);
}

TEST_F(BenchmarkAppTest, WarnsOnceOfWhatDoesNothing) {
  const Run run = app({"-niter", "1", "-hint", "none", "-pin", "NUMA", "-cdir", "c", "-infer_precision", "f16", "-d", "MULTI:CPU"});
  EXPECT_EQ(run.status, 0);
  for (const char* part : {"-pin NUMA", "-cdir", "-infer_precision f16", "MULTI:CPU is taken as CPU"})
    EXPECT_NE(run.first_with(part), "") << part;
  EXPECT_EQ(run.first_with("Latency:").substr(0, 8), "Latency:");  // the plain line alone
  EXPECT_TRUE(run.starting_with("[ INFO ] Latency:").empty());
}

TEST_F(BenchmarkAppTest, MultipliesInBf16WhereItIsAskedFor) {
  const Run run = app({"-niter", "1", "-hint", "none", "-infer_precision", "bf16"});
  if (!active_isa().features.contains({CpuFeature::kAvx512Bf16})) {
    EXPECT_EQ(run.status, 1);
    EXPECT_NE(run.first_with("bf16"), "");
    GTEST_SKIP() << "no AVX512_BF16 here";
  }
  EXPECT_EQ(run.status, 0);
  EXPECT_NE(run.first_with("INFERENCE_PRECISION_HINT: <Type: 'bfloat16'>"), "");
}

class InputFilesTest : public testing::Test {
 protected:
  InputFilesTest() {
    image_.name = "image";
    image_.type = {ElementType::kF32, {1, 3, 5, 6}};
    image_.layout = guessed_layout(image_.type.shape);
    image_.given = ElementType::kU8;
  }

  fs::path write_picture(const std::string& name, std::uint8_t first) const {
    Image picture(ImageSize{6, 5});
    for (std::size_t i = 0; i < picture.bytes().size(); ++i) picture.bytes()[i] = static_cast<std::uint8_t>(first + i);
    EXPECT_TRUE(write_file(folder_.path() / name, *encode_png(picture)).ok());
    return folder_.path() / name;
  }

  // The first tensors of the first input.
  Result<std::vector<Tensor>> tensors(const std::vector<std::string>& words, bool as_picture = false) {
    testing::internal::CaptureStdout();
    auto made = [&]() -> Result<std::vector<Tensor>> {
      OCTET_ASSIGN(const auto files, find_input_files({words}, std::span(&image_, 1)));
      OCTET_ASSIGN(auto all, input_tensors(files, std::span(&image_, 1), as_picture));
      return std::move(all[0]);
    }();
    printed_ = testing::internal::GetCapturedStdout();
    return made;
  }

  ModelInput image_;
  ScratchFolder folder_;
  std::string printed_;
};

TEST_F(InputFilesTest, GivesPlanesOrPixels) {
  const std::string picture = write_picture("a.png", 0).string();
  const Tensor planes = (*tensors({picture}))[0], pixels = (*tensors({"image:" + picture}, true))[0];
  EXPECT_EQ(planes.shape(), (Shape{1, 3, 5, 6}));
  EXPECT_EQ(pixels.shape(), (Shape{1, 5, 6, 3}));
  for (std::size_t pixel = 0; pixel < 30; ++pixel)
    for (std::size_t c = 0; c < 3; ++c) {
      EXPECT_EQ(pixels.values<std::uint8_t>()[pixel * 3 + c], pixel * 3 + c);
      EXPECT_EQ(planes.values<std::uint8_t>()[c * 30 + pixel], pixel * 3 + c);
    }
}

TEST_F(InputFilesTest, FillsBatchesFromOneFileToTheNext) {
  for (const auto& [name, first] : {std::pair{"a.png", 0}, {"b.png", 40}, {"c.png", 80}})
    write_picture(name, static_cast<std::uint8_t>(first));
  folder_.write("notes.txt", "none");
  image_.type.shape[0] = 2;
  const auto found = tensors({folder_.path().string()});
  ASSERT_TRUE(found.ok()) << found.error().message;
  ASSERT_EQ(found->size(), 2u);
  EXPECT_EQ((*found)[0].values<std::uint8_t>()[0], 0);
  EXPECT_EQ((*found)[0].values<std::uint8_t>()[90], 40);
  EXPECT_NE(printed_.find("Only 2 images will be processed"), std::string::npos);
  EXPECT_NE(printed_.find("unsupported extensions"), std::string::npos);
}

TEST_F(InputFilesTest, MakesAPictureGreyForOneChannel) {
  image_.type.shape = {1, 1, 5, 6};
  image_.layout = *Layout::parse("NCHW");
  const std::string picture = write_picture("a.png", 0).string();
  const Tensor grey = (*tensors({picture}))[0];
  EXPECT_EQ(grey.values<std::uint8_t>()[10], 31);  // 0.114 * 30 + 0.587 * 31 + 0.299 * 32
}

TEST_F(InputFilesTest, ReadsArraysAndBytes) {
  Tensor values(ElementType::kU8, {1, 3, 5, 6});
  for (std::size_t i = 0; i < 90; ++i) values.mutable_values<std::uint8_t>()[i] = static_cast<std::uint8_t>(i);
  const std::string bytes(reinterpret_cast<const char*>(values.bytes().data()), 90);
  folder_.write("a.npy", npy_header(values) + bytes);
  folder_.write("a.bin", bytes);
  folder_.write("short.bin", bytes.substr(1));
  for (const char* name : {"a.npy", "a.bin"}) {
    const auto found = tensors({(folder_.path() / name).string()});
    ASSERT_TRUE(found.ok()) << found.error().message;
    EXPECT_EQ(std::memcmp((*found)[0].bytes().data(), values.bytes().data(), 90), 0) << name;
  }
  EXPECT_EQ((*tensors({(folder_.path() / "a.npy").string()}, true))[0].values<std::uint8_t>()[1], 30);
  EXPECT_NE(tensors({(folder_.path() / "short.bin").string()}).error().message.find("contains 89 bytes but model expects 90"),
            std::string::npos);
  image_.given = ElementType::kF32;
  EXPECT_NE(tensors({(folder_.path() / "a.npy").string()}).error().message.find("does not match input type f32"), std::string::npos);
}

TEST_F(InputFilesTest, RefusesNamesOfNoInput) {
  const auto found = tensors({"other:a.png"});
  ASSERT_FALSE(found.ok());
  EXPECT_NE(found.error().message.find("Cannot find inputs: ['other']"), std::string::npos);
  EXPECT_NE(tensors({"image:" + (folder_.path() / "none.png").string()}).error().message.find("none.png"), std::string::npos);
}

TEST(InputTensors, GiveTheSizesOfTheImage) {
  ModelInput image, sizes;
  image.name = "image";
  image.type = {ElementType::kF32, {1, 3, 5, 6}};
  image.layout = guessed_layout(image.type.shape);
  sizes.name = "im_info";
  sizes.type = {ElementType::kF32, {1, 3}};
  sizes.layout = *Layout::parse("NC");
  testing::internal::CaptureStdout();
  const auto found = input_tensors({}, std::vector{image, sizes}, false);
  const std::string printed = testing::internal::GetCapturedStdout();
  EXPECT_EQ(to_vector<float>((*found)[1][0]), (std::vector<float>{6, 5, 1}));
  EXPECT_EQ(printed.find("given for input 'im_info'"), std::string::npos);
}

TEST(ValuesByInput, ReadsValuesForOneOrForAll) {
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  const std::vector<std::string> names{"a", "b"};
  EXPECT_EQ(*values_by_input("a[1,2],b[3]", names), (Pairs{{"a", "1,2"}, {"b", "3"}}));
  EXPECT_EQ(*values_by_input("[4]", names), (Pairs{{"a", "4"}, {"b", "4"}}));
  EXPECT_EQ(*values_by_input("", names), Pairs{});
  for (const char* wrong : {"a", "a[1", "]1[", "c[1]"}) EXPECT_FALSE(values_by_input(wrong, names).ok()) << wrong;
}

TEST(Figures, TakeThePercentileFromTheSamples) {
  const Measurement measured{{4, 1, 3, 2}, 0.5};
  EXPECT_EQ(figures_of(measured, 50, 1).percentile_ms, 2);
  EXPECT_EQ(figures_of(measured, 51, 1).percentile_ms, 3);
  EXPECT_EQ(figures_of(measured, 100, 1).percentile_ms, 4);
  EXPECT_EQ(figures_of(measured, 1, 1).percentile_ms, 1);
  const Figures figures = figures_of(measured, 50, 3);
  EXPECT_EQ(figures.average_ms, 2.5);
  EXPECT_EQ(figures.throughput, 3 * 4 / 0.5);
}

TEST(CommandLinePairs, AreThoseOfUpstreamsReports) {
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(command_line_pairs(std::vector<std::string>{"-m", "a.xml", "-pc", "-niter=3", "-i", "a", "b"}),
            (Pairs{{"-m", "a.xml"}, {"-pc", ""}, {"-niter", "3"}, {"-i", "b"}}));
}

}  // namespace
}  // namespace octet::commands::benchmark_app
