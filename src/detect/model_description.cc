#include "detect/model_description.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

namespace octet {
namespace {

using Json = nlohmann::json;

constexpr int kMaxSide = 1 << 14;
constexpr int kMaxClasses = 1 << 16;
constexpr std::size_t kMaxAnchors = 64;  // of one head

template <typename T>
struct Word {
  std::string_view text;
  T value;
};

constexpr Word<ResizeKind> kResizeWords[] = {{"stretch", ResizeKind::kStretch},
                                             {"stretch_tf1", ResizeKind::kStretchTf1},
                                             {"letterbox_corner", ResizeKind::kLetterboxCorner},
                                             {"letterbox", ResizeKind::kLetterbox}};
constexpr Word<HeadKind> kHeadWords[] = {{"detection_output", HeadKind::kDetectionOutput}, {"yolo", HeadKind::kYolo}};
constexpr Word<CategoryRule> kCategoryWords[] = {{"coco91", CategoryRule::kCoco91}, {"ordinal", CategoryRule::kOrdinal}};
constexpr Word<bool> kYesNo[] = {{"YES", true}, {"NO", false}};
constexpr Word<YoloHead::Kind> kKindWords[] = {{"yolo", YoloHead::Kind::kYolo}, {"region", YoloHead::Kind::kRegion}};

template <typename Words, typename T>
std::string word_of(const Words& words, T value) {
  return std::string(std::ranges::find(words, value, [](const auto& word) { return word.value; })->text);
}

Error bad_value(std::string_view key, std::string_view value, std::string_view expected) {
  return {ErrorCode::kMalformed, fmt::format("model_info: {} is '{}', expected {}", key, value.substr(0, 80), expected)};
}

template <typename T, std::size_t N>
Result<T> value_of_word(const Word<T> (&words)[N], std::string_view key, std::string_view text) {
  std::string expected;
  for (const Word<T>& word : words) {
    if (word.text == text) return word.value;
    expected += (expected.empty() ? "" : " or ") + std::string(word.text);
  }
  return bad_value(key, text, expected);
}

template <typename T>
std::optional<T> number_from(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Typed access to the map, with the key in every message.
class InfoReader {
 public:
  explicit InfoReader(const ModelInfo& info) : info_(info) {}

  const std::string* find(const std::string& key) const {
    const auto found = info_.find(key);
    return found == info_.end() ? nullptr : &found->second;
  }

  std::string text(const std::string& key) const {
    const std::string* value = find(key);
    return value ? *value : std::string();
  }

  template <typename T, std::size_t N>
  Status read_word(const std::string& key, const Word<T> (&words)[N], T& target) const {
    const std::string* value = find(key);
    if (!value) return {};
    OCTET_ASSIGN(target, value_of_word(words, key, *value));
    return {};
  }

  Status read_fraction(const std::string& key, float& target) const {
    const std::string* value = find(key);
    if (!value) return {};
    const auto number = number_from<float>(*value);
    if (!number || !(*number >= 0 && *number <= 1)) return bad_value(key, *value, "a number from 0 to 1");
    target = *number;
    return {};
  }

  Status read_side(const std::string& key, int& target) const {
    const auto number = number_from<int>(text(key));
    if (!number || *number < 1 || *number > kMaxSide) return bad_value(key, text(key), fmt::format("pixels from 1 to {}", kMaxSide));
    target = *number;
    return {};
  }

 private:
  const ModelInfo& info_;
};

Status check_required(const InfoReader& info) {
  std::vector<std::string> required = {"octet_head", "octet_resize", "orig_width", "orig_height"};
  if (info.text("octet_head") == "yolo") required.insert(required.end(), {"octet_heads", "octet_nms_iou"});
  std::erase_if(required, [&](const std::string& key) { return info.find(key) != nullptr; });
  if (required.empty()) return {};
  return Error{ErrorCode::kUnsupported, fmt::format("the model does not say how it is used: rt_info/model_info lacks {}; convert the "
                                                    "source model with octet, or add the keys (docs/model_info.md)",
                                                    fmt::join(required, ", "))};
}

// What lies deeper than anything that is read is dropped: JSON is copied and printed by recursion, and a file may nest it
// without end.
Json parse_shallow(const std::string& text) {
  constexpr int kDeepest = 4;
  return Json::parse(
      text, [](int depth, Json::parse_event_t, const Json&) { return depth <= kDeepest; }, false);
}

// A field of one head: absent leaves the target as it is.
Status read_bool(const Json& json, const char* field, bool& target) {
  if (!json.contains(field)) return {};
  if (!json[field].is_boolean()) return bad_value(fmt::format("octet_heads: \"{}\"", field), json[field].dump(), "true or false");
  target = json[field].get<bool>();
  return {};
}

Status read_anchors(const Json& json, std::vector<YoloHead::Anchor>& target) {
  const Json anchors = json.value("anchors", Json());
  const auto is_size = [](const Json& value) { return value.is_number() && value.get<double>() > 0 && value.get<double>() < 1e6; };
  if (!anchors.is_array() || anchors.empty() || anchors.size() % 2 != 0 || anchors.size() > 2 * kMaxAnchors ||
      !std::ranges::all_of(anchors, is_size))
    return bad_value("octet_heads: \"anchors\"", anchors.dump(), "pairs of positive numbers");
  for (std::size_t i = 0; i < anchors.size(); i += 2) target.push_back({anchors[i].get<float>(), anchors[i + 1].get<float>()});
  return {};
}

Result<YoloHead> head_from_json(const Json& json) {
  if (!json.is_object() || !json.value("output", Json()).is_string())
    return bad_value("octet_heads", json.dump(), "objects with \"output\", the name of a Result");
  YoloHead head;
  head.output = json["output"].get<std::string>();
  OCTET_RETURN_IF_ERROR(read_anchors(json, head.anchors));
  const Json classes = json.value("classes", Json());
  if (!classes.is_number_integer() || classes < 1 || classes > kMaxClasses)
    return bad_value("octet_heads: \"classes\"", classes.dump(), fmt::format("a number from 1 to {}", kMaxClasses));
  head.classes = classes.get<int>();
  const Json bend = json.value("scale_x_y", Json(1));
  if (!bend.is_number() || !(bend.get<double>() > 0 && bend.get<double>() <= 16))
    return bad_value("octet_heads: \"scale_x_y\"", bend.dump(), "a number above 0, at most 16");
  head.scale_x_y = bend.get<float>();
  const Json kind = json.value("kind", Json("yolo"));
  if (!kind.is_string()) return bad_value("octet_heads: \"kind\"", kind.dump(), "yolo or region");
  OCTET_ASSIGN(head.kind, value_of_word(kKindWords, "octet_heads: \"kind\"", kind.get_ref<const std::string&>()));
  OCTET_RETURN_IF_ERROR(read_bool(json, "new_coords", head.new_coords));
  OCTET_RETURN_IF_ERROR(read_bool(json, "softmax", head.softmax));
  return head;
}

Result<std::vector<YoloHead>> heads_from_text(const std::string& text) {
  const Json json = parse_shallow(text);
  if (!json.is_array() || json.empty()) return bad_value("octet_heads", text, "a JSON array of one object an output");
  std::vector<YoloHead> heads;
  for (const Json& entry : json) {
    OCTET_ASSIGN(heads.emplace_back(), head_from_json(entry));
    if (heads.back().classes != heads.front().classes)
      return Error{ErrorCode::kMalformed, fmt::format("model_info: octet_heads disagree on the number of classes ({} and {})",
                                                      heads.front().classes, heads.back().classes)};
  }
  return heads;
}

// From octet's own key, or from Model API's, where blanks inside a name are underscores.
Result<std::vector<std::string>> labels_from(const InfoReader& info) {
  std::vector<std::string> labels;
  if (const std::string* own = info.find("octet_labels")) {
    const Json json = parse_shallow(*own);
    if (!json.is_array() || !std::ranges::all_of(json, [](const Json& label) { return label.is_string(); }))
      return bad_value("octet_labels", *own, "a JSON array of names");
    for (const Json& label : json) labels.push_back(label.get<std::string>());
    return labels;
  }
  const std::string joined = info.text("labels");
  for (std::size_t begin = 0; begin < joined.size();) {
    const std::size_t end = std::min(joined.find(' ', begin), joined.size());
    if (end > begin) labels.push_back(joined.substr(begin, end - begin));
    begin = end + 1;
  }
  for (std::string& label : labels) std::ranges::replace(label, '_', ' ');
  return labels;
}

Json json_from_head(const YoloHead& head) {
  Json anchors = Json::array();
  for (const YoloHead::Anchor& anchor : head.anchors) anchors.insert(anchors.end(), {anchor.width, anchor.height});
  Json json = {{"output", head.output},       {"kind", word_of(kKindWords, head.kind)}, {"anchors", anchors}, {"classes", head.classes},
               {"scale_x_y", head.scale_x_y}, {"new_coords", head.new_coords}};
  if (head.kind == YoloHead::Kind::kRegion) json["softmax"] = head.softmax;
  return json;
}

// Model API has one list of anchors, and for each head the places of its own in it.
void add_model_api_anchors(const std::vector<YoloHead>& heads, ModelInfo& info) {
  std::vector<float> anchors;
  std::vector<std::size_t> masks;
  for (const YoloHead& head : heads)
    for (const YoloHead::Anchor& anchor : head.anchors) {
      masks.push_back(masks.size());
      anchors.insert(anchors.end(), {anchor.width, anchor.height});
    }
  info["anchors"] = fmt::format("{}", fmt::join(anchors, " "));
  info["masks"] = fmt::format("{}", fmt::join(masks, " "));
}

void add_labels(const std::vector<std::string>& labels, ModelInfo& info) {
  info["octet_labels"] = Json(labels).dump(-1, ' ', false, Json::error_handler_t::replace);
  std::string joined;
  for (std::string label : labels) {
    std::ranges::replace(label, ' ', '_');
    joined += (joined.empty() ? "" : " ") + (label.empty() ? "_" : label);
  }
  info["labels"] = joined;
}

}  // namespace

Result<ModelDescription> model_description_from_info(const ModelInfo& map) {
  const InfoReader info(map);
  OCTET_RETURN_IF_ERROR(check_required(info));
  ModelDescription description;
  description.name = info.text("octet_model");
  description.source = info.text("octet_source");
  OCTET_RETURN_IF_ERROR(info.read_side("orig_width", description.input.width));
  OCTET_RETURN_IF_ERROR(info.read_side("orig_height", description.input.height));
  OCTET_RETURN_IF_ERROR(info.read_word("octet_resize", kResizeWords, description.resize));
  OCTET_RETURN_IF_ERROR(info.read_word("octet_head", kHeadWords, description.head));
  const bool is_ssd = description.head == HeadKind::kDetectionOutput;
  description.categories = is_ssd ? CategoryRule::kCoco91 : CategoryRule::kOrdinal;
  OCTET_RETURN_IF_ERROR(info.read_word("octet_categories", kCategoryWords, description.categories));
  OCTET_RETURN_IF_ERROR(info.read_word("octet_clip", kYesNo, description.clip));
  OCTET_RETURN_IF_ERROR(info.read_fraction("octet_nms_iou", description.nms_iou));
  OCTET_RETURN_IF_ERROR(info.read_fraction("confidence_threshold", description.confidence_threshold));
  if (!is_ssd) {
    OCTET_ASSIGN(description.heads, heads_from_text(info.text("octet_heads")));
  }
  OCTET_ASSIGN(description.labels, labels_from(info));
  return description;
}

ModelInfo info_from_model_description(const ModelDescription& description) {
  const bool is_ssd = description.head == HeadKind::kDetectionOutput;
  ModelInfo info = {
      {"model_type", is_ssd ? "ssd" : "YOLOV4"},
      {"confidence_threshold", fmt::format("{}", description.confidence_threshold)},
      {"iou_threshold", fmt::format("{}", description.nms_iou)},
      {"resize_type", description.resize == ResizeKind::kLetterbox ? "fit_to_window_letterbox" : "standard"},
      {"reverse_input_channels", "NO"},
      {"embedded_processing", "YES"},
      {"orig_width", std::to_string(description.input.width)},
      {"orig_height", std::to_string(description.input.height)},
      {"octet_head", word_of(kHeadWords, description.head)},
      {"octet_resize", word_of(kResizeWords, description.resize)},
      {"octet_categories", word_of(kCategoryWords, description.categories)},
      {"octet_nms_iou", fmt::format("{}", description.nms_iou)},
      {"octet_clip", word_of(kYesNo, description.clip)},
  };
  if (!description.name.empty()) info["octet_model"] = description.name;
  if (!description.source.empty()) info["octet_source"] = description.source;
  if (!description.labels.empty()) add_labels(description.labels, info);
  if (!is_ssd) {
    Json heads = Json::array();
    for (const YoloHead& head : description.heads) heads.push_back(json_from_head(head));
    info["octet_heads"] = heads.dump(-1, ' ', false, Json::error_handler_t::replace);
    add_model_api_anchors(description.heads, info);
  }
  return info;
}

std::string label_of(const ModelDescription& description, int class_index) {
  const auto index = static_cast<std::size_t>(class_index);
  if (class_index >= 0 && index < description.labels.size()) return description.labels[index];
  return "class " + std::to_string(class_index);
}

int class_count(const ModelDescription& description) {
  if (description.head == HeadKind::kYolo) return description.heads.empty() ? 0 : description.heads.front().classes;
  constexpr int kCoco91Classes = 91;
  return description.labels.empty() ? kCoco91Classes : static_cast<int>(description.labels.size());
}

bool has_background(const ModelDescription& description) {
  return description.head == HeadKind::kDetectionOutput && (description.labels.empty() || description.labels[0] == "background");
}

}  // namespace octet
