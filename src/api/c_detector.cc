#include "api/c_interface.h"

using namespace octet::v1;

namespace {

DetectOptions settings_of(const octet_detect_options* options) {
  const octet_detect_options given = options ? *options : octet_detect_options OCTET_DETECT_OPTIONS_INIT;
  return {given.score_threshold, given.max_detections, given.exif != 0};
}

octet_detections handle_of(std::vector<Detection> found) {
  octet_detections handle{std::move(found), {}};
  for (const Detection& one : handle.found)
    handle.rows.push_back({one.label.c_str(), one.class_index, one.score, one.x0, one.y0, one.x1, one.y1});
  return handle;
}

}  // namespace

octet_status octet_compile(const octet_model* model, const octet_compile_options* options, octet_detector** detector) {
  return make_handle(detector, [&] {
    require(model, "model");
    const octet_compile_options given = options ? *options : octet_compile_options OCTET_COMPILE_OPTIONS_INIT;
    return octet_detector{compile(
        model->model,
        {.threads = given.threads, .engine = text_or_empty(given.engine), .infer_precision = infer_precision_of(given.infer_precision)})};
  });
}

octet_status octet_detect(octet_detector* detector, const octet_image_view* pixels, const octet_detect_options* options,
                          octet_detections** found) {
  return make_handle(found, [&] {
    require(detector, "detector");
    return handle_of(detector->detector.detect(view_of(pixels), settings_of(options)));
  });
}

octet_status octet_detect_file(octet_detector* detector, const char* picture, const octet_detect_options* options,
                               octet_detections** found) {
  return make_handle(found, [&] {
    require(detector, "detector");
    require(picture, "picture");
    return handle_of(detector->detector.detect(std::filesystem::path(picture), settings_of(options)));
  });
}

size_t octet_detections_count(const octet_detections* found) { return found ? found->rows.size() : 0; }

const octet_detection* octet_detections_data(const octet_detections* found) {
  return octet_detections_count(found) > 0 ? found->rows.data() : nullptr;
}

void octet_detections_free(octet_detections* found) { delete found; }

void octet_detector_free(octet_detector* detector) { delete detector; }
