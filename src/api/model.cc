#include <fmt/format.h>

#include "api/api.h"
#include "base/files.h"
#include "data/dataset.h"
#include "data/layout.h"
#include "exporters/onnx/export.h"
#include "exporters/openvino_ir/export.h"
#include "importers/openvino_ir/import.h"
#include "model/model_info.h"
#include "passes/passes.h"
#include "steps/import_source.h"
#include "steps/quantize.h"
#include "workflow/quantize.h"
#include "zoo/catalogue.h"
#include "zoo/fetch.h"

namespace octet::v1 {
namespace fs = std::filesystem;
namespace {

Model model_of(Graph graph, const fs::path& path) {
  auto description = read_model_info(graph.model_info);
  if (!description.ok()) throw_error(description.error().at(path.string()));
  return Model(std::make_shared<const Model::Impl>(Model::Impl{std::move(graph), std::move(*description), path}));
}

// The name of a graph that was made of a file: not that of an IR, which another engine would read in its stead.
fs::path name_of(const fs::path& source) { return source.extension() == ".xml" ? fs::path(source) += " (in memory)" : source; }

DataSource calibration_source(const fs::path& folder, const QuantizeOptions& options) {
  if (options.annotations.empty() && !find_calibration_part(folder).ok()) return {.images = {folder}, .apply_exif = options.exif};
  return annotated_pictures(folder, options.annotations, options.exif);
}

Dataset calibration_pictures(const fs::path& folder, const QuantizeOptions& options) {
  const DataUse use = options.max_drop ? DataUse::kCalibrateAndMeasure : DataUse::kCalibrate;
  Dataset all = unwrap(open_dataset(calibration_source(folder, options), use, options.warn));
  return random_subset(std::move(all), count_of(options.subset, "subset"), options.seed);
}

void check_points(const std::optional<double>& points, std::string_view what) {
  if (points && !(*points >= 0 && *points <= 100))
    throw Error(ErrorKind::kInvalidArgument, fmt::format("{} is {}, not 0 to 100 points", what, *points));
}

octet::Recipe recipe_of(const QuantizeOptions& options) {
  check_points(options.min_fidelity, "min_fidelity");
  check_points(options.max_drop, "max_drop");
  const bool searches = options.min_fidelity || options.max_drop;
  if (options.min_fidelity && options.max_drop)
    throw Error(ErrorKind::kInvalidArgument, "min_fidelity and max_drop are two goals of one search: give one");
  if (searches && (options.strict_int8 || options.recipe == Recipe::kPlain))
    throw Error(ErrorKind::kInvalidArgument,
                "min_fidelity and max_drop search for layers to leave in float, which strict_int8 and the plain recipe do not");
  const bool is_plain = options.recipe == Recipe::kPlain;
  return {is_plain ? octet::Recipe::Kind::kPlain : octet::Recipe::Kind::kDefault, options.strict_int8, options.min_fidelity,
          options.max_drop};
}

quant::CalibrationOptions calibration_of(const QuantizeOptions& options) {
  quant::CalibrationOptions calibration{threads_of(options.threads), options.progress, options.warn, options.target == Target::kAvx2,
                                        options.preset == Preset::kPerformance ? quant::Preset::kPerformance : quant::Preset::kMixed};
  if (!options.range_estimator.empty()) calibration.estimator = unwrap(quant::parse_range_estimator(options.range_estimator));
  calibration.stops_when_enough = !options.all_pictures;
  return calibration;
}

Graph written_graph(Graph graph, const SaveOptions& options) {
  if (options.fp16) passes::compress_constants(graph);
  return graph;
}

void write_explanation(const QuantizationResult& quantized, const Model::Impl& of, const Dataset& pictures,
                       const QuantizeOptions& options) {
  const quant::CalibrationOptions running{threads_of(options.threads), options.progress, options.warn};
  const auto explained = unwrap(explain_quantized(of.description.name, quantized, of.path, pictures, recipe_of(options), running));
  unwrap(write_file(options.explain, explained.page));
}

}  // namespace

std::string Model::name() const { return impl_->description.name; }
int Model::input_width() const { return impl_->description.input.width; }
int Model::input_height() const { return impl_->description.input.height; }
std::vector<std::string> Model::labels() const { return impl_->description.labels; }

void Model::save(const fs::path& xml, const SaveOptions& options) const try {
  unwrap(export_openvino_ir(written_graph(impl_->graph, options), xml));
} catch (...) {
  rethrow_as_error();
}

void Model::save_onnx(const fs::path& onnx, const SaveOptions& options) const try {
  unwrap(export_onnx(written_graph(impl_->graph, options), onnx));
} catch (...) {
  rethrow_as_error();
}

Model load(const fs::path& xml) try { return model_of(unwrap(import_openvino_ir(xml)), xml); } catch (...) {
  rethrow_as_error();
}

Model convert(const fs::path& source, const ConvertOptions& options) try {
  octet::ConvertOptions settings;
  if (!options.weights.empty()) settings.weights = options.weights;
  if (!options.description.empty()) settings.description = unwrap(find_description(options.description, options.warn));
  settings.labels = options.labels;
  settings.warn = options.warn;
  settings.outputs = options.outputs;
  return model_of(unwrap(import_source(source, settings)), name_of(source));
} catch (...) {
  rethrow_as_error();
}

std::vector<std::string> known_models() try { return zoo_names(); } catch (...) {
  rethrow_as_error();
}

Model convert_known(std::string_view name, const fs::path& model_dir, const Warn& warn) try {
  const ZooModel known = unwrap(zoo_model(name));
  const FetchedFiles files = unwrap(find_in(known, model_dir));
  octet::ConvertOptions settings;
  if (!files.weights.empty()) settings.weights = files.weights;
  settings.description = known;
  settings.warn = warn;
  return model_of(unwrap(import_source(files.source, settings)), name_of(files.source));
} catch (...) {
  rethrow_as_error();
}

Model quantize(const Model& model, const fs::path& pictures, const QuantizeOptions& options) try {
  const Model::Impl& impl = model.impl();
  require_requested_isa();
  const octet::Recipe recipe = recipe_of(options);
  const quant::CalibrationOptions calibration = calibration_of(options);
  const Dataset dataset = calibration_pictures(pictures, options);
  QuantizationResult quantized = unwrap(quantize_model(impl.graph, impl.path, dataset, calibration, recipe));
  if (!options.explain.empty()) write_explanation(quantized, impl, dataset, options);
  unwrap(quantized.goal);
  return model_of(std::move(quantized.model.graph), name_of(impl.path));
} catch (...) {
  rethrow_as_error();
}

}  // namespace octet::v1
