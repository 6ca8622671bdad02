#include "model/heads/dense.h"

#include <nlohmann/json.hpp>

#include <fmt/format.h>

#include <algorithm>

#include "base/parse_number.h"

namespace octet {
namespace {

using Json = nlohmann::json;

constexpr int kMaxClasses = 1 << 16, kMaxBins = 1 << 8, kMaxStride = 1 << 10, kMaxCells = 1 << 12;
constexpr std::size_t kMaxStrides = 16, kMaxAnchors = 64;
constexpr double kMaxSide = 1e6;
constexpr float kMaxScale = 1e3f;
constexpr std::string_view kNames = "a JSON array of names of Results";

constexpr Word<DenseHead::Box> kBoxWords[] = {{"center_size", DenseHead::Box::kCenter},
                                              {"corners", DenseHead::Box::kCorners},
                                              {"corners_yx", DenseHead::Box::kCornersYx},
                                              {"distances", DenseHead::Box::kDistances},
                                              {"pixel_distances", DenseHead::Box::kPixelDistances},
                                              {"grid_center", DenseHead::Box::kGridCenter},
                                              {"anchor_offsets", DenseHead::Box::kAnchorOffsets},
                                              {"anchor_offsets_yx", DenseHead::Box::kAnchorOffsetsYx}};
constexpr Word<DenseHead::Unit> kUnitWords[] = {{"pixels", DenseHead::Unit::kPixels}, {"fractions", DenseHead::Unit::kFractions}};
constexpr Word<DenseHead::Score> kScoreWords[] = {
    {"probability", DenseHead::Score::kProbability}, {"logit", DenseHead::Score::kLogit}, {"softmax", DenseHead::Score::kSoftmax}};
constexpr Word<DenseHead::Background> kBackgroundWords[] = {
    {"none", DenseHead::Background::kNone}, {"first", DenseHead::Background::kFirst}, {"last", DenseHead::Background::kLast}};
constexpr Word<bool> kYesNo[] = {{"YES", true}, {"NO", false}};

Status read_outputs(const InfoReader& info, std::string_view key, std::vector<std::string>& names) {
  OCTET_RETURN_IF_ERROR(info.read_names(key, kNames, names));
  if (const std::string* text = info.find(key); text && names.empty()) return bad_value(key, *text, kNames);
  return {};
}

// Numbers with blanks between them.
Status read_strides(const InfoReader& info, std::vector<int>& strides) {
  const std::string* text = info.find("octet_strides");
  if (!text) return {};
  strides.clear();
  for (std::size_t begin = 0; begin < text->size();) {
    const std::size_t end = std::min(text->find(' ', begin), text->size());
    const auto number = parse_number<int>(text->substr(begin, end - begin));
    if (!number || *number < 1 || *number > kMaxStride || strides.size() == kMaxStrides)
      return bad_value("octet_strides", *text, fmt::format("at most {} whole numbers from 1 to {}", kMaxStrides, kMaxStride));
    strides.push_back(*number);
    begin = end + 1;
  }
  return {};
}

bool is_size(const Json& number) { return number.is_number() && number.get<double>() > 0 && number.get<double>() < kMaxSide; }

bool is_count(const Json& number) { return number.is_number_integer() && number >= 1 && number <= kMaxCells; }

bool is_anchor_map(const Json& map) {
  const Json grid = map.is_object() ? map.value("grid", Json()) : Json(), anchors = map.is_object() ? map.value("anchors", Json()) : Json();
  return grid.is_array() && grid.size() == 2 && std::ranges::all_of(grid, is_count) && anchors.is_array() && !anchors.empty() &&
         anchors.size() % 2 == 0 && anchors.size() <= 2 * kMaxAnchors && std::ranges::all_of(anchors, is_size);
}

Status read_anchor_maps(const InfoReader& info, std::vector<DenseHead::AnchorMap>& maps) {
  const std::string* text = info.find("octet_anchors");
  if (!text) return {};
  const Json json = parse_shallow_json(*text);
  if (!json.is_array() || json.empty() || json.size() > kMaxStrides || !std::ranges::all_of(json, is_anchor_map))
    return bad_value("octet_anchors", *text, R"(a JSON array of one {"grid": [columns, rows], "anchors": [width, height, ...]} a map)");
  maps.clear();
  for (const Json& entry : json) {
    DenseHead::AnchorMap& map = maps.emplace_back(DenseHead::AnchorMap{entry["grid"][0].get<int>(), entry["grid"][1].get<int>(), {}});
    const Json& sides = entry["anchors"];
    for (std::size_t i = 0; i < sides.size(); i += 2) map.anchors.push_back({sides[i].get<float>(), sides[i + 1].get<float>()});
  }
  return {};
}

Json json_of(const std::vector<DenseHead::AnchorMap>& maps) {
  Json json = Json::array();
  for (const DenseHead::AnchorMap& map : maps) {
    Json sides = Json::array();
    for (const DenseHead::Anchor& anchor : map.anchors)
      sides.insert(sides.end(), {plain_number(anchor.width), plain_number(anchor.height)});
    json.push_back({{"grid", {map.columns, map.rows}}, {"anchors", std::move(sides)}});
  }
  return json;
}

// Four numbers with blanks between them.
Status read_box_scales(const InfoReader& info, std::array<float, 4>& scales) {
  const std::string* text = info.find("octet_box_scales");
  if (!text) return {};
  std::vector<float> numbers;
  for (std::size_t begin = 0; begin < text->size() && numbers.size() <= scales.size();) {
    const std::size_t end = std::min(text->find(' ', begin), text->size());
    numbers.push_back(parse_number<float>(text->substr(begin, end - begin)).value_or(0));
    begin = end + 1;
  }
  const auto is_scale = [](float number) { return number > 0 && number <= kMaxScale; };
  if (numbers.size() != scales.size() || !std::ranges::all_of(numbers, is_scale))
    return bad_value("octet_box_scales", *text, "four numbers above 0: of x, y, width and height");
  std::ranges::copy(numbers, scales.begin());
  return {};
}

}  // namespace

Status DenseHead::read(const InfoReader& info) {
  OCTET_RETURN_IF_ERROR(info.read_integer("octet_classes", 1, kMaxClasses, classes));
  OCTET_RETURN_IF_ERROR(info.read_integer("octet_dfl_bins", 0, kMaxBins, bins));
  if (bins > 0 && info.find("octet_dfl_bins") && !info.find("octet_box")) {  // IRs of former versions, whose head was yolov8
    box = Box::kDistances;
    score = Score::kLogit;
  }
  OCTET_RETURN_IF_ERROR(info.read_word("octet_box", kBoxWords, box));
  OCTET_RETURN_IF_ERROR(info.read_word("octet_box_unit", kUnitWords, unit));
  OCTET_RETURN_IF_ERROR(info.read_word("octet_score", kScoreWords, score));
  OCTET_RETURN_IF_ERROR(info.read_word("octet_background", kBackgroundWords, background));
  OCTET_RETURN_IF_ERROR(info.read_word("octet_has_objectness", kYesNo, has_objectness));
  OCTET_RETURN_IF_ERROR(info.read_word("octet_scores_first", kYesNo, scores_first));
  OCTET_RETURN_IF_ERROR(info.read_word("octet_suppressed", kYesNo, suppressed));
  OCTET_RETURN_IF_ERROR(info.read_number("octet_cell_offset", 0, 1, cell_offset));
  OCTET_RETURN_IF_ERROR(read_strides(info, strides));
  OCTET_RETURN_IF_ERROR(read_anchor_maps(info, anchor_maps));
  OCTET_RETURN_IF_ERROR(read_box_scales(info, box_scales));
  if (info.find("octet_outputs")) {
    OCTET_RETURN_IF_ERROR(read_outputs(info, "octet_outputs", boxes));
    scores = objectness = boxes;
  }
  OCTET_RETURN_IF_ERROR(read_outputs(info, "octet_boxes", boxes));
  OCTET_RETURN_IF_ERROR(read_outputs(info, "octet_scores", scores));
  OCTET_RETURN_IF_ERROR(read_outputs(info, "octet_objectness", objectness));
  if (boxes.size() != scores.size() || (has_objectness && objectness.size() != boxes.size()))
    return Error{ErrorCode::kMalformed,
                 fmt::format("model_info: octet_boxes names {} outputs, octet_scores {}, octet_objectness {}; a level "
                             "has one of each",
                             boxes.size(), scores.size(), objectness.size())};
  return {};
}

void DenseHead::write(ModelInfo& info) const {
  if (boxes == scores && (!has_objectness || objectness == boxes)) {
    info["octet_outputs"] = one_line(boxes);
  } else {
    info["octet_boxes"] = one_line(boxes);
    info["octet_scores"] = one_line(scores);
    if (has_objectness) info["octet_objectness"] = one_line(objectness);
  }
  info["octet_classes"] = std::to_string(classes);
  info["octet_box"] = word_of(kBoxWords, box);
  info["octet_score"] = word_of(kScoreWords, score);
  const auto write_flag = [&](const char* key, bool flag) {
    if (flag) info[key] = "YES";
  };
  write_flag("octet_has_objectness", has_objectness);
  write_flag("octet_scores_first", scores_first);
  write_flag("octet_suppressed", suppressed);
  if (unit != Unit::kPixels) info["octet_box_unit"] = word_of(kUnitWords, unit);
  if (background != Background::kNone) info["octet_background"] = word_of(kBackgroundWords, background);
  if (bins > 0) info["octet_dfl_bins"] = std::to_string(bins);
  if (!strides.empty()) info["octet_strides"] = fmt::format("{}", fmt::join(strides, " "));
  if (is_on_cells()) info["octet_cell_offset"] = fmt::format("{}", cell_offset);
  if (!is_of_anchors()) return;
  info["octet_anchors"] = one_line(json_of(anchor_maps));
  info["octet_box_scales"] = fmt::format("{}", fmt::join(box_scales, " "));
}

}  // namespace octet
