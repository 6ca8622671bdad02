#include "accuracy/evaluation.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <mutex>
#include <opencv2/core.hpp>
#include <unordered_map>

#include "accuracy/subset.h"
#include "base/files.h"
#include "base/parallel.h"
#include "image/decode.h"
#include "importers/openvino_ir/import.h"
#include "model/yaml.h"
#include "passes/standard.h"

namespace octet::accuracy {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// The IR that a path is, or the one that a folder holds: the one named as the model, else the only one.
Result<fs::path> find_ir(const fs::path& path, const std::string& model) {
  std::error_code failure;
  if (!fs::is_directory(path, failure)) {
    if (fs::exists(path, failure)) return path;
    return Error{ErrorCode::kNotFound, path.string() + ": there is no such model"};
  }
  if (const auto named = path_inside(path, model + ".xml"); named.ok() && fs::is_regular_file(*named, failure)) return *named;
  std::vector<fs::path> found;
  for (fs::directory_iterator it(path, failure), end; !failure && it != end; it.increment(failure))
    if (it->path().extension() == ".xml") found.push_back(it->path());
  if (found.size() == 1) return found[0];
  return Error{ErrorCode::kNotFound, fmt::format("{}: holds {} models (.xml), and none is called {}.xml; name the file", path.string(),
                                                 found.empty() ? "no" : "several", model)};
}

Result<ImageSize> input_size(const Graph& graph) {
  const auto inputs = graph.parameters();
  if (inputs.size() != 1)
    return Error{ErrorCode::kUnsupported, fmt::format("the network has {} inputs, octet evaluates networks of one picture", inputs.size())};
  const TensorType& type = graph.node(inputs[0]).outputs[0];
  const bool is_picture =
      type.element == ElementType::kF32 && type.shape.size() == 4 && type.shape[0] == 1 && type.shape[1] == Image::kChannels;
  if (!is_picture)
    return Error{ErrorCode::kUnsupported, fmt::format("the network's input is {}, octet feeds [1,3,height,width]", to_string(type.shape))};
  return ImageSize{static_cast<int>(type.shape[3]), static_cast<int>(type.shape[2])};
}

Status load_network(const EvaluationConfig& config, Evaluation& evaluation) {
  OCTET_ASSIGN(const fs::path xml, find_ir(config.model_path, config.model));
  OCTET_ASSIGN(Graph graph, import_openvino_ir(xml));
  passes::run_reading_passes(graph);
  OCTET_ASSIGN_AT(evaluation.network.input, input_size(graph), xml.string());
  OCTET_ASSIGN_AT(evaluation.preprocessing, make_preprocessing(config.reader, config.preprocessing, evaluation.network.input),
                  config.file_of("preprocessing"));
  // A picture of the network's own shape tells of steps that do not end in it before any image is read.
  const auto trial = prepare_picture(evaluation.preprocessing, Image(evaluation.network.input), evaluation.network.input);
  if (!trial.ok()) return trial.error().at(config.file_of("preprocessing"));
  const EngineOptions options{.picture_input = evaluation.preprocessing.gives_bytes()};
  OCTET_ASSIGN_AT(evaluation.model, default_engine().load(graph, xml, options), xml.string());
  evaluation.network.input_name = evaluation.model->inputs()[0].name;
  for (const Port& port : evaluation.model->outputs())
    evaluation.network.outputs.push_back({port.names(), port.type.shape, port.type.element});
  return {};
}

Status prepare_parts(const Folders& folders, Evaluation& evaluation) {
  const EvaluationConfig& config = evaluation.config;
  OCTET_ASSIGN_AT(evaluation.convert, make_converter(config.conversion, folders), config.file_of("annotation_conversion"));
  OCTET_ASSIGN_AT(evaluation.postprocessing, make_postprocessing(config.postprocessing), config.file_of("postprocessing"));
  OCTET_ASSIGN_AT(evaluation.metrics, make_metrics(config.metrics), config.file_of("metrics"));
  OCTET_RETURN_IF_ERROR(load_network(config, evaluation));
  OCTET_ASSIGN_AT(evaluation.adapter, make_adapter(config.adapter, evaluation.network, evaluation.notes), "configuration");
  return {};
}

// Puts a prepared picture into the network's input: bytes as they lie, else planes of floats.
void fill_input(const cv::Mat& pixels, Tensor& input) {
  if (input.type() == ElementType::kU8) {
    const std::span<std::uint8_t> bytes = input.mutable_values<std::uint8_t>();
    const std::size_t row = static_cast<std::size_t>(pixels.cols) * Image::kChannels;
    for (int y = 0; y < pixels.rows; ++y) std::memcpy(bytes.data() + row * static_cast<std::size_t>(y), pixels.ptr(y), row);
    return;
  }
  cv::Mat floats;
  pixels.convertTo(floats, CV_32F);
  const std::span<float> planes = input.mutable_values<float>();
  const std::size_t plane = planes.size() / Image::kChannels;
  for (int y = 0; y < floats.rows; ++y)
    for (int x = 0; x < floats.cols; ++x)
      for (int c = 0; c < Image::kChannels; ++c)
        planes[static_cast<std::size_t>(c) * plane + static_cast<std::size_t>(y) * static_cast<std::size_t>(floats.cols) +
               static_cast<std::size_t>(x)] = floats.ptr<float>(y)[Image::kChannels * x + c];
}

// One stream of pictures through the network.
class Worker {
 public:
  explicit Worker(const Evaluation& evaluation)
      : evaluation_(evaluation),
        session_(evaluation.model->open_session(1)),
        input_(evaluation.model->inputs()[0].type.element, evaluation.model->inputs()[0].type.shape) {}

