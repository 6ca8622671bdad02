#include "workflow/measured.h"
#include "workflow/run.h"

#include "api/measured.h"

namespace octet::v1 {

RunResult run(const std::string& source, const std::filesystem::path& coco, const std::filesystem::path& output,
              const RunOptions& options) try {
  require_requested_isa();
  octet::RunOptions settings;
  settings.requirements = unwrap(parse_requirements(options.require));
  if (!options.engines.empty()) settings.engines.clear();
  for (const std::string& name : options.engines) settings.engines.push_back(&engine_of(name));
  settings.precision = precision_of(options.infer_precision);
  settings.warn = options.warn;
  unwrap(choose_model(source, options.description, settings));
  settings.model_dir = options.model_dir;
  if (!options.weights.empty()) settings.weights = options.weights;
  settings.labels = options.labels;
  settings.data = annotated_pictures(coco, options.annotations, options.exif);
  settings.output = output;
  settings.score_threshold = score_threshold_of(options.score_threshold);
  settings.bench_seconds = seconds_of(options.bench_seconds, "bench_seconds");
  settings.limit = count_of(options.limit, "limit");
  settings.threads = threads_of(options.threads);
  settings.onnx = options.onnx;
  if (options.step) settings.step = [&options](const std::string& step) { return options.step(step); };
  const octet::RunResult result = unwrap(run_workflow(settings));
  unwrap(check_requirements(settings.requirements, measured_of(result.check, speedup(result.bench))));
  return {result.report,
          result.fp32,
          result.int8,
          comparison_from(result.check),
          latency_from(result.bench.at(0)),
          latency_from(result.bench.at(1))};
} catch (...) {
  rethrow_as_error();
}

}  // namespace octet::v1
