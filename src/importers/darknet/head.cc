// [yolo] and [region]: where the network ends and decoding begins. Each gives the graph an output.
#include "importers/darknet/rules.h"

#include <algorithm>
#include <numeric>

namespace octet::darknet {
namespace {

constexpr Range kAnchors{1, 1024};
constexpr float kIouLimit = 0.45f;  // Darknet's own, which its commands pass

// "nms_kind" and "beta_nms", as box_diou() and box_diounms() of AlexeyAB's Darknet have them.
Result<Suppression> read_suppression(const CfgSection& section) {
  const std::string kind = section.text("nms_kind", "default");
  if (kind == "default") return Suppression{kIouLimit, 0};
  if (kind == "greedynms") return Suppression{kIouLimit, 0.6f};
  if (kind != "diounms") {
    const int line = section.find("nms_kind")->line;
    return Error{ErrorCode::kUnsupported, section.place() + ": nms_kind=" + printable(kind) + " at line " + std::to_string(line) +
                                              " is not supported (default, greedynms, diounms)"};
  }
  OCTET_ASSIGN(const double beta, section.number("beta_nms", 0.6));
  if (!(beta > 0 && beta <= 100)) return section.error(ErrorCode::kMalformed, "beta_nms must be above 0, at most 100");
  return Suppression{kIouLimit, static_cast<float>(beta)};
}

// The anchors of a section and which of them its output has.
struct Anchors {
  std::vector<double> sides;  // w and h in turn; input pixels for yolo, cells for region
  std::vector<std::int64_t> mask;
};

// `num` pairs, of which the mask picks some.
Status check_anchors(const CfgSection& section, const Anchors& anchors, std::int64_t num) {
  if (static_cast<std::int64_t>(anchors.sides.size()) < 2 * num)
    return section.error(ErrorCode::kMalformed, "has " + std::to_string(anchors.sides.size()) +
                                                    " anchor values, but num=" + std::to_string(num) + " needs " + std::to_string(2 * num));
  for (const std::int64_t i : anchors.mask)
    if (i < 0 || i >= num)
      return section.error(ErrorCode::kMalformed, "mask names anchor " + std::to_string(i) + " of " + std::to_string(num));
  if (std::any_of(anchors.sides.begin(), anchors.sides.end(), [](double side) { return !(side > 0); }))
    return section.error(ErrorCode::kMalformed, "anchors must be greater than 0");
  return {};
}

// Those of "anchors" that `mask` picks; all "num" where it is empty.
Result<std::vector<YoloOutput::Anchor>> read_anchors(const CfgSection& section, const std::vector<std::int64_t>& mask) {
  Anchors anchors;
  OCTET_ASSIGN(anchors.sides, section.numbers("anchors"));
  OCTET_ASSIGN(const std::int64_t num, section.integer("num", 1, kAnchors));
  anchors.mask = mask;
  if (anchors.mask.empty()) {
    anchors.mask.resize(static_cast<std::size_t>(num));
    std::iota(anchors.mask.begin(), anchors.mask.end(), 0);
  }
  OCTET_RETURN_IF_ERROR(check_anchors(section, anchors, num));
  std::vector<YoloOutput::Anchor> chosen;
  for (const std::int64_t i : anchors.mask) {
    const double* side = &anchors.sides[static_cast<std::size_t>(2 * i)];
    chosen.push_back({static_cast<float>(side[0]), static_cast<float>(side[1])});
  }
  return chosen;
}

Result<Layer> add_head(const CfgSection& section, NetContext& net, YoloOutput head) {
  OCTET_ASSIGN(const Value input, net.input(section));
  OCTET_ASSIGN(const std::int64_t classes, section.integer("classes", 20, kChannels));
  const auto boxes = static_cast<std::int64_t>(head.anchors.size());
  const std::int64_t expected = boxes * (classes + 5);
  if (net.channels(input) != expected)
    return section.error(ErrorCode::kMalformed, "receives " + std::to_string(net.channels(input)) + " channels, but " +
                                                    std::to_string(boxes) + " anchors and " + std::to_string(classes) + " classes need " +
                                                    std::to_string(expected));
  head.classes = static_cast<int>(classes);
  head.output = net.layer_name(section.name);
  OCTET_RETURN_IF_ERROR(net.add(section, Output{}, {input}, head.output));
  net.head.outputs.push_back(std::move(head));
  return Layer{input, true};
}

}  // namespace

Result<Layer> convert_yolo(const CfgSection& section, NetContext& net) {
  YoloOutput head;
  OCTET_ASSIGN(const std::vector<std::int64_t> mask, section.integers("mask"));
  OCTET_ASSIGN(head.anchors, read_anchors(section, mask));
  OCTET_ASSIGN(const double scale_x_y, section.number("scale_x_y", 1));
  head.scale_x_y = static_cast<float>(scale_x_y);
  OCTET_ASSIGN(const std::int64_t new_coords, section.integer("new_coords", 0, kFlag));
  head.new_coords = new_coords != 0;
  OCTET_ASSIGN(net.suppression, read_suppression(section));
  return add_head(section, net, std::move(head));
}

Result<Layer> convert_region(const CfgSection& section, NetContext& net) {
  OCTET_RETURN_IF_ERROR(refuse_options(section, {"background", "tree", "map"}));
  YoloOutput head;
  head.kind = YoloOutput::Kind::kRegion;
  OCTET_ASSIGN(head.anchors, read_anchors(section, {}));
  OCTET_ASSIGN(const std::int64_t softmax, section.integer("softmax", 0, kFlag));
  OCTET_RETURN_IF_ERROR(section.integer("coords", 4, {4, 4}));
  head.softmax = softmax != 0;
  net.suppression = {kIouLimit, 0};
  return add_head(section, net, std::move(head));
}

}  // namespace octet::darknet
