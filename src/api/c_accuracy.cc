#include "api/c_interface.h"

using namespace octet::v1;

namespace {

octet_evaluate_options given_or_default(const octet_evaluate_options* options) {
  return options ? *options : octet_evaluate_options OCTET_EVALUATE_OPTIONS_INIT;
}

EvaluateOptions settings_of(const octet_evaluate_options& given) {
  return {.score_threshold = given.score_threshold,
          .limit = given.limit,
          .threads = given.threads,
          .progress = progress_of(given.callbacks),
          .warn = warn_of(given.callbacks),
          .annotations = text_or_empty(given.annotations),
          .exif = given.exif != 0,
          .engine = text_or_empty(given.engine),
          .require = text_or_empty(given.require),
          .infer_precision = infer_precision_of(given.infer_precision),
          .max_detections = std::to_array(given.max_detections),
          .area_limits = std::to_array(given.area_limits)};
}

octet_accuracy c_accuracy(const Accuracy& all) {
  return {all.ap,   all.ap50,  all.ap75,     all.ap_small,  all.ap_medium, all.ap_large, all.ar1,
          all.ar10, all.ar100, all.ar_small, all.ar_medium, all.ar_large,  all.images};
}

}  // namespace

namespace octet::v1 {

void tell_classes(const Accuracy& accuracy, std::int32_t model, TellClass tell, void* user) {
  if (!tell) return;
  for (const ClassAccuracy& one : accuracy.classes) {
    const octet_class_accuracy told{one.name.c_str(), one.category_id, one.objects, one.ap, one.ap50};
    tell(user, model, &told);
  }
}

octet_comparison c_comparison(const Comparison& both) {
  return {c_accuracy(both.first), c_accuracy(both.second), both.drop, both.drop_low, both.drop_high, both.fidelity};
}

}  // namespace octet::v1

octet_status octet_evaluate(const octet_model* model, const char* coco, const octet_evaluate_options* options, octet_accuracy* accuracy) {
  return guarded([&] {
    require(model, "model");
    require(coco, "coco");
    require(accuracy, "accuracy");
    const octet_evaluate_options given = given_or_default(options);
    const Accuracy found = evaluate(model->model, coco, settings_of(given));
    tell_classes(found, 0, given.class_accuracy, given.callbacks.user);
    *accuracy = c_accuracy(found);
  });
}

octet_status octet_compare(const octet_model* first, const octet_model* second, const char* coco, const octet_evaluate_options* options,
                           octet_comparison* comparison) {
  return guarded([&] {
    require(first, "first");
    require(second, "second");
    require(coco, "coco");
    require(comparison, "comparison");
    const octet_evaluate_options given = given_or_default(options);
    const Comparison both = compare(first->model, second->model, coco, settings_of(given));
    tell_classes(both.first, 0, given.class_accuracy, given.callbacks.user);
    tell_classes(both.second, 1, given.class_accuracy, given.callbacks.user);
    *comparison = c_comparison(both);
  });
}
