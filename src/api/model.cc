#include "api/api.h"
#include "data/dataset.h"
#include "data/layout.h"
#include "exporters/openvino_ir/export.h"
#include "importers/openvino_ir/import.h"
#include "model/model_info.h"
#include "steps/import_source.h"
#include "steps/quantize.h"
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

Dataset calibration_pictures(const fs::path& folder, const Warn& warn) {
  const bool is_data_set = find_calibration_part(folder).ok();
  return unwrap(open_dataset(is_data_set ? DataSource{.folder = folder} : DataSource{.images = {folder}}, DataUse::kCalibrate, warn));
}

}  // namespace

std::string Model::name() const { return impl_->description.name; }
int Model::input_width() const { return impl_->description.input.width; }
int Model::input_height() const { return impl_->description.input.height; }
std::vector<std::string> Model::labels() const { return impl_->description.labels; }

void Model::save(const fs::path& xml) const try { unwrap(export_openvino_ir(impl_->graph, xml)); } catch (...) {
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
  return model_of(unwrap(import_source(source, settings)), source);
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
  return model_of(unwrap(import_source(files.source, settings)), files.source);
} catch (...) {
  rethrow_as_error();
}

Model quantize(const Model& model, const fs::path& pictures, const QuantizeOptions& options) try {
  const Model::Impl& impl = model.impl();
  require_requested_isa();
  const int threads = threads_of(options.threads);
  const Dataset dataset = random_subset(calibration_pictures(pictures, options.warn), count_of(options.subset, "subset"), options.seed);
  return model_of(unwrap(quantize_model(impl.graph, impl.path, dataset, {threads, options.progress, options.warn})).model.graph, impl.path);
} catch (...) {
  rethrow_as_error();
}

}  // namespace octet::v1
