#include "workflow/convert_published.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/files.h"
#include "steps/import_source.h"
#include "workflow/optimizer_arguments.h"
#include "zoo/catalogue.h"

namespace octet {
namespace {
namespace fs = std::filesystem;

// Of inputs as octet has them, BGR 0..255, and as their networks were trained: the scale between the two.
constexpr double kBytesScale = 1, kFractionsScale = 255;

// The one file of the model whose name ends so; empty if there are none or several.
std::string only_file(const ZooModel& model, std::string_view extension) {
  const auto ends_so = [&](const RemoteFile& file) { return file.name.ends_with(extension); };
  const auto found = std::ranges::find_if(model.files, ends_so);
  return std::ranges::count_if(model.files, ends_so) == 1 ? found->name : std::string();
}

// What must be done to a picture before the network as octet imports it, which reverses channels and divides by `scale` itself, so that
// in all it is what Model Optimizer puts in front of the original network.
passes::InputSteps remaining_steps(const OptimizerArguments& arguments, double scale) {
  passes::InputSteps steps{
      .reverse_channels = !arguments.reverse_input_channels, .mean = arguments.mean_values, .scale = arguments.scale_values};
  if (steps.scale.empty()) steps.scale = {1};
  for (double& number : steps.scale) number /= scale;
  if (std::ranges::all_of(steps.scale, [](double number) { return number == 1; })) steps.scale.clear();
  // Theirs are in the order of the original network, which is the other way round.
  std::ranges::reverse(steps.mean);
  std::ranges::reverse(steps.scale);
  return steps;
}

Result<OptimizerArguments> arguments_of(const ZooModel& model, const ModelTrees& trees, const std::vector<std::string>& extra) {
  const TemplateVariables variables{{"config_dir", model.folder.string()},
                                    {"conv_dir", (trees.output / model.subdirectory).string()},
                                    {"dl_dir", (trees.downloads / model.subdirectory).string()},
                                    {"mo_dir", ""},
                                    {"mo_ext_dir", ""}};
  std::vector<std::string> words;
  for (const std::string& word : model.optimizer_args.value_or(std::vector<std::string>())) {
    OCTET_ASSIGN(std::string expanded, expand_variables(word, variables));
    words.push_back(std::move(expanded));
  }
  words.insert(words.end(), extra.begin(), extra.end());
  return parse_optimizer_arguments(words, model.inputs);
}

// Octet's own entries say which file is the source. Their networks take reversed channels, of the scale that they were trained with,
// whether arguments say so or not.
ConversionPlan plan_own(const ZooModel& model, const fs::path& downloads, OptimizerArguments arguments) {
  const double scale = model.framework == "darknet" ? kFractionsScale : kBytesScale;
  arguments.reverse_input_channels = true;
  if (arguments.scale_values.empty()) arguments.scale_values = {scale};
  ConversionPlan plan{.source = downloads / model.source_file,
                      .weights = {},
                      .steps = remaining_steps(arguments, scale),
                      .picture = {},
                      .outputs = {},
                      .input_shape = arguments.input_shape,
                      .remarks = {}};
  if (!model.weights_file.empty()) plan.weights = downloads / model.weights_file;
  return plan;
}

Result<ConversionPlan> plan_darknet(const fs::path& cfg, const fs::path& weights, const OptimizerArguments& arguments) {
  ConversionPlan plan{.source = cfg,
                      .weights = weights,
                      .steps = remaining_steps(arguments, kFractionsScale),
                      .picture = {},
                      .outputs = {},
                      .input_shape = arguments.input_shape,
                      .remarks = {}};
  plan.remarks.push_back(
      "Darknet's files are read themselves: batch normalization keeps Darknet's epsilon, 0.00001, where a detour over Keras "
      "has 0.001");
  return plan;
}

// Of a path in the output folder, where scripts put what they make, the place below `downloads` where it is a published file after all.
fs::path place_of_source(const ZooModel& model, const ModelTrees& trees, const fs::path& path) {
  const std::string name = path.lexically_relative(trees.output / model.subdirectory).generic_string();
  const bool is_published = std::ranges::find(model.files, name, &RemoteFile::name) != model.files.end();
  return is_published ? trees.downloads / model.subdirectory / name : path;
}

Result<ConversionPlan> plan_tensorflow(const ZooModel& model, const ModelTrees& trees, const OptimizerArguments& arguments) {
  const bool is_folder = !arguments.saved_model_dir.empty();
  if (!is_folder && arguments.input_model.empty())
    return Error{ErrorCode::kUnsupported, "names no --input_model or --saved_model_dir, which octet needs"};
  if (!arguments.outputs.empty() && !arguments.object_detection_api)
    return Error{ErrorCode::kUnsupported, fmt::format("octet does not cut a network at --output={}", fmt::join(arguments.outputs, ","))};
  const double scale = arguments.object_detection_api ? kBytesScale : kFractionsScale;
  return ConversionPlan{.source = place_of_source(model, trees, is_folder ? arguments.saved_model_dir : arguments.input_model),
                        .weights = {},
                        .steps = remaining_steps(arguments, scale),
                        .picture = {},
                        .outputs = {},
                        .input_shape = arguments.input_shape,
                        .remarks = {}};
}

std::string words_of(const std::vector<double>& numbers) { return fmt::format("{}", fmt::join(numbers, " ")); }

Result<ConversionPlan> plan_onnx(const ZooModel& model, const ModelTrees& trees, const OptimizerArguments& arguments) {
  if (arguments.input_model.empty()) return Error{ErrorCode::kUnsupported, "names no --input_model, which octet needs"};
  ConversionPlan plan{.source = place_of_source(model, trees, arguments.input_model),
                      .weights = {},
                      .steps = {},
                      .picture = {{"reverse_input_channels", arguments.reverse_input_channels ? "YES" : "NO"},
                                  {"scale_values", arguments.scale_values.empty() ? "1" : words_of(arguments.scale_values)}},
                      .outputs = arguments.outputs,
                      .input_shape = arguments.input_shape,
                      .remarks = {}};
  if (!arguments.mean_values.empty()) plan.picture.insert({"mean_values", words_of(arguments.mean_values)});
  if (!model.onnx_args.empty() && !fs::exists(plan.source))
    return Error{ErrorCode::kUnsupported,
                 fmt::format("a {} model is converted by a script of Python first, which octet does not run; octet "
                             "takes the ONNX file that it makes, {}",
                             model.framework, plan.source.string())};
  return plan;
}

// What graphs of TensorFlow leave open: the size of their image and the anchors of raw heads, as far as the model's description has them.
void add_published_info(const ZooModel& model, ModelInfo& info) {
  for (const char* key : {"anchors", "masks"})
    if (const auto stated = model.model_info.find(key); stated != model.model_info.end()) info.insert(*stated);
  if (model.inputs.size() != 1 || model.inputs[0].shape.size() != model.inputs[0].layout.size()) return;
  for (const auto& [axis, key] : {std::pair('W', "orig_width"), std::pair('H', "orig_height")})
    if (const std::size_t at = model.inputs[0].layout.find(axis); at != std::string::npos && model.inputs[0].shape[at] > 0)
      info.insert({key, std::to_string(model.inputs[0].shape[at])});
}

Status check_input_shape(const Graph& graph, const std::vector<std::int64_t>& asked) {
  const Shape& shape = graph.node(graph.parameters()[0]).outputs[0].shape;
  const std::vector<std::int64_t> planar(shape.begin(), shape.end());
  if (asked.empty() || asked == planar) return {};
  if (planar.size() == 4 && asked == std::vector{planar[0], planar[2], planar[3], planar[1]}) return {};
  return Error{ErrorCode::kUnsupported, fmt::format("--input_shape=[{}]: the network's is [{}], which octet does not change",
                                                    fmt::join(asked, ","), fmt::join(planar, ","))};
}

}  // namespace

Result<ConversionPlan> plan_conversion(const ZooModel& model, const ModelTrees& trees, const std::vector<std::string>& extra) {
  const bool is_onnx = model.framework == "onnx" || !model.onnx_args.empty();
  if (!is_onnx && model.framework != "tf" && model.framework != "darknet")
    return Error{ErrorCode::kUnsupported, fmt::format("octet converts no models of the framework {} (darknet, onnx, tf)", model.framework)};
  OCTET_ASSIGN(const OptimizerArguments arguments, arguments_of(model, trees, extra));
  OCTET_ASSIGN(const fs::path downloads, path_inside(trees.downloads, model.subdirectory));
  if (!model.source_file.empty()) return plan_own(model, downloads, arguments);
  if (is_onnx) return plan_onnx(model, trees, arguments);
  const std::string cfg = only_file(model, ".cfg"), weights = only_file(model, ".weights");
  auto plan = !cfg.empty() && !weights.empty() ? plan_darknet(downloads / cfg, downloads / weights, arguments)
                                               : plan_tensorflow(model, trees, arguments);
  if (plan.ok() && arguments.transformations_config.find("yolo") != std::string::npos)
    plan->remarks.push_back(arguments.transformations_config + " is not applied: the outputs are the raw heads, without RegionYolo");
  return plan;
}

Result<fs::path> published_ir(const ZooModel& model, const fs::path& output, std::string_view precision) {
  OCTET_ASSIGN(const fs::path folder, path_inside(output, model.subdirectory));
  return folder / precision / (model.name + ".xml");
}

Status convert_published(const ZooModel& model, const ConversionPlan& plan, Precision precision, const fs::path& output, const Warn& warn) {
  ConvertOptions options;
  options.weights = plan.weights;
  options.warn = warn;
  options.input_steps = plan.steps;
  const auto known = zoo_model(model.name);
  if (known.ok() && plan.weights) options.output_names = known->output_names;
  options.description = known.ok() ? *known : ZooModel();
  options.description->name = model.name;
  options.outputs = plan.outputs;
  options.description->model_info.insert(plan.picture.begin(), plan.picture.end());
  if (!plan.weights) add_published_info(model, options.description->model_info);
  OCTET_ASSIGN(const Graph graph, import_source(plan.source, options));
  OCTET_RETURN_IF_ERROR(check_input_shape(graph, plan.input_shape));
  OCTET_ASSIGN(const fs::path target, published_ir(model, output, folder_of(precision, false)));
  OCTET_RETURN_IF_ERROR(write_ir(graph, target, {precision}));
  return {};
}

}  // namespace octet
