#include "workflow/detector.h"

#include <algorithm>
#include <chrono>
#include <mutex>

#include "base/parallel.h"
#include "detect/preprocess.h"
#include "image/decode.h"
#include "importers/openvino_ir/import.h"
#include "model/model_info.h"
#include "passes/planar_input.h"

namespace octet {
namespace {

std::size_t bytes_of(const std::filesystem::path& xml) {
  std::error_code ignored;
  std::filesystem::path bin = xml;
  bin.replace_extension(".bin");
  return std::filesystem::file_size(xml, ignored) + std::filesystem::file_size(bin, ignored);
}

Status check_input(const Plan& plan, const ModelDescription& description) {
  const Shape wanted{1, 3, description.input.height, description.input.width};
  if (plan.inputs().size() != 1 || plan.inputs()[0].type.shape != wanted || plan.inputs()[0].type.element != ElementType::kF32)
    return Error{ErrorCode::kMalformed, "the model has no single f32 input " + to_string(wanted) + ", which its model_info promises"};
  return {};
}

// Whether the outputs are what the head needs.
Status check_outputs_of(const Plan& plan, const ModelDescription& description) {
  std::vector<OutputType> outputs;
  for (const Port& port : plan.outputs()) outputs.push_back({port.name, port.type.element, port.type.shape});
  return check_outputs(description, outputs);
}

class DatasetRun {
 public:
  DatasetRun(const Detector& detector, const Dataset& dataset, const DetectRunOptions& options)
      : dataset_(dataset), options_(options), done_(dataset.images.size()) {
    for (int i = 0; i < std::max(1, options.threads); ++i) sessions_.push_back(std::make_unique<DetectionSession>(detector, 1));
    run_.detections.resize(dataset.images.size());
  }

  Result<DetectionRun> run() {
    const auto start = std::chrono::steady_clock::now();
    parallel_for_each(static_cast<int>(sessions_.size()), dataset_.images.size(), [&](int worker, std::size_t i) { detect(worker, i); });
    run_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (failure_) return *failure_;
    run_.done.assign(done_.begin(), done_.end());
    run_.images = std::count(done_.begin(), done_.end(), char{1});
    return std::move(run_);
  }

 private:
  void detect(int worker, std::size_t i) {
    const auto image = read_image(dataset_.images[i].path);
    if (image.ok()) {
      auto found = sessions_[static_cast<std::size_t>(worker)]->detect(*image, options_.detect);
      if (found.ok())
        run_.detections[i] = std::move(*found);
      else
        fail(found.error());
      done_[i] = found.ok();
    }
    const std::lock_guard lock(mutex_);
    if (!image.ok() && options_.warn) options_.warn("skipped " + image.error().message);
    if (options_.progress) options_.progress(++finished_, static_cast<std::int64_t>(dataset_.images.size()));
  }

  void fail(const Error& error) {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = error;
  }

  const Dataset& dataset_;
  const DetectRunOptions& options_;
  std::vector<std::unique_ptr<DetectionSession>> sessions_;
  std::vector<char> done_;
  DetectionRun run_;
  std::mutex mutex_;
  std::optional<Error> failure_;
  std::int64_t finished_ = 0;
};

}  // namespace

Result<Detector> make_detector(const Graph& graph, const std::filesystem::path& path) {
  OCTET_ASSIGN_AT(auto description, read_model_info(graph.model_info), path.string());
  Graph planar = graph;
  passes::make_input_planar(planar);
  OCTET_ASSIGN_AT(auto plan, compile(planar), path.string());
  if (auto status = check_input(*plan, description); !status.ok()) return status.error().at(path.string());
  if (auto status = check_outputs_of(*plan, description); !status.ok()) return status.error().at(path.string());
  return Detector{path, std::move(plan), std::move(description), 0};
}

Result<Detector> load_detector(const std::filesystem::path& xml) {
  OCTET_ASSIGN(const Graph graph, import_openvino_ir(xml));
  OCTET_ASSIGN(Detector detector, make_detector(graph, xml));
  detector.file_bytes = bytes_of(xml);
  return detector;
}

DetectionSession::DetectionSession(const Detector& detector, int threads)
    : description_(detector.description),
      session_(detector.plan, threads),
      input_(ElementType::kF32, detector.plan->inputs()[0].type.shape) {}

Result<std::vector<Detection>> DetectionSession::detect(const Image& image, const DetectOptions& options) {
  preprocess(description_, image, input_.mutable_values<float>());
  OCTET_ASSIGN(const auto tensors, session_.run(std::span(&input_, 1)));
  std::vector<NamedOutput> outputs;
  for (std::size_t i = 0; i < tensors.size(); ++i)
    if (tensors[i].type() == ElementType::kF32)
      outputs.push_back({session_.plan().outputs()[i].name, tensors[i].shape(), tensors[i].values<float>()});
  return detections_from_outputs(description_, outputs, image.size(), options);
}

Result<DetectionRun> detect_images(const Detector& detector, const Dataset& dataset, const DetectRunOptions& options) {
  return DatasetRun(detector, dataset, options).run();
}

}  // namespace octet
