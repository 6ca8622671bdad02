#include "steps/import_source.h"

#include <gtest/gtest.h>

#include "detector/detector.h"

namespace octet {
namespace {

const std::filesystem::path kNetwork = OCTET_SOURCE_DIR "/demo/yolo-fastest-1.1-xl/yolo-fastest-1.1-xl.cfg";

const Node& output_named(const Graph& graph, std::string_view name) { return graph.node(graph.find(name)); }

TEST(ImportSource, GivesOutputsTheNamesThatScriptsLookFor) {
  const auto plain = import_source(kNetwork, {});
  ASSERT_TRUE(plain.ok()) << plain.error().message;
  const std::string first = plain->node(plain->outputs()[0]).name;
  ConvertOptions options;
  options.output_names[first] = {"model/conv2d/BiasAdd", "Heads:0"};
  const auto graph = import_source(kNetwork, options);
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  EXPECT_EQ(std::get<Output>(output_named(*graph, "Heads:0").op).further_names, (std::vector<std::string>{"model/conv2d/BiasAdd", first}));
  // The description goes on to call the output by its first name.
  const auto detector = make_detector(*graph, kNetwork);
  EXPECT_TRUE(detector.ok()) << detector.error().message;
}

TEST(ImportSource, RefusesNamesForOutputsThatThereAreNot) {
  ConvertOptions options;
  options.output_names["yolo_9"] = {"heads"};
  const auto graph = import_source(kNetwork, options);
  ASSERT_FALSE(graph.ok());
  EXPECT_EQ(graph.error().message, kNetwork.string() + ": has no output 'yolo_9' to be given names");
}

TEST(ImportSource, PutsStepsInFrontOfTheNetwork) {
  ConvertOptions options;
  options.input_steps = {.mean = {1, 2, 3, 4}};
  const auto graph = import_source(kNetwork, options);
  ASSERT_FALSE(graph.ok());
  EXPECT_EQ(graph.error().message, kNetwork.string() + ": mean of the input is [1, 2, 3, 4], expected 1 or 3 numbers");
}

TEST(ImportSource, RefusesAHeadThatItsOutputsAreNotOf) {
  const auto plain = import_source(kNetwork, {});
  ASSERT_TRUE(plain.ok()) << plain.error().message;
  const std::string output = plain->node(plain->outputs()[0]).name;
  ConvertOptions options;
  options.description.emplace();
  options.description->model_info = {{"octet_head", "dense"}, {"octet_outputs", "[\"" + output + "\"]"}, {"octet_classes", "7"}};
  const auto graph = import_source(kNetwork, options);
  ASSERT_FALSE(graph.ok());
  EXPECT_NE(graph.error().message.find(kNetwork.string() + ": output '" + output + "' is f32"), std::string::npos) << graph.error().message;
  EXPECT_NE(graph.error().message.find("octet_head dense needs f32 with 11 columns there"), std::string::npos) << graph.error().message;
}

}  // namespace
}  // namespace octet