  Result<EvaluatedImage> evaluate(const AnnotatedImage& annotated);

 private:
  const Evaluation& evaluation_;
  std::unique_ptr<EngineSession> session_;
  Tensor input_;
};

Result<EvaluatedImage> Worker::evaluate(const AnnotatedImage& annotated) {
  OCTET_ASSIGN(const fs::path path, path_inside(evaluation_.config.data_source, annotated.file_name));
  OCTET_ASSIGN(const Image picture, read_image(path, {.apply_exif = !evaluation_.preprocessing.reads_rgb}));
  OCTET_ASSIGN_AT(PreparedPicture prepared, prepare_picture(evaluation_.preprocessing, picture, evaluation_.network.input), path.string());
  fill_input(prepared.pixels, input_);
  OCTET_ASSIGN(const auto outputs, session_->run(std::span(&input_, 1)));
  EvaluatedImage image{annotated.file_name, annotated.truth, evaluation_.adapter(outputs, prepared.frame)};
  for (const Postprocessor& step : evaluation_.postprocessing)
    if (auto status = step(image.truth, image.found, prepared.frame); !status.ok()) return status.error().at(path.string());
  return image;
}

// Lines of progress, in order, whichever thread ends an image.
class ProgressLines {
 public:
  ProgressLines(std::size_t total, const RunOptions& options) : total_(total), options_(options) {}

  void count() {
    const std::lock_guard lock(mutex_);
    ++done_;
    if (!options_.print || options_.progress_interval < 1 || done_ % static_cast<std::size_t>(options_.progress_interval) != 0) return;
    options_.print(fmt::format("{} / {} processed in {:.3f}s", done_, total_, seconds_since(last_)));
    last_ = Clock::now();
  }

  void finish() {
    if (options_.print) options_.print(fmt::format("{} objects processed in {:.3f} seconds", total_, seconds_since(start_)));
  }

