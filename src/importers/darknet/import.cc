#include "importers/darknet/import.h"

#include <span>

#include "base/files.h"
#include "formats/darknet/cfg.h"
#include "formats/darknet/encoding.h"
#include "formats/darknet/weights.h"
#include "importers/darknet/labels.h"
#include "importers/darknet/rules.h"

namespace octet {
namespace fs = std::filesystem;
namespace {

using namespace darknet;

// [net]: the input, BGR 0..255, of which the first layers make what Darknet sees.
Status add_picture(const CfgSection& section, NetContext& net) {
  if (section.name != "net" && section.name != "network")
    return section.error(ErrorCode::kMalformed, "comes first; a Darknet cfg begins with [net]");
  for (const std::string_view key : {"width", "height"})
    if (!section.find(key)) return section.error(ErrorCode::kMalformed, "lacks the option '" + std::string(key) + "'");
  OCTET_ASSIGN(const std::int64_t width, section.integer("width", 0, kExtent));
  OCTET_ASSIGN(const std::int64_t height, section.integer("height", 0, kExtent));
  OCTET_ASSIGN(const std::int64_t channels, section.integer("channels", 3, kChannels));
  OCTET_ASSIGN(const std::int64_t letterbox, section.integer("letter_box", 0, kFlag));
  net.letterbox = letterbox != 0;
  OCTET_ASSIGN(net.picture, net.add(section, Parameter{ElementType::kF32, {1, channels, height, width}}, {}, "image"));
  return {};
}

// With null for `weights` the convolutions are stand-ins of the right shapes and only `floats` is of interest.
Result<NetContext> convert(std::span<const CfgSection> sections, WeightsFile* weights) {
  NetContext net;
  net.weights = weights;
  OCTET_RETURN_IF_ERROR(add_picture(sections[0], net));
  for (const CfgSection& section : sections.subspan(1)) {
    OCTET_ASSIGN(const Layer layer, convert_section(section, net));
    net.layers.push_back(layer);
  }
  if (net.channels(net.picture) != 3)
    return sections[0].error(ErrorCode::kUnsupported,
                             "channels=" + std::to_string(net.channels(net.picture)) + ", octet feeds pictures of 3");
  if (net.head.outputs.empty()) return Error{ErrorCode::kUnsupported, "has no section [yolo] or [region]: no detector that octet knows"};
  return net;
}

// Two rounds: the first learns how many floats the cfg asks for, so that a file of another size is refused before anything
// is allocated.
Result<NetContext> convert_with_weights(std::span<const CfgSection> sections, const fs::path& cfg, const fs::path& weights) {
  OCTET_ASSIGN_AT(const NetContext counted, convert(sections, nullptr), cfg.string());
  OCTET_ASSIGN(WeightsFile file, WeightsFile::open(weights));
  OCTET_RETURN_IF_ERROR(file.require_floats(counted.floats));
  OCTET_ASSIGN_AT(NetContext net, convert(sections, &file), cfg.string());
  return net;
}

// What the cfg tells; the score threshold is Darknet's own.
ModelDescription describe(NetContext& net, const fs::path& cfg, const Warn& warn) {
  ModelDescription description;
  description.name = cfg.stem().string();
  description.input = {static_cast<int>(net.width(net.picture)), static_cast<int>(net.height(net.picture))};
  description.resize = net.letterbox ? ResizeKind::kLetterbox : ResizeKind::kStretch;
  description.labels = find_labels(cfg, net.head.outputs[0].classes, warn);
  description.suppression = net.suppression;
  description.confidence_threshold = 0.25f;
  description.head = std::move(net.head);
  return description;
}

}  // namespace

Result<ImportedModel> import_darknet(const fs::path& cfg, const fs::path& weights, const Warn& warn) {
  OCTET_ASSIGN(const std::string file, read_text(cfg, kMaxCfgBytes));
  OCTET_ASSIGN_AT(const std::string text, text_of(file), cfg.string());
  OCTET_ASSIGN_AT(const std::vector<CfgSection> sections, parse_cfg(text), cfg.string());
  OCTET_ASSIGN(NetContext net, convert_with_weights(sections, cfg, weights));
  ModelDescription description = describe(net, cfg, warn);
  net.graph.name = description.name;
  net.graph.tidy();
  ImportedModel model;
  model.graph = std::move(net.graph);
  model.description = std::move(description);
  model.weights = {weights};
  return model;
}

}  // namespace octet
