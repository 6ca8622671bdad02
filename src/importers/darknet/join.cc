// Sections that read earlier layers: [shortcut] adds, [route] concatenates or picks channels, [scale_channels] and [sam]
// multiply.
#include "importers/darknet/rules.h"

namespace octet::darknet {
namespace {

constexpr std::size_t kMaxSources = 32;
constexpr Range kRouteGroups{1, 32};

std::string describe(NetContext& net, Value value) { return to_string(net.graph.shape(value)); }

Error shapes_differ(const CfgSection& section, NetContext& net, Value a, Value b) {
  return section.error(ErrorCode::kUnsupported, "joins tensors of shapes " + describe(net, a) + " and " + describe(net, b));
}

bool same_grid(const NetContext& net, Value a, Value b) { return net.height(a) == net.height(b) && net.width(a) == net.width(b); }

// The layers that an option lists, at least one.
Result<std::vector<Value>> read_sources(const CfgSection& section, NetContext& net, std::string_view key) {
  OCTET_ASSIGN(const std::vector<std::int64_t> indices, section.integers(key));
  if (indices.empty() || indices.size() > kMaxSources)
    return section.error(ErrorCode::kMalformed,
                         "needs an option '" + std::string(key) + "' with 1 to " + std::to_string(kMaxSources) + " layers");
  std::vector<Value> sources;
  for (const std::int64_t index : indices) {
    OCTET_ASSIGN(const Value source, net.layer(section, index));
    sources.push_back(source);
  }
  return sources;
}

// The first `count` channels, and with them the others as port 1.
Result<Value> split_channels(const CfgSection& section, NetContext& net, Value value, std::int64_t count, const std::string& name) {
  const Value axis = net.graph.emit_constant(Tensor::scalar<std::int64_t>(1), name + "/axis");
  const Value lengths = net.constant({count, net.channels(value) - count}, name + "/lengths");
  return net.add(section, VariadicSplit{}, {value, axis, lengths}, name);
}

// value + source. Where they have different numbers of channels Darknet adds those that both have; the rest of `value`
// stays, that of `source` is dropped.
Result<Value> add_common_channels(const CfgSection& section, NetContext& net, Value value, Value source, const std::string& name) {
  if (!same_grid(net, value, source)) return shapes_differ(section, net, value, source);
  const std::int64_t ours = net.channels(value), theirs = net.channels(source);
  if (theirs > ours) {
    OCTET_ASSIGN(source, split_channels(section, net, source, ours, name + "/first"));
  }
  if (theirs >= ours) return net.add(section, Binary{BinaryKind::kAdd}, {value, source}, name);
  OCTET_ASSIGN(const Value first, split_channels(section, net, value, theirs, name + "/first"));
  OCTET_ASSIGN(const Value sum, net.add(section, Binary{BinaryKind::kAdd}, {first, source}, name + "/sum"));
  return net.add(section, Concat{1}, {sum, Value{first.node, 1}}, name);
}

Result<Value> pick_group(const CfgSection& section, NetContext& net, Value value, std::int64_t groups, std::int64_t group,
                         const std::string& name) {
  if (net.channels(value) % groups != 0)
    return section.error(ErrorCode::kMalformed,
                         "groups=" + std::to_string(groups) + " does not divide " + std::to_string(net.channels(value)) + " channels");
  const Value axis = net.graph.emit_constant(Tensor::scalar<std::int64_t>(1), name + "/axis");
  OCTET_ASSIGN(const Value parts, net.add(section, Split{groups}, {value, axis}, name));
  return Value{parts.node, static_cast<std::uint32_t>(group)};
}

// `gate` times the layer that "from" names, then the activation.
Result<Layer> multiply(const CfgSection& section, NetContext& net, Value gate, Value source, const std::string& name) {
  OCTET_ASSIGN(const Value product, net.add(section, Binary{BinaryKind::kMultiply}, {source, gate}, name));
  OCTET_ASSIGN(const Value value, activate(section, net, product, "linear", name));
  return Layer{value};
}

Result<Value> read_one_source(const CfgSection& section, NetContext& net) {
  OCTET_ASSIGN(const std::vector<Value> sources, read_sources(section, net, "from"));
  if (sources.size() != 1) return section.error(ErrorCode::kMalformed, "needs one layer in 'from'");
  return sources[0];
}

}  // namespace

Result<Layer> convert_shortcut(const CfgSection& section, NetContext& net) {
  if (const std::string type = section.text("weights_type", "none"); type != "none")
    return section.error(ErrorCode::kUnsupported, "weights_type=" + printable(type) + " is not supported");
  for (const std::string_view key : {"alpha", "beta"}) {
    OCTET_ASSIGN(const double factor, section.number(key, 1));
    if (factor != 1) return section.error(ErrorCode::kUnsupported, std::string(key) + " other than 1 is not supported");
  }
  OCTET_ASSIGN(Value value, net.input(section));
  OCTET_ASSIGN(const std::vector<Value> sources, read_sources(section, net, "from"));
  const std::string name = net.layer_name("shortcut");
  for (std::size_t i = 0; i < sources.size(); ++i) {
    OCTET_ASSIGN(value, add_common_channels(section, net, value, sources[i], i == 0 ? name : name + "/" + std::to_string(i)));
  }
  OCTET_ASSIGN(value, activate(section, net, value, "linear", name));
  return Layer{value};
}

Result<Layer> convert_route(const CfgSection& section, NetContext& net) {
  OCTET_ASSIGN(std::vector<Value> parts, read_sources(section, net, "layers"));
  OCTET_ASSIGN(const std::int64_t groups, section.integer("groups", 1, kRouteGroups));
  OCTET_ASSIGN(const std::int64_t group, section.integer("group_id", 0, {0, groups - 1}));
  const std::string name = net.layer_name("route");
  for (std::size_t i = 0; groups > 1 && i < parts.size(); ++i) {
    OCTET_ASSIGN(parts[i], pick_group(section, net, parts[i], groups, group, name + "/part" + std::to_string(i)));
  }
  for (const Value part : parts)
    if (!same_grid(net, parts[0], part)) return shapes_differ(section, net, parts[0], part);
  if (parts.size() == 1) return Layer{parts[0]};
  OCTET_ASSIGN(const Value joined, net.add(section, Concat{1}, parts, name));
  if (net.channels(joined) > kChannels.max)
    return section.error(ErrorCode::kUnsupported,
                         "joins " + std::to_string(net.channels(joined)) + " channels, more than " + std::to_string(kChannels.max));
  return Layer{joined};
}

// The section's input is one number a channel, or one a place where scale_wh is set, of the layer in "from".
Result<Layer> convert_scale_channels(const CfgSection& section, NetContext& net) {
  OCTET_ASSIGN(const Value gate, net.input(section));
  OCTET_ASSIGN(const Value source, read_one_source(section, net));
  OCTET_ASSIGN(const std::int64_t scale_wh, section.integer("scale_wh", 0, kFlag));
  Shape expected = net.graph.shape(source);
  if (scale_wh)
    expected[1] = 1;
  else
    expected[2] = expected[3] = 1;
  if (net.graph.shape(gate) != expected) return shapes_differ(section, net, gate, source);
  return multiply(section, net, gate, source, net.layer_name("scale_channels"));
}

Result<Layer> convert_sam(const CfgSection& section, NetContext& net) {
  OCTET_ASSIGN(const Value gate, net.input(section));
  OCTET_ASSIGN(const Value source, read_one_source(section, net));
  if (net.graph.shape(gate) != net.graph.shape(source)) return shapes_differ(section, net, gate, source);
  return multiply(section, net, gate, source, net.layer_name("sam"));
}

}  // namespace octet::darknet
