#include "workflow/compared_runs.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/files.h"
#include "image/browser_picture.h"
#include "report/changes.h"
#include "workflow/measured.h"

namespace octet {
namespace {

// Pictures that the page can hold without becoming slow to open.
constexpr std::size_t kMostPictures = 36;
constexpr double kShownScore = 0.3, kFaintScore = 0.15;

ReportModel model_of(const std::string& label, const Detector& detector, const CocoAccuracy& accuracy) {
  ReportModel model;
  model.label = label;
  model.size_bytes = static_cast<std::int64_t>(detector.file_bytes);
  model.coco = accuracy.numbers.values();
  return model;
}

bool has_certainly_changed(std::int64_t category_id, const CheckResult& check) {
  constexpr double kSignificant = 0.05;
  if (!check.drops) return false;
  const auto& parts = check.drops->categories;
  const auto found = std::ranges::find(parts, category_id, &PartDrop::category_id);
  return found != parts.end() && found->adjusted_p < kSignificant;
}

std::vector<ReportClass> classes_of(const CheckResult& check) {
  std::vector<ReportClass> classes;
  for (std::size_t i = 0; i < check.models[0].categories.size(); ++i) {
    const CategoryAccuracy &first = check.models[0].categories[i], &second = check.models[1].categories[i];
    if (first.objects > 0)
      classes.push_back({first.name, first.objects, first.AP, second.AP, has_certainly_changed(first.category_id, check)});
  }
  return classes;
}

constexpr std::array<const char*, kErrorKindCount> kErrorMeanings = {"AP50 lost to boxes of the right class that fit badly",
                                                                     "AP50 lost to boxes of another class",
                                                                     "AP50 lost to second boxes of an object",
                                                                     "AP50 lost to boxes where there is nothing",
                                                                     "AP50 lost to boxes of another class that fit badly",
                                                                     "AP50 lost to objects not found"};

std::vector<ReportFigure> details_of(const CheckResult& check) {
  if (check.details.size() != 2) return {};
  const ModelDetails &first = check.details[0], &second = check.details[1];
  std::vector<ReportFigure> figures;
  if (first.deployed && second.deployed) {
    const std::string at = fmt::format("at scores from {:g} on, IoU 0.50", first.deployed->threshold);
    figures.push_back({"Precision", at, first.deployed->precision(), second.deployed->precision()});
    figures.push_back({"Recall", at, first.deployed->recall(), second.deployed->recall()});
    figures.push_back({"F1", at, first.deployed->f1(), second.deployed->f1()});
    figures.push_back({"Calibration error", "of these scores as probabilities", first.calibration_error, second.calibration_error, true});
  }
  figures.push_back({"Best F1", fmt::format("at scores from {:.2f} and {:.2f} on", first.best.threshold, second.best.threshold),
                     first.best.f1(), second.best.f1()});
  for (std::size_t kind = 0; kind < kErrorKindCount; ++kind)
    figures.push_back({std::string(kErrorKindNames[kind]), kErrorMeanings[kind], first.errors[kind].ap50, second.errors[kind].ap50, true});
  return figures;
}

std::vector<ReportBox> boxes_of(const Detector& detector, const std::vector<Detection>& detections, double faint_score) {
  std::vector<ReportBox> boxes;
  for (const Detection& found : detections)
    if (found.score >= faint_score) boxes.push_back({label_of(detector.description, found.class_index), found.score, found.box_px});
  return boxes;
}

Status take_content(const std::filesystem::path& path, const DecodeOptions& decode, ReportPicture& picture) {
  OCTET_ASSIGN(const MappedFile file, MappedFile::open(path));
  OCTET_ASSIGN(BrowserPicture content, browser_picture(file.bytes(), decode));
  picture.media_type = content.media_type;
  picture.bytes = std::move(content.bytes);
  picture.width = content.size.width;
  picture.height = content.size.height;
  return {};
}

// What the page shows of an image, without the file's bytes.
ReportPicture picture_of(const ComparedRuns& runs, std::size_t image, double faint_score) {
  ReportPicture picture;
  picture.name = runs.dataset.images[image].path;
  picture.first = boxes_of(runs.detectors[0], runs.runs[0].detections[image], faint_score);
  picture.second = boxes_of(runs.detectors[1], runs.runs[1].detections[image], faint_score);
  return picture;
}

// Images that every model could read, those that changed most first.
std::vector<std::size_t> changed_most_first(const ComparedRuns& runs, double shown_score, double faint_score) {
  std::vector<std::pair<double, std::size_t>> changes;
  for (std::size_t i = 0; i < runs.dataset.images.size(); ++i)
    if (runs.runs[0].done[i])
      changes.emplace_back(report::compare_boxes(picture_of(runs, i, faint_score), shown_score, faint_score).amount, i);
  std::ranges::stable_sort(changes, std::ranges::greater(), [](const auto& change) { return change.first; });
  std::vector<std::size_t> images;
  for (const auto& [amount, image] : changes) images.push_back(image);
  return images;
}

std::string credit_of(std::int64_t id, const CocoImages& images) {
  for (std::size_t i = 0; i < images.size(); ++i)
    if (images.id(i) == id) return images[i].credit;
  return {};
}

// Those that changed most, with the files' bytes.
std::vector<ReportPicture> pictures_of(const ComparedRuns& runs, double shown_score, double faint_score) {
  std::vector<ReportPicture> shown;
  for (const std::size_t image : changed_most_first(runs, shown_score, faint_score)) {
    if (shown.size() == kMostPictures) break;
    ReportPicture picture = picture_of(runs, image, faint_score);
    const std::filesystem::path path = picture.name;
    if (!take_content(path, runs.dataset.decode, picture).ok()) continue;
    picture.name = path.filename().string();
    picture.credit = credit_of(runs.dataset.images.id(image), runs.dataset.truth.images);
    shown.push_back(std::move(picture));
  }
  return shown;
}

}  // namespace

ReportInput compared_on_a_page(const ComparedRuns& runs, double score_threshold) {
  ReportInput input;
  input.model_name = runs.detectors[0].description.name;
  input.images = runs.check.images;
  input.skipped_images = static_cast<std::int64_t>(runs.dataset.images.size()) - runs.check.images;
  input.first = model_of("FP32", runs.detectors[0], runs.check.models[0]);
  input.second = model_of("INT8", runs.detectors[1], runs.check.models[1]);
  input.fidelity = runs.check.fidelity;
  if (const auto& drops = runs.check.drops) input.drop_interval = {drops->all.low, drops->all.high};
  input.drops = measured_of(runs.check).drops;
  if (const auto& shift = runs.check.shift) input.score_shift = {shift->pairs, shift->mean, shift->mean_absolute};
  input.details = details_of(runs.check);
  input.classes = classes_of(runs.check);
  input.faint_score = std::max(kFaintScore, score_threshold);
  input.picture_score = std::max(kShownScore, input.faint_score);
  input.pictures = pictures_of(runs, input.picture_score, input.faint_score);
  return input;
}

}  // namespace octet
