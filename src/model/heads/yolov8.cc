#include "model/heads/yolov8.h"

#include <nlohmann/json.hpp>

namespace octet {
namespace {

constexpr int kMaxClasses = 1 << 16, kMaxBins = 1 << 8;

}  // namespace

Status Yolov8Head::read(const InfoReader& info) {
  OCTET_RETURN_IF_ERROR(info.read_integer("octet_classes", 1, kMaxClasses, classes));
  OCTET_RETURN_IF_ERROR(info.read_integer("octet_dfl_bins", 0, kMaxBins, bins));
  constexpr std::string_view kExpected = "a JSON array of names of Results";
  OCTET_RETURN_IF_ERROR(info.read_names("octet_outputs", kExpected, outputs));
  if (const std::string* none = info.find("octet_outputs"); none && outputs.empty()) return bad_value("octet_outputs", *none, kExpected);
  if (bins == 0 && outputs.size() > 1)
    return bad_value("octet_outputs", std::to_string(outputs.size()) + " outputs", "one where octet_dfl_bins is absent");
  return {};
}

void Yolov8Head::write(ModelInfo& info) const {
  info["octet_outputs"] = one_line(outputs);
  info["octet_classes"] = std::to_string(classes);
  if (bins > 0) info["octet_dfl_bins"] = std::to_string(bins);
}

}  // namespace octet