 private:
  std::size_t total_;
  const RunOptions& options_;
  std::mutex mutex_;
  std::size_t done_ = 0;
  Clock::time_point start_ = Clock::now(), last_ = start_;
};

Result<std::vector<EvaluatedImage>> evaluate_images(const Evaluation& evaluation, const std::vector<AnnotatedImage>& images,
                                                    const RunOptions& options) {
  std::vector<std::unique_ptr<Worker>> workers;
  for (int i = 0; i < std::max(1, options.threads); ++i) workers.push_back(std::make_unique<Worker>(evaluation));
  std::vector<EvaluatedImage> evaluated(images.size());
  std::vector<std::optional<Error>> failures(images.size());
  std::atomic<bool> failed = false;
  ProgressLines progress(images.size(), options);
  parallel_for_each(static_cast<int>(workers.size()), images.size(), [&](int worker, std::size_t i) {
    if (failed.load()) return;
    auto result = workers[static_cast<std::size_t>(worker)]->evaluate(images[i]);
    if (result.ok()) {
      evaluated[i] = std::move(*result);
      return progress.count();
    }
    failures[i] = result.error();
    failed.store(true);
  });
  for (const auto& failure : failures)
    if (failure) return *failure;
  progress.finish();
  return evaluated;
}

// The images of a subset file, in its order.
Result<std::vector<AnnotatedImage>> images_of_file(const fs::path& path, std::vector<AnnotatedImage> images) {
  constexpr std::size_t kMaxBytes = std::size_t{64} << 20;
  OCTET_ASSIGN(const std::string text, read_text(path, kMaxBytes));
  OCTET_ASSIGN_AT(const YAML::Node list, load_yaml(text), path.string());
  OCTET_ASSIGN_AT(const auto names, texts_from_yaml(list, "a subset"), path.string());
  std::unordered_map<std::string, std::size_t> place;
  for (std::size_t i = 0; i < images.size(); ++i) place.emplace(images[i].file_name, i);
  std::vector<AnnotatedImage> chosen;
  for (const std::string& name : names) {
    const auto found = place.find(name);
    if (found == place.end()) return Error{ErrorCode::kMalformed, fmt::format("{}: the data set has no image '{}'", path.string(), name)};
    chosen.push_back(images[found->second]);
  }
  if (chosen.empty()) return Error{ErrorCode::kMalformed, path.string() + ": lists no image"};
  return chosen;
}

Status store_subset(const fs::path& path, const std::vector<AnnotatedImage>& images) {
  YAML::Emitter out;
  out << YAML::BeginSeq;
  for (const AnnotatedImage& image : images) out << image.file_name;
  out << YAML::EndSeq;
  return write_file(path, std::string(out.c_str()) + "\n");
}

// The first `size` images, or as many drawn.
std::vector<AnnotatedImage> subset_of(std::vector<AnnotatedImage> images, std::size_t size, const EvaluationConfig& config) {
  if (config.shuffle) {
    std::vector<AnnotatedImage> drawn;
    for (const std::size_t i : numpy_permutation(config.subset_seed, images.size())) drawn.push_back(std::move(images[i]));
    images = std::move(drawn);
  }
  images.resize(size);
  return images;
}

// What the settings for subsets leave of the images, in the order in which they are evaluated.
Result<std::vector<AnnotatedImage>> choose_images(const EvaluationConfig& config, std::vector<AnnotatedImage> images,
                                                  const RunOptions& options) {
  const bool has_file = !config.subset_file.empty();
  if (has_file && !config.store_subset && fs::exists(config.subset_file)) return images_of_file(config.subset_file, std::move(images));
  if (config.subset) {
    OCTET_ASSIGN(const std::size_t size, subset_size(*config.subset, images.size()));
    if (size > images.size() && options.print)
      options.print(fmt::format("warning: Dataset size {} less than subset size {}", images.size(), size));
    if (size <= images.size()) images = subset_of(std::move(images), size, config);
  }
  if (config.store_subset || has_file) {
    const fs::path path = has_file ? config.subset_file : fs::path(fmt::format("{}_subset_{}.yml", config.dataset, images.size()));
    if (options.print) options.print(fmt::format("Data subset will be saved to {} file", path.string()));
    OCTET_RETURN_IF_ERROR(store_subset(path, images));
  }
  return images;
}

Result<Annotations> convert_annotations(const Evaluation& evaluation, const RunOptions& options) {
  const auto print = [&](const std::string& line) {
    if (options.print) options.print(line);
  };
  print(fmt::format("Annotation conversion for {} dataset has been started", evaluation.config.dataset));
  print("Parameters to be used for conversion:");
  for (const auto& pair : evaluation.config.conversion)
    if (pair.first.IsScalar() && pair.second.IsScalar()) print(fmt::format("{}: {}", pair.first.Scalar(), pair.second.Scalar()));
  const auto start = Clock::now();
  OCTET_ASSIGN(Annotations annotations, evaluation.convert());
  print(fmt::format("{} objects processed in {:.3f} seconds", annotations.converted, seconds_since(start)));
  print(fmt::format("Annotation conversion for {} dataset has been finished", evaluation.config.dataset));
  if (annotations.images.empty())
    return Error{ErrorCode::kMalformed, fmt::format("data set {} has no annotated image", evaluation.config.dataset)};
  if (annotations.labels.empty()) return Error{ErrorCode::kMalformed, fmt::format("data set {} has no classes", evaluation.config.dataset)};
  return annotations;
}

}  // namespace

Result<Evaluation> prepare(const EvaluationConfig& config, const Folders& folders) {
  Evaluation evaluation{.config = config,
                        .model = nullptr,
                        .network = {},
                        .preprocessing = {},
                        .adapter = {},
                        .postprocessing = {},
                        .metrics = {},
                        .convert = {},
                        .notes = {}};
  if (auto status = prepare_parts(folders, evaluation); !status.ok()) return status.error().at("model " + config.model);
  return evaluation;
}

Result<Outcome> run(const Evaluation& evaluation, const RunOptions& options) {
  OCTET_ASSIGN(Annotations annotations, convert_annotations(evaluation, options));
  OCTET_ASSIGN(const auto images, choose_images(evaluation.config, std::move(annotations.images), options));
  Evaluated evaluated{.images = {}, .labels = std::move(annotations.labels), .threads = options.threads};
  OCTET_ASSIGN(evaluated.images, evaluate_images(evaluation, images, options));
  const bool is_whole = !evaluation.config.subset && evaluation.config.subset_file.empty();
  if (is_whole && annotations.coco) evaluated.coco = &*annotations.coco;
  Outcome outcome{.values = {}, .images = images.size()};
  for (const MetricEntry& metric : evaluation.metrics) outcome.values.push_back(metric.compute(evaluated));
  return outcome;
}

}  // namespace octet::accuracy
