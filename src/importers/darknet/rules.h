#pragma once

#include "importers/darknet/net_context.h"

// Section name to the function that reads it. Each function adds its nodes to the graph and answers with what later
// sections may read; it leaves `net.layers` alone.
namespace octet::darknet {

// kUnsupported, with name and line, for a section that has no rule.
Result<Layer> convert_section(const CfgSection& section, NetContext& net);

// convolutional.cc
Result<Layer> convert_convolutional(const CfgSection& section, NetContext& net);
// pool.cc
Result<Layer> convert_maxpool(const CfgSection& section, NetContext& net);
Result<Layer> convert_local_avgpool(const CfgSection& section, NetContext& net);
Result<Layer> convert_avgpool(const CfgSection& section, NetContext& net);
// join.cc
Result<Layer> convert_shortcut(const CfgSection& section, NetContext& net);
Result<Layer> convert_route(const CfgSection& section, NetContext& net);
Result<Layer> convert_scale_channels(const CfgSection& section, NetContext& net);
Result<Layer> convert_sam(const CfgSection& section, NetContext& net);
// rearrange.cc
Result<Layer> convert_upsample(const CfgSection& section, NetContext& net);
Result<Layer> convert_reorg(const CfgSection& section, NetContext& net);
Result<Layer> convert_reorg3d(const CfgSection& section, NetContext& net);
Result<Layer> convert_dropout(const CfgSection& section, NetContext& net);
// head.cc
Result<Layer> convert_yolo(const CfgSection& section, NetContext& net);
Result<Layer> convert_region(const CfgSection& section, NetContext& net);

}  // namespace octet::darknet
