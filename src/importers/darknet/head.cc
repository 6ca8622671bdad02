// [yolo] and [region]: where the network ends and decoding begins. Each gives the graph an output.
#include "importers/darknet/rules.h"

#include <algorithm>
#include <numeric>

namespace octet::darknet {
namespace {

constexpr Range kAnchors{1, 1024};

// `num` pairs, of which the mask picks some.
Status check_anchors(const CfgSection& section, const Head& head, std::int64_t num) {
  if (static_cast<std::int64_t>(head.all_anchors.size()) < 2 * num)
    return section.error(ErrorCode::kMalformed, "has " + std::to_string(head.all_anchors.size()) +
                                                    " anchor values, but num=" + std::to_string(num) + " needs " + std::to_string(2 * num));
  for (const std::int64_t i : head.mask)
    if (i < 0 || i >= num)
      return section.error(ErrorCode::kMalformed, "mask names anchor " + std::to_string(i) + " of " + std::to_string(num));
  if (std::any_of(head.all_anchors.begin(), head.all_anchors.end(), [](double side) { return side <= 0; }))
    return section.error(ErrorCode::kMalformed, "anchors must be greater than 0");
  return {};
}

Result<Layer> add_head(const CfgSection& section, NetContext& net, Head head) {
  OCTET_ASSIGN(const Value input, net.input(section));
  const auto boxes = static_cast<std::int64_t>(head.mask.size());
  const std::int64_t expected = boxes * (head.classes + 5);
  if (net.channels(input) != expected)
    return section.error(ErrorCode::kMalformed, "receives " + std::to_string(net.channels(input)) + " channels, but " +
                                                    std::to_string(boxes) + " anchors and " + std::to_string(head.classes) +
                                                    " classes need " + std::to_string(expected));
  head.kind = section.name;
  head.output = net.layer_name(section.name);
  OCTET_RETURN_IF_ERROR(net.add(section, Output{}, {input}, head.output));
  net.heads.push_back(std::move(head));
  return Layer{input, true};
}

// Reads "anchors", "num" and "classes", which both kinds have; the mask takes all.
Result<Head> read_head(const CfgSection& section) {
  Head head;
  OCTET_ASSIGN(head.all_anchors, section.numbers("anchors"));
  OCTET_ASSIGN(head.classes, section.integer("classes", 20, kChannels));
  OCTET_ASSIGN(const std::int64_t num, section.integer("num", 1, kAnchors));
  head.mask.resize(static_cast<std::size_t>(num));
  std::iota(head.mask.begin(), head.mask.end(), 0);
  OCTET_RETURN_IF_ERROR(check_anchors(section, head, num));
  return head;
}

}  // namespace

Result<Layer> convert_yolo(const CfgSection& section, NetContext& net) {
  OCTET_ASSIGN(Head head, read_head(section));
  OCTET_ASSIGN(const std::vector<std::int64_t> mask, section.integers("mask"));
  const auto num = static_cast<std::int64_t>(head.mask.size());
  if (!mask.empty()) head.mask = mask;
  OCTET_RETURN_IF_ERROR(check_anchors(section, head, num));
  OCTET_ASSIGN(head.scale_x_y, section.number("scale_x_y", 1));
  OCTET_ASSIGN(const std::int64_t new_coords, section.integer("new_coords", 0, kFlag));
  head.new_coords = new_coords != 0;
  return add_head(section, net, std::move(head));
}

Result<Layer> convert_region(const CfgSection& section, NetContext& net) {
  OCTET_RETURN_IF_ERROR(refuse_options(section, {"background", "tree", "map"}));
  OCTET_ASSIGN(Head head, read_head(section));
  OCTET_ASSIGN(const std::int64_t softmax, section.integer("softmax", 0, kFlag));
  OCTET_RETURN_IF_ERROR(section.integer("coords", 4, {4, 4}));
  head.softmax = softmax != 0;
  return add_head(section, net, std::move(head));
}

}  // namespace octet::darknet
