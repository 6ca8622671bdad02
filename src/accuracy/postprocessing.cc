#include "accuracy/postprocessing.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "accuracy/suppression.h"

namespace octet::accuracy {
namespace {

// Multiplies and then shifts corners.
struct Mapping {
  double x = 1, y = 1, left = 0, top = 0;

  void apply(ImageBoxes& boxes) const {
    for (Box& box : boxes.boxes)
      box.x0 = box.x0 * x + left, box.x1 = box.x1 * x + left, box.y0 = box.y0 * y + top, box.y1 = box.y1 * y + top;
  }
};

Mapping source_mapping(const Frame& frame, bool rescale) {
  const double width = frame.source.width, height = frame.source.height;
  return rescale ? Mapping{width / frame.resized.width, height / frame.resized.height} : Mapping{width, height};
}

// As upstream, which shifts by the padding above in the width of the picture, not its height.
Mapping unpadded_mapping(const Frame& frame, const Frame::Padding& padding) {
  const double across = padding.padded.width - padding.right - padding.left, down = padding.padded.height - padding.top - padding.bottom;
  const double width = frame.source.width, height = frame.source.height;
  return {padding.padded.width / across * width, padding.padded.height / down * height, padding.left / across * width,
          padding.top / down * width};
}

Result<Postprocessor> make_resize_prediction_boxes(Settings& settings) {
  const bool rescale = settings.flag("rescale", false), unpadding = settings.flag("unpadding", false);
  settings.flag("uncrop", false);  // no step of ours crops
  return Postprocessor([=](ImageBoxes&, ImageBoxes& found, const Frame& frame) -> Status {
    const bool has_padding = unpadding && !frame.paddings.empty();
    (has_padding ? unpadded_mapping(frame, frame.paddings.front()) : source_mapping(frame, rescale)).apply(found);
    return {};
  });
}

Result<Postprocessor> make_faster_rcnn_resize(Settings& settings) {
  read_size(settings);  // upstream reads it and goes by what was done to the picture
  const bool rescale = settings.flag("rescale", false);
  return Postprocessor([=](ImageBoxes&, ImageBoxes& found, const Frame& frame) -> Status {
    const bool pads = frame.paddings.size() == 1 && frame.paddings[0].top == 0 && frame.paddings[0].left == 0;
    if (frame.resizes != 1 || (!frame.paddings.empty() && !pads))
      return Error{ErrorCode::kUnsupported,
                   "faster_rcnn_postprocessing_resize needs a resize, and behind it no padding or one at right_bottom"};
    Mapping mapping{double(frame.source.width), double(frame.source.height)};
    if (pads) mapping = {frame.paddings[0].padded.width / frame.scale_x, frame.paddings[0].padded.height / frame.scale_y};
    if (rescale) mapping.x /= frame.network.width, mapping.y /= frame.network.height;
    mapping.apply(found);
    return {};
  });
}

Result<Postprocessor> make_normalize_boxes(Settings& settings) {
  settings.ignore({"use_annotation_rect"});  // upstream reads it and does nothing with it
  return Postprocessor([](ImageBoxes& truth, ImageBoxes&, const Frame& frame) -> Status {
    Mapping{1.0 / frame.source.width, 1.0 / frame.source.height}.apply(truth);
    return {};
  });
}

Result<Postprocessor> make_clip_boxes(Settings& settings) {
  const Targets targets = read_targets(settings);
  const auto size = settings.optional_integer("size");
  const auto width = size ? size : settings.optional_integer("dst_width"), height = size ? size : settings.optional_integer("dst_height");
  settings.ignore({"dst_width", "dst_height"});
  const bool normalized = settings.flag("boxes_normalized", false);
  return Postprocessor([=](ImageBoxes& truth, ImageBoxes& found, const Frame& frame) -> Status {
    const double right = normalized ? 1 : double(width.value_or(frame.source.width));
    const double bottom = normalized ? 1 : double(height.value_or(frame.source.height));
    const auto clip = [&](ImageBoxes& boxes) {
      const auto within = [](double& corner, double most) { corner = std::min(std::max(corner, 0.0), std::max(most, 0.0)); };
      for (Box& box : boxes.boxes) within(box.x0, right), within(box.x1, right), within(box.y0, bottom), within(box.y1, bottom);
    };
    if (targets.truth) clip(truth);
    if (targets.found) clip(found);
    return {};
  });
}

Result<Postprocessor> make_cast_to_int(Settings& settings) {
  constexpr std::array<std::string_view, 4> kPolicies{"nearest", "nearest_to_zero", "lower", "greater"};
  const std::map<std::string, double (*)(double), std::less<>> rounded{
      {"nearest", [](double x) { return std::nearbyint(x); }},  // half to even
      {"nearest_to_zero", [](double x) { return std::trunc(x); }},
      {"lower", [](double x) { return std::floor(x); }},
      {"greater", [](double x) { return std::ceil(x); }}};
  const auto policy = rounded.find(settings.choice("round_policy", kPolicies));
  OCTET_RETURN_IF_ERROR(settings.finish());
  const auto round = policy->second;
  return Postprocessor([round](ImageBoxes& truth, ImageBoxes& found, const Frame&) -> Status {
    for (ImageBoxes* boxes : {&truth, &found})
      for (Box& box : boxes->boxes) box.x0 = round(box.x0), box.x1 = round(box.x1), box.y0 = round(box.y0), box.y1 = round(box.y1);
    return {};
  });
}

Result<Postprocessor> make_shift_labels(Settings& settings) {
  const auto offset = static_cast<int>(settings.integer("offset"));
  if (std::abs(offset) > 1'000'000) settings.fail("offset", "is out of range");
  return Postprocessor([=](ImageBoxes&, ImageBoxes& found, const Frame&) -> Status {
    for (Box& box : found.boxes) box.label += offset;
    return {};
  });
}

// Takes out what is not among `kept`.
void keep_only(ImageBoxes& found, const std::vector<std::size_t>& kept) {
  std::vector<bool> stays(found.boxes.size());
  for (const std::size_t i : kept) stays[i] = true;
  std::vector<std::size_t> gone;
  for (std::size_t i = 0; i < stays.size(); ++i)
    if (!stays[i]) gone.push_back(i);
  found.remove(gone);
}

// Indices of the boxes of each label, labels rising.
std::map<int, std::vector<std::size_t>> by_label(std::span<const Box> boxes) {
  std::map<int, std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < boxes.size(); ++i) groups[boxes[i].label].push_back(i);
  return groups;
}

std::vector<std::size_t> suppress_within_labels(std::span<const Box> boxes, const Suppression& suppression) {
  std::vector<std::size_t> kept;
  for (const auto& [label, indices] : by_label(boxes)) {
    std::vector<Box> of_label;
    for (const std::size_t i : indices) of_label.push_back(boxes[i]);
    for (const std::size_t i : suppress(of_label, suppression)) kept.push_back(indices[i]);
  }
  return kept;
}

Suppression read_suppression(Settings& settings) {
  Suppression suppression;
  suppression.overlap = settings.number("overlap", 0.5);
  if (suppression.overlap < 0 || suppression.overlap > 1) settings.fail("overlap", "must be 0 to 1");
  suppression.include_boundaries = settings.flag("include_boundaries", true);
  if (const auto most = settings.optional_integer("keep_top_k")) {
    if (*most < 0) settings.fail("keep_top_k", "must be 0 or more");
    suppression.keep_top = static_cast<std::size_t>(std::max<std::int64_t>(*most, 0));
  }
  return suppression;
}

Postprocessor suppressor(const Suppression& suppression, std::vector<std::size_t> (*kept)(std::span<const Box>, const Suppression&)) {
  return [=](ImageBoxes&, ImageBoxes& found, const Frame&) -> Status {
    keep_only(found, kept(found.boxes, suppression));
    return {};
  };
}

Result<Postprocessor> make_nms(Settings& settings) {
  Suppression suppression = read_suppression(settings);
  suppression.use_min_area = settings.flag("use_min_area", false);
  return suppressor(suppression, suppress);
}

Result<Postprocessor> make_class_aware_nms(Settings& settings) {
  Suppression suppression = read_suppression(settings);
  suppression.use_min_area = settings.flag("use_min_area", false);
  return suppressor(suppression, suppress_within_labels);
}

Result<Postprocessor> make_diou_nms(Settings& settings) {
  Suppression suppression = read_suppression(settings);
  suppression.by_distance = true;
  return suppressor(suppression, suppress);
}

Result<Postprocessor> make_soft_nms(Settings& settings) {
  SoftSuppression suppression;
  const std::int64_t most = settings.integer("keep_top_k", 200);
  if (most < 0) settings.fail("keep_top_k", "must be 0 or more");
  suppression.keep_top = static_cast<std::size_t>(std::max<std::int64_t>(most, 0));
  suppression.sigma = settings.number("sigma", 0.5);
  if (!(suppression.sigma > 0)) settings.fail("sigma", "must be above 0");
  suppression.min_score = settings.number("min_score", 0);
  return Postprocessor([=](ImageBoxes&, ImageBoxes& found, const Frame&) -> Status {
    suppress_softly(found, suppression);
    return {};
  });
}

Result<Postprocessor> make_weighted_nms(Settings& settings) {
  const double overlap = settings.number("overlap", 0.3);
  return Postprocessor([=](ImageBoxes&, ImageBoxes& found, const Frame&) -> Status {
    suppress_weighted(found, overlap);
    return {};
  });
}

constexpr std::array<Kind<Postprocessor>, 12> kPostprocessors{{
    {"resize_prediction_boxes", make_resize_prediction_boxes},
    {"faster_rcnn_postprocessing_resize", make_faster_rcnn_resize},
    {"filter", make_filter},
    {"nms", make_nms},
    {"class_aware_nms", make_class_aware_nms},
    {"diou_nms", make_diou_nms},
    {"soft_nms", make_soft_nms},
    {"weighted_nms", make_weighted_nms},
    {"clip_boxes", make_clip_boxes},
    {"cast_to_int", make_cast_to_int},
    {"normalize_boxes", make_normalize_boxes},
    {"shift_labels", make_shift_labels},
}};

}  // namespace

Targets read_targets(Settings& settings) {
  constexpr std::array<std::string_view, 3> kTargets{"annotation", "prediction", "all"};
  if (!settings.has("apply_to")) settings.fail("apply_to", "is missing");
  const std::string target = settings.choice("apply_to", kTargets);
  return {target != "prediction", target != "annotation"};
}

Result<std::vector<Postprocessor>> make_postprocessing(const YAML::Node& steps) {
  std::vector<Postprocessor> postprocessors;
  if (!steps || steps.IsNull()) return postprocessors;
  if (!steps.IsSequence()) return Error{ErrorCode::kMalformed, "'postprocessing' must be a list"};
  for (const YAML::Node& step : steps) {
    OCTET_ASSIGN(Postprocessor made, make_block<Postprocessor>("postprocessor", "type", step, kPostprocessors));
    postprocessors.push_back(std::move(made));
  }
  return postprocessors;
}

}  // namespace octet::accuracy
