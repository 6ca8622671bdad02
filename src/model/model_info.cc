#include "model/model_info.h"

#include <algorithm>

#include "base/version.h"

namespace octet {
namespace {

constexpr int kMaxSide = 1 << 14, kMaxLabelOffset = 1 << 10;

constexpr Word<ResizeKind> kResizeWords[] = {{"stretch", ResizeKind::kStretch},
                                             {"stretch_tf1", ResizeKind::kStretchTf1},
                                             {"letterbox_corner", ResizeKind::kLetterboxCorner},
                                             {"letterbox", ResizeKind::kLetterbox},
                                             {"letterbox_rounded", ResizeKind::kLetterboxRounded}};
constexpr Word<CategoryRule> kCategoryWords[] = {
    {"coco91", CategoryRule::kCoco91}, {"coco90", CategoryRule::kCoco90}, {"ordinal", CategoryRule::kOrdinal}};
constexpr Word<Clip> kClipWords[] = {{"YES", Clip::kBeforeSuppression}, {"AFTER", Clip::kAfterSuppression}, {"NO", Clip::kNever}};
constexpr Word<bool> kYesNo[] = {{"YES", true}, {"NO", false}};

constexpr std::string_view kCommonKeys[] = {"model_type",
                                            "labels",
                                            "confidence_threshold",
                                            "iou_threshold",
                                            "resize_type",
                                            "reverse_input_channels",
                                            "embedded_processing",
                                            "orig_width",
                                            "orig_height",
                                            "octet_head",
                                            "octet_resize",
                                            "octet_labels",
                                            "octet_categories",
                                            "octet_nms_iou",
                                            "octet_nms_distance_power",
                                            "octet_clip",
                                            "octet_model",
                                            "octet_source",
                                            "octet_version",
                                            "octet_pad_value",
                                            "octet_label_offset",
                                            "mean_values",
                                            "scale_values",
                                            "pad_value",
                                            "octet_nms_across_classes"};

// Calls visit(head) with one default object of each kind of head.
template <std::size_t... I, typename Visit>
void for_each_head(std::index_sequence<I...>, const Visit& visit) {
  (visit(std::variant_alternative_t<I, Head>{}), ...);
}
template <typename Visit>
void for_each_head(const Visit& visit) {
  for_each_head(std::make_index_sequence<std::variant_size_v<Head>>(), visit);
}

// Of the head that a word of a file names, today's word.
std::string_view word_of_today(std::string_view word) { return word == "yolov8" ? DenseHead::kName : word; }

// Makes `head` one of the kind that `word` names; one that is so already keeps what is known of it.
Status choose_head(std::string_view text, Head& head) {
  const std::string_view word = word_of_today(text);
  bool found = false;
  std::string expected;
  for_each_head([&]<typename Kind>(const Kind& kind) {
    found |= kind.kName == word;
    if (kind.kName == word && !std::holds_alternative<Kind>(head)) head.emplace<Kind>();
    expected += (expected.empty() ? "" : " or ") + std::string(kind.kName);
  });
  if (!found) return bad_value("octet_head", text, expected);
  return {};
}

Status check_required(const InfoReader& info) {
  std::vector<std::string_view> required = {"octet_head", "octet_resize", "orig_width", "orig_height"};
  if (const std::string* word = info.find("octet_head"))
    for_each_head([&](const auto& head) {
      if (head.kName == word_of_today(*word)) required.insert(required.end(), head.kRequiredKeys.begin(), head.kRequiredKeys.end());
    });
  std::erase_if(required, [&](std::string_view key) { return info.find(key) != nullptr; });
  if (required.empty()) return {};
  return Error{ErrorCode::kUnsupported, fmt::format("the model does not say how it is used: rt_info/model_info lacks {}; convert the "
                                                    "source model with octet, or add the keys (docs/model_info.md)",
                                                    fmt::join(required, ", "))};
}

}  // namespace

Result<ModelDescription> read_model_info(const ModelInfo& info) {
  OCTET_RETURN_IF_ERROR(check_required(InfoReader(info)));
  ModelDescription description;
  OCTET_RETURN_IF_ERROR(choose_head(info.at("octet_head"), description.head));
  if (std::visit([](const auto& head) { return head.may_have_background(); }, description.head))
    description.categories = CategoryRule::kCoco91;
  OCTET_RETURN_IF_ERROR(apply_model_info(info, description));
  return description;
}

Status apply_model_info(const ModelInfo& map, ModelDescription& description) {
  const InfoReader info(map);
  info.read_text("octet_model", description.name);
  info.read_text("octet_source", description.source);
  OCTET_RETURN_IF_ERROR(info.read_integer("orig_width", 1, kMaxSide, description.input.width));
  OCTET_RETURN_IF_ERROR(info.read_integer("orig_height", 1, kMaxSide, description.input.height));
  OCTET_RETURN_IF_ERROR(info.read_word("octet_resize", kResizeWords, description.resize));
  OCTET_RETURN_IF_ERROR(info.read_word("octet_categories", kCategoryWords, description.categories));
  OCTET_RETURN_IF_ERROR(info.read_word("octet_clip", kClipWords, description.clip));
  OCTET_RETURN_IF_ERROR(info.read_integer("octet_label_offset", -kMaxLabelOffset, kMaxLabelOffset, description.label_offset));
  if (info.find("octet_pad_value")) OCTET_RETURN_IF_ERROR(info.read_integer("octet_pad_value", 0, 255, description.pad_value.emplace()));
  OCTET_RETURN_IF_ERROR(info.read_number("octet_nms_iou", 0, 1, description.suppression.iou_limit));
  OCTET_RETURN_IF_ERROR(info.read_number("octet_nms_distance_power", 0, 1e6, description.suppression.distance_power));
  OCTET_RETURN_IF_ERROR(info.read_word("octet_nms_across_classes", kYesNo, description.suppression.across_classes));
  OCTET_RETURN_IF_ERROR(info.read_number("confidence_threshold", 0, 1, description.confidence_threshold));
  OCTET_RETURN_IF_ERROR(info.read_labels(description.labels));
  if (const std::string* word = info.find("octet_head")) OCTET_RETURN_IF_ERROR(choose_head(*word, description.head));
  return std::visit([&](auto& head) { return head.read(info); }, description.head);
}

ModelInfo write_model_info(const ModelDescription& description) {
  ModelInfo info = {
      {"confidence_threshold", fmt::format("{}", description.confidence_threshold)},
      {"iou_threshold", fmt::format("{}", description.suppression.iou_limit)},
      {"resize_type", is_in_the_middle(description.resize) ? "fit_to_window_letterbox" : "standard"},
      {"reverse_input_channels", "NO"},
      {"embedded_processing", "NO"},
      {"orig_width", std::to_string(description.input.width)},
      {"orig_height", std::to_string(description.input.height)},
      {"octet_resize", word_of(kResizeWords, description.resize)},
      {"octet_categories", word_of(kCategoryWords, description.categories)},
      {"octet_nms_iou", fmt::format("{}", description.suppression.iou_limit)},
      {"octet_clip", word_of(kClipWords, description.clip)},
      {"octet_version", kVersion},
  };
  if (description.pad_value) info["octet_pad_value"] = std::to_string(*description.pad_value);
  if (description.label_offset != 0) info["octet_label_offset"] = std::to_string(description.label_offset);
  if (description.suppression.distance_power > 0)
    info["octet_nms_distance_power"] = fmt::format("{}", description.suppression.distance_power);
  if (description.suppression.across_classes) info["octet_nms_across_classes"] = "YES";
  if (!description.name.empty()) info["octet_model"] = description.name;
  if (!description.source.empty()) info["octet_source"] = description.source;
  if (!description.labels.empty()) write_labels(description.labels, info);
  std::visit(
      [&](const auto& head) {
        info["octet_head"] = head.kName;
        head.write(info);
      },
      description.head);
  return info;
}

bool is_model_info_key(std::string_view key) {
  bool known = std::ranges::find(kCommonKeys, key) != std::end(kCommonKeys);
  for_each_head([&](const auto& head) { known |= std::ranges::find(head.kKeys, key) != head.kKeys.end(); });
  return known;
}

}  // namespace octet
