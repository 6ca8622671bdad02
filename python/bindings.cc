#include "bindings.h"

#include "base/cpu.h"
#include "data/coco_json.h"

namespace octet::python {

octet_status bench(const std::vector<const octet_model*>& models, const BenchSettings& settings, const octet_callbacks& callbacks,
                   std::vector<v1::Latency>& latencies) noexcept {
  return v1::guarded([&] {
    std::vector<v1::Model> all;
    for (const octet_model* one : models) all.push_back(one->model);
    latencies = v1::bench(all, {settings.threads, settings.streams, settings.seconds, v1::progress_of(callbacks), settings.engine,
                                settings.require, v1::infer_precision_of(settings.infer_precision)});
  });
}

octet_status run(const RunSettings& settings, const octet_callbacks& callbacks, RunFigures& figures) noexcept {
  return v1::guarded([&] {
    v1::RunOptions options;
    options.weights = settings.weights;
    options.description = settings.description;
    options.labels = settings.labels;
    options.model_dir = settings.model_dir;
    options.score_threshold = settings.score_threshold;
    options.bench_seconds = settings.bench_seconds;
    options.limit = settings.limit;
    options.threads = settings.threads;
    options.onnx = settings.onnx;
    options.annotations = settings.annotations;
    options.exif = settings.exif;
    options.engines = settings.engines;
    options.require = settings.require;
    options.infer_precision = v1::infer_precision_of(settings.infer_precision);
    options.step = [&](std::string_view) { return v1::progress_of(callbacks); };
    options.warn = v1::warn_of(callbacks);
    const v1::RunResult result = v1::run(settings.source, settings.coco, settings.output, options);
    v1::tell_classes(result.comparison.first, 0, settings.class_accuracy, callbacks.user);
    v1::tell_classes(result.comparison.second, 1, settings.class_accuracy, callbacks.user);
    figures = {result.report.string(),
               result.fp32.string(),
               result.int8.string(),
               v1::c_comparison(result.comparison),
               {result.fp32_latency, result.int8_latency}};
  });
}

octet_status read_coco_annotations(std::string_view text, CocoGroundTruth& truth) noexcept {
  return v1::guarded([&] { truth = v1::unwrap(parse_coco_annotations(text)); });
}

octet_status read_coco_results(std::string_view text, std::vector<CocoResult>& results) noexcept {
  return v1::guarded([&] { results = v1::unwrap(parse_coco_results(text, available_threads())); });
}

void write_rows(const CocoAnnotations& annotations, CocoRow* rows) noexcept {
  for (const CocoAnnotation& one : annotations)
    *rows++ = {one.id, one.image_id, one.category_id, one.box, one.area, 0, one.is_crowd ? 1 : 0};
}

void write_rows(const std::vector<CocoResult>& results, CocoRow* rows) noexcept {
  std::int64_t id = 0;
  for (const CocoResult& one : results) *rows++ = {++id, one.image_id, one.category_id, one.box, one.box.area(), one.score, 0};
}

}  // namespace octet::python
