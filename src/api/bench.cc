#include "benchmark/compare.h"
#include "engines/load_network.h"
#include "report/requirements.h"

#include "api/measured.h"

namespace octet::v1 {

std::vector<Latency> bench(std::span<const Model> models, const BenchOptions& options) try {
  const Requirements requirements = unwrap(parse_requirements(options.require));
  const Engine& engine = engine_of(options.engine);
  require_requested_isa();
  const InferencePrecision precision = precision_of(options.infer_precision);
  if (models.empty()) throw Error(ErrorKind::kInvalidArgument, "no model to measure");
  const double seconds = seconds_of(options.seconds, "seconds");
  if (options.streams < 1 || options.streams > kMostThreads)
    throw Error(ErrorKind::kInvalidArgument, "streams is not 1 to " + std::to_string(kMostThreads));
  std::vector<std::shared_ptr<const EngineModel>> loaded;
  for (const Model& model : models)
    loaded.push_back(unwrap(load_bare_network(engine, {model.impl().graph, model.impl().path}, precision, {})));
  std::vector<Latency> latencies;
  const int threads = threads_of(options.threads);
  const auto measured = unwrap(compare_latency(loaded, {threads, options.streams, seconds, options.progress}));
  unwrap(check_requirements(requirements, {std::nullopt, std::nullopt, speedup(measured)}));
  for (const ModelBench& one : measured) latencies.push_back(latency_from(one));
  return latencies;
} catch (...) {
  rethrow_as_error();
}

}  // namespace octet::v1
