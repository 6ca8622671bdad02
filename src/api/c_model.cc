#include "api/c_interface.h"

using namespace octet::v1;

namespace {

std::vector<std::string> names_of(const char* const* names) {
  std::vector<std::string> all;
  for (; names && *names; ++names) all.emplace_back(*names);
  return all;
}

octet_model handle_of(const Model& model) { return {model, model.name(), model.labels()}; }

std::optional<double> points_of(double option) { return option < 0 ? std::nullopt : std::optional(option); }

QuantizeOptions settings_of(const octet_quantize_options* options) {
  const octet_quantize_options given = options ? *options : octet_quantize_options OCTET_QUANTIZE_OPTIONS_INIT;
  return {.subset = given.subset,
          .seed = given.seed,
          .threads = given.threads,
          .progress = progress_of(given.callbacks),
          .warn = warn_of(given.callbacks),
          .recipe = kind_of(given.recipe, Recipe::kPlain, "recipe"),
          .preset = kind_of(given.preset, Preset::kAccuracy, "preset"),
          .target = kind_of(given.target, Target::kAvx2, "target"),
          .strict_int8 = given.strict_int8 != 0,
          .min_fidelity = points_of(given.min_fidelity),
          .max_drop = points_of(given.max_drop),
          .annotations = text_or_empty(given.annotations),
          .exif = given.exif != 0,
          .all_pictures = given.all_pictures != 0,
          .range_estimator = text_or_empty(given.range_estimator),
          .explain = text_or_empty(given.explain)};
}

SaveOptions settings_of(const octet_save_options* options) {
  const octet_save_options given = options ? *options : octet_save_options OCTET_SAVE_OPTIONS_INIT;
  return {.fp16 = given.fp16 != 0};
}

}  // namespace

octet_status octet_load(const char* xml, octet_model** model) {
  return make_handle(model, [&] {
    require(xml, "xml");
    return handle_of(load(xml));
  });
}

octet_status octet_convert(const char* source, const octet_convert_options* options, octet_model** model) {
  return make_handle(model, [&] {
    require(source, "source");
    const octet_convert_options given = options ? *options : octet_convert_options OCTET_CONVERT_OPTIONS_INIT;
    return handle_of(convert(source, {.weights = text_or_empty(given.weights),
                                      .description = text_or_empty(given.description),
                                      .labels = text_or_empty(given.labels),
                                      .warn = warn_of(given.callbacks),
                                      .outputs = names_of(given.outputs)}));
  });
}

const char* const* octet_known_models() {
  try {
    static const std::vector<std::string> names = known_models();
    static const std::vector<const char*> pointers = [] {
      std::vector<const char*> list;
      for (const std::string& name : names) list.push_back(name.c_str());
      list.push_back(nullptr);
      return list;
    }();
    return pointers.data();
  } catch (...) {
    keep_caught();
    return nullptr;
  }
}

octet_status octet_convert_known(const char* name, const char* model_dir, const octet_callbacks* callbacks, octet_model** model) {
  return make_handle(model, [&] {
    require(name, "name");
    require(model_dir, "model_dir");
    return handle_of(convert_known(name, model_dir, callbacks ? warn_of(*callbacks) : Warn()));
  });
}

octet_status octet_quantize(const octet_model* model, const char* pictures, const octet_quantize_options* options, octet_model** int8) {
  return make_handle(int8, [&] {
    require(model, "model");
    require(pictures, "pictures");
    return handle_of(quantize(model->model, pictures, settings_of(options)));
  });
}

const char* octet_model_name(const octet_model* model) { return model ? model->name.c_str() : nullptr; }

int32_t octet_model_input_width(const octet_model* model) { return model ? model->model.input_width() : 0; }

int32_t octet_model_input_height(const octet_model* model) { return model ? model->model.input_height() : 0; }

size_t octet_model_label_count(const octet_model* model) { return model ? model->labels.size() : 0; }

const char* octet_model_label(const octet_model* model, size_t class_index) {
  return class_index < octet_model_label_count(model) ? model->labels[class_index].c_str() : nullptr;
}

octet_status octet_save(const octet_model* model, const char* xml, const octet_save_options* options) {
  return guarded([&] {
    require(model, "model");
    require(xml, "xml");
    model->model.save(xml, settings_of(options));
  });
}

octet_status octet_save_onnx(const octet_model* model, const char* onnx, const octet_save_options* options) {
  return guarded([&] {
    require(model, "model");
    require(onnx, "onnx");
    model->model.save_onnx(onnx, settings_of(options));
  });
}

void octet_model_free(octet_model* model) { delete model; }
