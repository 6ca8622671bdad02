#include "detector/detector.h"

#include "api/image.h"
#include "image/decode.h"

namespace octet::v1 {
namespace {

std::vector<Detection> public_detections(const std::vector<octet::Detection>& found, const ModelDescription& description) {
  std::vector<Detection> result;
  for (const octet::Detection& box : found)
    result.push_back(
        {label_of(description, box.class_index), box.class_index, box.score, box.box_px.x0, box.box_px.y0, box.box_px.x1, box.box_px.y1});
  return result;
}

}  // namespace

struct Detector::Impl {
  ModelDescription description;
  DetectionSession session;

  std::vector<Detection> detect(const PixelView& image, const DetectOptions& options) {
    return public_detections(unwrap(session.detect(image, {score_threshold_of(options.score_threshold), options.max_detections})),
                             description);
  }
};

Detector::Detector(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Detector::Detector(Detector&&) noexcept = default;
Detector& Detector::operator=(Detector&&) noexcept = default;
Detector::~Detector() = default;

std::vector<Detection> Detector::detect(const ImageView& image, const DetectOptions& options) try {
  return impl_->detect(pixels_of(image), options);
} catch (...) {
  rethrow_as_error();
}

std::vector<Detection> Detector::detect(const std::filesystem::path& picture, const DetectOptions& options) try {
  return impl_->detect(unwrap(octet::read_image(picture, {.apply_exif = options.exif})), options);
} catch (...) {
  rethrow_as_error();
}

Detector compile(const Model& model, const CompileOptions& options) try {
  require_requested_isa();
  const int threads = threads_of(options.threads);
  const auto compiled =
      unwrap(make_detector(model.impl().graph, model.impl().path, engine_of(options.engine), precision_of(options.infer_precision)));
  return Detector(std::unique_ptr<Detector::Impl>(new Detector::Impl{compiled.description, DetectionSession(compiled, threads)}));
} catch (...) {
  rethrow_as_error();
}

}  // namespace octet::v1
