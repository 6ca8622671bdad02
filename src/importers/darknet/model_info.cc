#include "importers/darknet/model_info.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "formats/darknet/names.h"

namespace octet::darknet {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;

constexpr std::size_t kMaxNamesBytes = std::size_t{1} << 20;

fs::path find_names_file(const fs::path& cfg) {
  std::error_code ignored;
  const fs::path folder = cfg.has_parent_path() ? cfg.parent_path() : fs::path(".");
  for (const fs::path& candidate : {fs::path(cfg).replace_extension(".names"), folder / "coco.names"})
    if (fs::is_regular_file(candidate, ignored)) return candidate;
  std::vector<fs::path> found;
  for (fs::directory_iterator entry(folder, ignored), end; !ignored && entry != end; entry.increment(ignored))
    if (entry->path().extension() == ".names") found.push_back(entry->path());
  return found.size() == 1 ? found[0] : fs::path();
}

Result<std::vector<std::string>> read_labels(const fs::path& names, std::int64_t classes) {
  OCTET_ASSIGN(const std::string text, read_text(names, kMaxNamesBytes));
  OCTET_ASSIGN_AT(std::vector<std::string> labels, parse_names(text), names.string());
  if (static_cast<std::int64_t>(labels.size()) != classes)
    return Error{ErrorCode::kMalformed,
                 names.string() + ": has " + std::to_string(labels.size()) + " names for " + std::to_string(classes) + " classes"};
  return labels;
}

// A number as JSON writes it, without ".0" where it is whole.
json number(double value) {
  constexpr double kExactIntegers = 9007199254740992.0;
  if (value == std::floor(value) && std::abs(value) < kExactIntegers) return static_cast<std::int64_t>(value);
  return value;
}

template <typename T>
std::string with_blanks_between(const std::vector<T>& values) {
  std::string text;
  for (const T value : values) text += (text.empty() ? "" : " ") + number(static_cast<double>(value)).dump();
  return text;
}

json describe_head(const Head& head) {
  json anchors = json::array();
  for (const double side : head.anchors()) anchors.push_back(number(side));
  json described = {{"output", head.output}, {"kind", head.kind}, {"anchors", anchors}, {"classes", head.classes}};
  if (head.kind == "region") {
    described["softmax"] = head.softmax;
  } else {
    described["scale_x_y"] = number(head.scale_x_y);
    described["new_coords"] = head.new_coords;
  }
  return described;
}

// Model API's YOLO keys, which know one list of anchors in pixels for all heads; left out where that is not the case.
void describe_anchors(const std::vector<Head>& heads, std::map<std::string, std::string>& info) {
  std::vector<std::int64_t> masks;
  for (const Head& head : heads) {
    if (head.kind != "yolo" || head.all_anchors != heads[0].all_anchors) return;
    masks.insert(masks.end(), head.mask.begin(), head.mask.end());
  }
  info["model_type"] = "YOLOV4";
  info["anchors"] = with_blanks_between(heads[0].all_anchors);
  info["masks"] = with_blanks_between(masks);
}

void describe_labels(const std::vector<std::string>& labels, std::map<std::string, std::string>& info) {
  std::string joined;
  for (std::string label : labels) {
    std::replace(label.begin(), label.end(), ' ', '_');
    joined += (joined.empty() ? "" : " ") + label;
  }
  info["labels"] = joined;
  info["octet_labels"] = json(labels).dump();
}

}  // namespace

std::vector<std::string> find_labels(const fs::path& cfg, std::int64_t classes, const Warn& warn) {
  const fs::path names = find_names_file(cfg);
  if (names.empty()) return {};
  auto labels = read_labels(names, classes);
  if (labels.ok()) return std::move(labels).value();
  if (warn) warn(labels.error().message + "; not used");
  return {};
}

std::map<std::string, std::string> describe_model(const NetContext& net, const std::string& model, const std::vector<std::string>& labels) {
  std::map<std::string, std::string> info = {
      {"confidence_threshold", "0.25"},  // Darknet's own for both
      {"iou_threshold", "0.45"},
      {"resize_type", net.letterbox ? "fit_to_window_letterbox" : "standard"},
      {"reverse_input_channels", "NO"},
      {"embedded_processing", "YES"},
      {"orig_width", std::to_string(net.width(net.picture))},
      {"orig_height", std::to_string(net.height(net.picture))},
      {"octet_head", "yolo"},
      {"octet_resize", net.letterbox ? "letterbox" : "stretch"},
      {"octet_categories", "ordinal"},
      {"octet_nms_iou", "0.45"},
      {"octet_clip", "YES"},
      {"octet_model", model},
  };
  json heads = json::array();
  for (const Head& head : net.heads) heads.push_back(describe_head(head));
  info["octet_heads"] = heads.dump();
  describe_anchors(net.heads, info);
  if (!labels.empty()) describe_labels(labels, info);
  return info;
}

}  // namespace octet::darknet
