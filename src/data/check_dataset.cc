#include "data/check_dataset.h"

#include <mutex>
#include <system_error>
#include <unordered_set>

#include <fmt/format.h>

#include "base/parallel.h"
#include "data/first_look.h"
#include "image/decode.h"

namespace octet {
namespace fs = std::filesystem;
namespace {

enum class Fault { kNone, kMissing, kUnreadable, kOtherSize };

struct Finding {
  Fault fault = Fault::kNone;
  std::string reason;
};

Finding look_at(const ImageEntry& entry, const DecodeOptions& decode) {
  const auto image = read_image(entry.path, decode);
  if (!image.ok()) {
    std::error_code ignored;
    return {fs::exists(entry.path, ignored) ? Fault::kUnreadable : Fault::kMissing, image.error().message};
  }
  const bool is_as_listed = entry.width == 0 || (entry.width == image->width() && entry.height == image->height());
  if (is_as_listed) return {};
  return {Fault::kOtherSize, fmt::format("{}: is {} x {}, the annotations say {} x {}", entry.path, image->width(), image->height(),
                                         entry.width, entry.height)};
}

std::vector<Finding> look_at_all(const Dataset& dataset, int threads, const Progress& progress) {
  const ImageList& images = dataset.images;
  std::vector<Finding> findings(images.size());
  std::mutex reporting;
  std::int64_t done = 0;
  parallel_for_each(threads, images.size(), [&](int, std::size_t i) {
    findings[i] = look_at(images[i], dataset.decode);
    const std::lock_guard lock(reporting);
    if (progress) progress(++done, static_cast<std::int64_t>(images.size()));
  });
  return findings;
}

void sort_findings(const Dataset& dataset, const std::vector<Finding>& findings, DatasetReport& report) {
  for (std::size_t i = 0; i < findings.size(); ++i) {
    const fs::path path = dataset.images[i].path;
    if (findings[i].fault == Fault::kMissing) report.missing.push_back(path);
    if (findings[i].fault == Fault::kUnreadable) report.unreadable.push_back({path, findings[i].reason});
    if (findings[i].fault == Fault::kOtherSize) report.other_size.push_back({path, findings[i].reason});
  }
  report.usable_images = report.images - static_cast<std::int64_t>(report.missing.size() + report.unreadable.size());
}

}  // namespace

bool DatasetReport::ok() const { return images > 0 && missing.empty() && unreadable.empty() && other_size.empty() && faults.none(); }

DatasetReport check_dataset(const Dataset& dataset, int threads, const Progress& progress) {
  DatasetReport report;
  report.images = static_cast<std::int64_t>(dataset.images.size());
  report.annotations = static_cast<std::int64_t>(dataset.truth.annotations.size());
  report.categories = static_cast<std::int64_t>(dataset.truth.categories.size());
  const FirstLookOptions all_headers{.headers = dataset.images.size()};
  look_first(dataset, all_headers, [&](std::string_view remark) { report.remarks.emplace_back(remark); });
  sort_findings(dataset, look_at_all(dataset, threads, progress), report);
  if (!dataset.annotation_file.empty()) {
    std::unordered_set<std::int64_t> annotated;
    for (const CocoAnnotation& annotation : dataset.truth.annotations) {
      annotated.insert(annotation.image_id);
      report.crowds += annotation.is_crowd;
    }
    for (const ImageEntry& image : dataset.images)
      if (!annotated.contains(image.id)) report.without_annotations.push_back(image.path);
    report.faults = find_annotation_faults(dataset);
    report.not_listed = unlisted_pictures(dataset);
  }
  return report;
}

}  // namespace octet
