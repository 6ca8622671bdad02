#include <cmath>

#include "benchmark/compare.h"
#include "engines/load_network.h"

#include "api/measured.h"

namespace octet::v1 {

std::vector<Latency> bench(std::span<const Model> models, const BenchOptions& options) try {
  require_requested_isa();
  if (models.empty()) throw Error(ErrorKind::kInvalidArgument, "no model to measure");
  if (!(options.seconds > 0 && std::isfinite(options.seconds))) throw Error(ErrorKind::kInvalidArgument, "seconds is not above 0");
  if (options.streams < 1 || options.streams > kMostThreads)
    throw Error(ErrorKind::kInvalidArgument, "streams is not 1 to " + std::to_string(kMostThreads));
  std::vector<std::shared_ptr<const EngineModel>> loaded;
  for (const Model& model : models)
    loaded.push_back(unwrap(load_bare_network(default_engine(), {model.impl().graph, model.impl().path}, InferencePrecision::kF32, {})));
  std::vector<Latency> latencies;
  const int threads = threads_of(options.threads);
  for (const ModelBench& one : unwrap(compare_latency(loaded, {threads, options.streams, options.seconds, options.progress})))
    latencies.push_back(latency_from(one));
  return latencies;
} catch (...) {
  rethrow_as_error();
}

}  // namespace octet::v1
