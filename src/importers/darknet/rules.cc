#include "importers/darknet/rules.h"

#include <array>

namespace octet::darknet {
namespace {

struct Rule {
  std::string_view section;
  Result<Layer> (*convert)(const CfgSection&, NetContext&);
};

constexpr std::array kRules = {
    Rule{"convolutional", convert_convolutional},
    Rule{"conv", convert_convolutional},
    Rule{"maxpool", convert_maxpool},
    Rule{"max", convert_maxpool},
    Rule{"local_avgpool", convert_local_avgpool},
    Rule{"local_avg", convert_local_avgpool},
    Rule{"avgpool", convert_avgpool},
    Rule{"avg", convert_avgpool},
    Rule{"shortcut", convert_shortcut},
    Rule{"route", convert_route},
    Rule{"scale_channels", convert_scale_channels},
    Rule{"sam", convert_sam},
    Rule{"upsample", convert_upsample},
    Rule{"reorg", convert_reorg},
    Rule{"reorg3d", convert_reorg3d},
    Rule{"dropout", convert_dropout},
    Rule{"yolo", convert_yolo},
    Rule{"region", convert_region},
};

}  // namespace

Result<Layer> convert_section(const CfgSection& section, NetContext& net) {
  for (const Rule& rule : kRules)
    if (rule.section == section.name) return rule.convert(section, net);
  return Error{ErrorCode::kUnsupported, section.place() + " is not supported"};
}

}  // namespace octet::darknet
