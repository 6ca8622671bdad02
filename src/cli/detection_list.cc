#include "cli/detection_list.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/quoted_name.h"
#include "data/words.h"

namespace octet::cli {
namespace {

constexpr std::size_t kMostPictures = 50;  // in a table

std::string table_of(const Detector& detector, const std::vector<Detection>& detections, double score_threshold) {
  std::vector<std::pair<std::string, const Detection*>> rows;
  std::size_t width = std::string_view("label").size();
  for (const Detection& found : detections) {
    if (found.score < score_threshold) continue;
    rows.emplace_back(label_of(detector.description, found.class_index), &found);
    width = std::max(width, rows.back().first.size());
  }
  if (rows.empty()) return fmt::format("\n  nothing scores {:g} or more", score_threshold);
  std::string text = fmt::format("\n  {:<{}} {:>6} {:>8} {:>8} {:>8} {:>8}", "label", width, "score", "left", "top", "right", "bottom");
  for (const auto& [label, found] : rows) {
    const BoxXyxy& box = found->box_px;
    text +=
        fmt::format("\n  {:<{}} {:>6.3f} {:>8.1f} {:>8.1f} {:>8.1f} {:>8.1f}", label, width, found->score, box.x0, box.y0, box.x1, box.y1);
  }
  return text;
}

}  // namespace

std::string list_as_text(const Detector& detector, const Dataset& dataset, const DetectionRun& run, double score_threshold) {
  std::string text;
  const std::size_t shown = std::min(dataset.images.size(), kMostPictures);
  for (std::size_t i = 0; i < shown; ++i) {
    if (!run.done[i]) continue;
    text += plain_line(dataset.images[i].name) + table_of(detector, run.detections[i], score_threshold) + "\n";
  }
  if (shown < dataset.images.size()) text += fmt::format("and {} more\n", counted(dataset.images.size() - shown, "picture"));
  return text;
}

Json list_as_json(const Detector& detector, const Dataset& dataset, const DetectionRun& run) {
  Json pictures = Json::array();
  for (std::size_t i = 0; i < dataset.images.size(); ++i) {
    if (!run.done[i]) continue;
    Json detections = Json::array();
    for (const Detection& found : run.detections[i])
      detections.push_back({{"label", label_of(detector.description, found.class_index)},
                            {"score", found.score},
                            {"box", {found.box_px.x0, found.box_px.y0, found.box_px.x1, found.box_px.y1}}});
    pictures.push_back({{"file", dataset.images[i].path}, {"id", dataset.images[i].id}, {"detections", std::move(detections)}});
  }
  return pictures;
}

Json categories_as_json(const Detector& detector, const ClassMap& classes) {
  Json categories = Json::array();
  for (std::size_t i = has_background(detector.description) ? 1 : 0; i < classes.category_ids.size(); ++i)
    categories.push_back({{"id", classes.category_ids[i]}, {"name", label_of(detector.description, static_cast<int>(i))}});
  return categories;
}

}  // namespace octet::cli
