#include "model/heads/yolo.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace octet {
namespace {

using Json = nlohmann::json;

constexpr int kMaxClasses = 1 << 16;
constexpr std::size_t kMaxAnchors = 64;  // of one output

constexpr Word<YoloOutput::Kind> kKindWords[] = {
    {"yolo", YoloOutput::Kind::kYolo}, {"region", YoloOutput::Kind::kRegion}, {"yolov5", YoloOutput::Kind::kYolov5}};

// A field of one output: absent leaves the target as it is.
Status read_bool(const Json& json, const char* field, bool& target) {
  if (!json.contains(field)) return {};
  if (!json[field].is_boolean()) return bad_value(fmt::format("octet_heads: \"{}\"", field), json[field].dump(), "true or false");
  target = json[field].get<bool>();
  return {};
}

Status read_anchors(const Json& json, std::vector<YoloOutput::Anchor>& target) {
  const Json anchors = json.value("anchors", Json());
  const auto is_size = [](const Json& value) { return value.is_number() && value.get<double>() > 0 && value.get<double>() < 1e6; };
  if (!anchors.is_array() || anchors.empty() || anchors.size() % 2 != 0 || anchors.size() > 2 * kMaxAnchors ||
      !std::ranges::all_of(anchors, is_size))
    return bad_value("octet_heads: \"anchors\"", anchors.dump(), "pairs of positive numbers");
  for (std::size_t i = 0; i < anchors.size(); i += 2) target.push_back({anchors[i].get<float>(), anchors[i + 1].get<float>()});
  return {};
}

Result<YoloOutput> output_from_json(const Json& json) {
  if (!json.is_object() || !json.value("output", Json("")).is_string())
    return bad_value("octet_heads", json.dump(), "objects with \"output\", the name of a Result");
  YoloOutput output;
  output.output = json.value("output", std::string());
  OCTET_RETURN_IF_ERROR(read_anchors(json, output.anchors));
  const Json classes = json.value("classes", Json());
  if (!classes.is_number_integer() || classes < 1 || classes > kMaxClasses)
    return bad_value("octet_heads: \"classes\"", classes.dump(), fmt::format("a number from 1 to {}", kMaxClasses));
  output.classes = classes.get<int>();
  const Json stretch = json.value("scale_x_y", Json(1));
  if (!stretch.is_number() || !(stretch.get<double>() > 0 && stretch.get<double>() <= 16))
    return bad_value("octet_heads: \"scale_x_y\"", stretch.dump(), "a number above 0, at most 16");
  output.scale_x_y = stretch.get<float>();
  const Json kind = json.value("kind", Json("yolo"));
  if (!kind.is_string()) return bad_value("octet_heads: \"kind\"", kind.dump(), "yolo, region or yolov5");
  OCTET_ASSIGN(output.kind, value_of_word(kKindWords, "octet_heads: \"kind\"", kind.get_ref<const std::string&>()));
  OCTET_RETURN_IF_ERROR(read_bool(json, "new_coords", output.new_coords));
  OCTET_RETURN_IF_ERROR(read_bool(json, "softmax", output.softmax));
  return output;
}

Json json_from_output(const YoloOutput& output) {
  Json anchors = Json::array();
  for (const YoloOutput::Anchor& anchor : output.anchors)
    anchors.insert(anchors.end(), {plain_number(anchor.width), plain_number(anchor.height)});
  Json json = {{"output", output.output}, {"kind", word_of(kKindWords, output.kind)}, {"anchors", anchors}, {"classes", output.classes}};
  json["scale_x_y"] = plain_number(output.scale_x_y);
  json["new_coords"] = output.new_coords;
  if (output.kind == YoloOutput::Kind::kRegion) json["softmax"] = output.softmax;
  return json;
}

// Model API's keys: one list of anchors in pixels, and for each output the places of its own in it. It knows none in cells.
void write_model_api_keys(const std::vector<YoloOutput>& outputs, ModelInfo& info) {
  if (std::ranges::any_of(outputs, [](const YoloOutput& output) { return output.kind != YoloOutput::Kind::kYolo; })) return;
  std::vector<YoloOutput::Anchor> anchors;
  std::vector<std::size_t> masks;
  for (const YoloOutput& output : outputs)
    for (const YoloOutput::Anchor& anchor : output.anchors) {
      const auto found = std::ranges::find(anchors, anchor);
      masks.push_back(static_cast<std::size_t>(found - anchors.begin()));
      if (found == anchors.end()) anchors.push_back(anchor);
    }
  std::vector<float> sides;
  for (const YoloOutput::Anchor& anchor : anchors) sides.insert(sides.end(), {anchor.width, anchor.height});
  info["model_type"] = "YOLOV4";
  info["anchors"] = fmt::format("{}", fmt::join(sides, " "));
  info["masks"] = fmt::format("{}", fmt::join(masks, " "));
}

}  // namespace

Status YoloHead::read(const InfoReader& info) {
  const std::string* text = info.find("octet_heads");
  if (!text) return {};
  const Json json = parse_shallow_json(*text);
  if (!json.is_array() || json.empty()) return bad_value("octet_heads", *text, "a JSON array of one object an output");
  outputs.clear();
  for (const Json& entry : json) {
    OCTET_ASSIGN(outputs.emplace_back(), output_from_json(entry));
    if (outputs.back().classes != outputs.front().classes)
      return Error{ErrorCode::kMalformed, fmt::format("model_info: octet_heads disagree on the number of classes ({} and {})",
                                                      outputs.front().classes, outputs.back().classes)};
  }
  return {};
}

void YoloHead::write(ModelInfo& info) const {
  Json heads = Json::array();
  for (const YoloOutput& output : outputs) heads.push_back(json_from_output(output));
  info["octet_heads"] = one_line(heads);
  write_model_api_keys(outputs, info);
}

}  // namespace octet
