#include "api/c_interface.h"

using namespace octet::v1;

namespace {

EvaluateOptions settings_of(const octet_evaluate_options* options) {
  const octet_evaluate_options given = options ? *options : octet_evaluate_options OCTET_EVALUATE_OPTIONS_INIT;
  return {.score_threshold = given.score_threshold,
          .limit = given.limit,
          .threads = given.threads,
          .progress = progress_of(given.callbacks),
          .warn = warn_of(given.callbacks),
          .annotations = text_or_empty(given.annotations),
          .exif = given.exif != 0,
          .engine = text_or_empty(given.engine),
          .require = text_or_empty(given.require)};
}

octet_accuracy c_accuracy(const Accuracy& all) {
  return {all.ap,   all.ap50,  all.ap75,     all.ap_small,  all.ap_medium, all.ap_large, all.ar1,
          all.ar10, all.ar100, all.ar_small, all.ar_medium, all.ar_large,  all.images};
}

}  // namespace

namespace octet::v1 {

octet_comparison c_comparison(const Comparison& both) {
  return {c_accuracy(both.first), c_accuracy(both.second), both.drop, both.drop_low, both.drop_high, both.fidelity};
}

}  // namespace octet::v1

octet_status octet_evaluate(const octet_model* model, const char* coco, const octet_evaluate_options* options, octet_accuracy* accuracy) {
  return guarded([&] {
    require(model, "model");
    require(coco, "coco");
    require(accuracy, "accuracy");
    *accuracy = c_accuracy(evaluate(model->model, coco, settings_of(options)));
  });
}

octet_status octet_compare(const octet_model* first, const octet_model* second, const char* coco, const octet_evaluate_options* options,
                           octet_comparison* comparison) {
  return guarded([&] {
    require(first, "first");
    require(second, "second");
    require(coco, "coco");
    require(comparison, "comparison");
    *comparison = c_comparison(compare(first->model, second->model, coco, settings_of(options)));
  });
}
