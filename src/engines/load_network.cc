#include "engines/load_network.h"

#include <fmt/format.h>

#include "base/cpu.h"
#include "engines/adapted_model.h"
#include "engines/foreign_session.h"

namespace octet {
namespace {

// The file to run as it lies there, or null.
const OriginalFile* file_for(const Engine& engine, const NetworkSource& source) {
  return source.original && source.original->ok() && engine.reads((*source.original)->format) ? &**source.original : nullptr;
}

NetworkFile as_network(const OriginalFile& file, const Graph& graph, InferencePrecision precision) {
  return {file.format, file.path, output_ports(file.before), input_ports(file.after), is_quantized(graph), precision};
}

Status check_precision(const Engine& engine, InferencePrecision precision) {
  if (precision == InferencePrecision::kF32) return {};
  if (!engine.has_bf16()) return Error{ErrorCode::kUnsupported, fmt::format("{} has no products of bf16 here; take f32", engine.name())};
  if (!detected_features().contains({CpuFeature::kAvx512Bf16}))
    return Error{ErrorCode::kUnsupported, "this CPU has no products of bf16 (AVX512_BF16); take f32"};
  return {};
}

// Why a file does not run as it lies there.
std::string why_not(const Engine& engine, const Result<OriginalFile>& original) {
  return original.ok() ? fmt::format("{} reads no such files", engine.name()) : original.error().message;
}

// The graph, in the form that octet writes for the engine.
Result<std::shared_ptr<const EngineModel>> load_written(const Engine& engine, const NetworkSource& source, const EngineOptions& options,
                                                        const Warn& say) {
  if (&engine == &default_engine() || !source.original) return engine.load(source.graph, source.path, options);
  const std::string reason = why_not(engine, *source.original);
  if (engine.written_form().empty())
    return Error{ErrorCode::kUnsupported,
                 fmt::format("{} cannot run it: {}, and octet writes no files that {} reads", engine.name(), reason, engine.name())};
  auto network = engine.load(source.graph, {}, options);
  if (network.ok() && say) say(fmt::format("{}: {} runs {} of it: {}", source.path.string(), engine.name(), engine.written_form(), reason));
  return network;
}

Result<std::shared_ptr<const EngineModel>> open_file(const Engine& engine, const OriginalFile& file, const NetworkSource& source,
                                                     InferencePrecision precision, const Warn& say) {
  auto network = engine.open(as_network(file, source.graph, precision));
  if (network.ok() && say) say(fmt::format("{}: {} runs the file as it lies there", source.path.string(), engine.name()));
  if (network.ok() || network.error().code != ErrorCode::kUnsupported || engine.written_form().empty()) return network;
  return Error{ErrorCode::kUnsupported, network.error().message + "; it may run what octet convert makes of the file"};
}

}  // namespace

Result<std::shared_ptr<const EngineModel>> load_network(const Engine& engine, const NetworkSource& source, const EngineOptions& options,
                                                        const Warn& say) {
  OCTET_RETURN_IF_ERROR(check_precision(engine, options.precision));
  const OriginalFile* file = file_for(engine, source);
  if (!file) return load_written(engine, source, options, say);
  OCTET_ASSIGN(auto network, open_file(engine, *file, source, options.precision, say));
  return adapted_model(source.graph, std::move(network), {file->before, file->after}, options);
}

Result<std::shared_ptr<const EngineModel>> load_bare_network(const Engine& engine, const NetworkSource& source,
                                                             InferencePrecision precision, const Warn& say) {
  OCTET_RETURN_IF_ERROR(check_precision(engine, precision));
  const OriginalFile* file = file_for(engine, source);
  if (!file) return load_written(engine, source, {.precision = precision}, say);
  return open_file(engine, *file, source, precision, say);
}

}  // namespace octet
