// The postprocessor `filter`: each further key is a filter, applied in the order of the file.

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "accuracy/postprocessing.h"

namespace octet::accuracy {
namespace {

enum class Side { kTruth, kFound };

// Indices, rising, of the boxes that a filter takes.
using Filter = std::function<std::vector<std::size_t>(const ImageBoxes& boxes, Side side, const Frame& frame)>;
using FilterKind = Kind<Filter, std::string_view>;

template <typename Takes>
std::vector<std::size_t> indices_where(const ImageBoxes& boxes, Takes takes) {
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < boxes.boxes.size(); ++i)
    if (takes(boxes.boxes[i])) indices.push_back(i);
  return indices;
}

// "64, 1024", a list, or a lower bound alone. An upper bound of 0 is none.
struct Range {
  double low = 0;
  std::optional<double> high;

  bool contains(double value) const { return low <= value && (!high || value < *high); }
};

Range read_range(Settings& settings, std::string_view key) {
  const std::vector<double> bounds = settings.numbers(key);
  if (bounds.empty() || bounds.size() > 2) settings.fail(key, "must be one number or two");
  Range range;
  if (!bounds.empty()) range.low = bounds[0];
  if (bounds.size() > 1 && bounds[1] != 0) range.high = bounds[1];
  return range;
}

Result<Filter> make_labels(Settings& settings, std::string_view key) {
  const std::vector<double> labels = settings.numbers(key);
  return Filter([=](const ImageBoxes& boxes, Side, const Frame&) {
    return indices_where(boxes, [&](const Box& box) { return std::ranges::find(labels, double(box.label)) != labels.end(); });
  });
}

Result<Filter> make_min_confidence(Settings& settings, std::string_view key) {
  const double least = settings.number(key, 0);
  return Filter([=](const ImageBoxes& boxes, Side side, const Frame&) {
    return indices_where(boxes, [&](const Box& box) { return side == Side::kFound && box.score < least; });
  });
}

Result<Filter> make_top_k(Settings& settings, std::string_view key) {
  const double most = settings.number(key, 0);
  if (!(most >= 0 && most < 1e9)) settings.fail(key, "must be 0 or more");
  const auto count = static_cast<std::size_t>(most >= 0 && most < 1e9 ? most : 0);
  return Filter([=](const ImageBoxes& boxes, Side side, const Frame&) {
    if (side == Side::kTruth || boxes.boxes.size() <= count) return std::vector<std::size_t>();
    std::vector<std::size_t> rest = by_reversed_rising_score(boxes.boxes);
    rest.erase(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(count));
    std::ranges::sort(rest);
    return rest;
  });
}

template <typename Measure>
Result<Filter> outside(Settings& settings, std::string_view key, Measure measure) {
  const Range range = read_range(settings, key);
  return Filter([=](const ImageBoxes& boxes, Side, const Frame&) {
    return indices_where(boxes, [&](const Box& box) { return !range.contains(measure(box)); });
  });
}

Result<Filter> make_height_range(Settings& settings, std::string_view key) {
  return outside(settings, key, [](const Box& box) { return box.y1 - box.y0; });
}
Result<Filter> make_width_range(Settings& settings, std::string_view key) {
  return outside(settings, key, [](const Box& box) { return box.x1 - box.x0; });
}
Result<Filter> make_aspect_ratio(Settings& settings, std::string_view key) {
  return outside(settings, key,
                 [](const Box& box) { return (box.y1 - box.y0) / std::max(box.x1 - box.x0, std::numeric_limits<double>::epsilon()); });
}

Result<Filter> make_area_ratio(Settings& settings, std::string_view key) {
  const Range range = read_range(settings, key);
  return Filter([=](const ImageBoxes& boxes, Side side, const Frame& frame) {
    const double area = double(frame.source.width) * frame.source.height;
    return indices_where(boxes, [&](const Box& box) {
      return side == Side::kTruth && !range.contains(std::sqrt((box.x1 - box.x0) * (box.y1 - box.y0) / area));
    });
  });
}

// Whatever its value, as upstream has it.
Result<Filter> make_is_empty(Settings& settings, std::string_view key) {
  settings.ignore({key});
  return Filter([](const ImageBoxes& boxes, Side, const Frame&) {
    return indices_where(boxes, [](const Box& box) { return box.x1 - box.x0 <= 0 || box.y1 - box.y0 <= 0; });
  });
}

Result<Filter> make_invalid_boxes(Settings& settings, std::string_view key) {
  settings.ignore({key});
  return Filter([](const ImageBoxes& boxes, Side, const Frame&) {
    return indices_where(boxes, [](const Box& box) {
      return !(std::isfinite(box.x0) && std::isfinite(box.y0) && std::isfinite(box.x1) && std::isfinite(box.y1));
    });
  });
}

// What upstream has for polygons and for annotations that know how well an object is seen: nothing of ours.
Result<Filter> make_nothing(Settings& settings, std::string_view key) {
  settings.ignore({key});
  return Filter([](const ImageBoxes&, Side, const Frame&) { return std::vector<std::size_t>(); });
}

constexpr std::array<FilterKind, 11> kFilters{{
    {"labels", make_labels},
    {"min_confidence", make_min_confidence},
    {"top_k", make_top_k},
    {"height_range", make_height_range},
    {"width_range", make_width_range},
    {"aspect_ratio", make_aspect_ratio},
    {"area_ratio", make_area_ratio},
    {"is_empty", make_is_empty},
    {"invalid_boxes", make_invalid_boxes},
    {"area_range", make_nothing},
    {"min_visibility", make_nothing},
}};

// What is taken goes, or is marked as difficult.
void apply(const std::vector<Filter>& filters, bool remove, ImageBoxes& boxes, Side side, const Frame& frame) {
  for (const Filter& filter : filters) {
    const std::vector<std::size_t> taken = filter(boxes, side, frame);
    if (remove)
      boxes.remove(taken);
    else
      boxes.difficult.insert(boxes.difficult.end(), taken.begin(), taken.end());
  }
}

}  // namespace

Result<Postprocessor> make_filter(Settings& settings) {
  const Targets targets = read_targets(settings);
  const bool remove = settings.flag("remove_filtered", false);
  std::vector<Filter> filters;
  for (const std::string& key : settings.unread_keys()) {
    const auto kind = std::ranges::find(kFilters, key, &FilterKind::name);
    if (kind == kFilters.end()) continue;  // finish() names it
    OCTET_ASSIGN(Filter filter, kind->make(settings, kind->name));
    filters.push_back(std::move(filter));
  }
  return Postprocessor([=](ImageBoxes& truth, ImageBoxes& found, const Frame& frame) -> Status {
    if (targets.truth) apply(filters, remove, truth, Side::kTruth, frame);
    if (targets.found) apply(filters, remove, found, Side::kFound, frame);
    return {};
  });
}

}  // namespace octet::accuracy
