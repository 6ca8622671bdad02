#include "model/heads/yolov8.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace octet {
namespace {

using Json = nlohmann::json;

constexpr int kMaxClasses = 1 << 16, kMaxBins = 1 << 8;

}  // namespace

Status Yolov8Head::read(const InfoReader& info) {
  OCTET_RETURN_IF_ERROR(info.read_integer("octet_classes", 1, kMaxClasses, classes));
  OCTET_RETURN_IF_ERROR(info.read_integer("octet_dfl_bins", 0, kMaxBins, bins));
  if (const std::string* text = info.find("octet_outputs")) {
    const Json json = parse_shallow_json(*text);
    if (!json.is_array() || json.empty() || !std::ranges::all_of(json, [](const Json& name) { return name.is_string(); }))
      return bad_value("octet_outputs", *text, "a JSON array of names of Results");
    outputs = json.get<std::vector<std::string>>();
  }
  if (bins == 0 && outputs.size() > 1)
    return bad_value("octet_outputs", std::to_string(outputs.size()) + " outputs", "one where octet_dfl_bins is absent");
  return {};
}

void Yolov8Head::write(ModelInfo& info) const {
  info["octet_outputs"] = Json(outputs).dump(-1, ' ', false, Json::error_handler_t::replace);
  info["octet_classes"] = std::to_string(classes);
  if (bins > 0) info["octet_dfl_bins"] = std::to_string(bins);
}

}  // namespace octet
