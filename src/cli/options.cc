#include "cli/options.h"

#include <fmt/format.h>

#include "base/cpu.h"
#include "base/parse_number.h"
#include "data/first_look.h"
#include "zoo/catalogue.h"

namespace octet::cli {
namespace {

template <typename T>
CLI::Validator within(T low, T high, const std::string& range) {
  const auto fault = [=](const std::string& text) {
    const auto number = parse_number<T>(text);
    return number && *number >= low && *number <= high ? std::string() : fmt::format("'{}' is not {}", text, range);
  };
  return {fault, ""};
}

}  // namespace

CLI::Validator number_between(double low, double high) { return within(low, high, fmt::format("a number from {:g} to {:g}", low, high)); }

CLI::Validator whole_number() { return within<std::int64_t>(0, INT64_MAX, "a whole number from 0"); }

void add_output(CLI::App& app, std::filesystem::path& folder) { app.add_option("--output,-o", folder, "Folder to write to")->required(); }

void add_threads(CLI::App& app, int& threads) {
  threads = available_threads();
  app.add_option("--threads", threads, "Threads to use; default: all that this process may use")->check(CLI::Range(1, 1024));
}

void add_score_threshold(CLI::App& app, double& threshold) {
  app.add_option("--score-threshold", threshold, "Keep what scores above")->check(number_between(0, 1))->capture_default_str();
}

void add_seconds(CLI::App& app, double& seconds) {
  app.add_option("--seconds", seconds, "How long to measure latency")->check(number_between(0, 86400))->capture_default_str();
}

void add_labels(CLI::App& app, std::filesystem::path& labels) {
  app.add_option("--labels", labels, "Names of the model's classes, one a line, or a data.yaml");
}

void add_beside_model(CLI::App& app, BesideModel& beside) {
  app.add_option("--model", beside.description, "What the files do not say: name of a known model, or a description F.yml")
      ->type_name(kModelName);
  app.add_option("--weights", beside.weights, "Darknet weights; default: beside the cfg, with its name");
}

void add_cut(CLI::App& app, std::vector<std::string>& outputs) {
  app.add_option("--outputs", outputs, "Values of an ONNX model, by their names in the file, at which the graph is to end")->delimiter(',');
}

void add_written(CLI::App& app, WriteOptions& options) {
  const std::map<std::string, Precision> words{{"FP32", Precision::kFp32}, {"FP16", Precision::kFp16}};
  app.add_option("--precision", options.precision, "What floats are stored as: FP32 (default) or FP16, half the size")
      ->transform(CLI::CheckedTransformer(words).description("{FP32,FP16}"))
      ->type_name("TEXT");
  add_onnx(app, options.onnx);
}

void add_onnx(CLI::App& app, bool& onnx) { app.add_flag("--onnx", onnx, "Write an ONNX model beside the IR as well"); }

std::string one_of(std::string words) {
  std::erase(words, ' ');
  return "TEXT:{" + words + "}";
}

void add_engine(CLI::App& app, std::string& name) {
  app.add_option("--engine", name, "What runs the model")->type_name(one_of(engine_names()))->capture_default_str();
}

void add_engines(CLI::App& app, std::string& names) {
  app.add_option("--engine", names, "What runs the models, several with commas between them")
      ->type_name(one_of(engine_names()))
      ->capture_default_str();
}

void add_inference_precision(CLI::App& app, InferencePrecision& precision) {
  constexpr auto kBf16 = InferencePrecision::kBf16;
  const auto take = [&precision](const std::string& word) { precision = word == to_string(kBf16) ? kBf16 : InferencePrecision::kF32; };
  app.add_option_function<std::string>("--infer-precision", take,
                                       "What layers of floats multiply: f32 (default), or bf16 where that saves time, on CPUs that have it")
      ->check(CLI::IsMember({"f32", "bf16"}));
}

Result<std::vector<const Engine*>> engines_named(const std::string& names) {
  std::vector<const Engine*> engines;
  for (const std::string& name : CLI::detail::split(names, ',')) {
    OCTET_ASSIGN(const Engine* engine, engine_named(name));
    if (std::ranges::find(engines, engine) != engines.end())
      return Error{ErrorCode::kInvalidArgument, "engine " + name + " is given twice"};
    engines.push_back(engine);
  }
  return engines;
}

void add_limit(CLI::App& app, std::int64_t& limit) {
  app.add_option("--limit", limit, "Only the first N images; 0 is all")->check(whole_number());
}

void add_pictures(CLI::App& app, DataSource& source) {
  app.add_option("--data", source.folder, "Folder in the layout of COCO (val2017/, annotations/), Roboflow or CVAT");
  app.add_option("--images", source.images, "Pictures, and folders of pictures with all folders below them")->excludes("--data");
  app.add_option("--annotations", source.annotations, "Annotations in COCO's format, of pictures in the folder --images")
      ->excludes("--data");
  app.add_flag("--exif", source.apply_exif, "Turn pictures as their EXIF orientation says");
}

Result<Dataset> open_pictures(const DataSource& source, std::int64_t limit, const Warn& warn) {
  OCTET_ASSIGN(Dataset dataset, open_dataset(source));
  dataset = first_images(std::move(dataset), limit);
  look_first(dataset, {}, warn);
  return dataset;
}

Result<ConvertOptions> model_options(const BesideModel& beside, const Warn& warn) {
  ConvertOptions options;
  options.labels = beside.labels;
  options.warn = warn;
  if (!beside.weights.empty()) options.weights = beside.weights;
  if (!beside.description.empty()) {
    OCTET_ASSIGN(options.description, find_description(beside.description, warn));
    options.description_word = beside.description;
  }
  return options;
}

}  // namespace octet::cli
