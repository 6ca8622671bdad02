#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "formats/darknet/cfg.h"
#include "formats/darknet/weights.h"
#include "graph/graph.h"
#include "model/description.h"

namespace octet::darknet {

// Bounds on what a cfg may ask for, far beyond any real network, so that products of a few stay in range.
inline constexpr Range kFlag{0, 1};
inline constexpr Range kExtent{1, 1 << 15};  // height or width
inline constexpr Range kChannels{1, 1 << 16};
inline constexpr Range kWindow{1, 255};  // kernel sizes, strides and dilations
inline constexpr Range kPadding{0, 255};

// What a section leaves for later ones. A head's value is what entered it, and no layer may read it.
struct Layer {
  Value value;
  bool is_head = false;
};

// The network as far as it has been read.
struct NetContext {
  Graph graph;
  WeightsFile* weights = nullptr;  // null in the first round, which only counts
  std::int64_t floats = 0;         // that the sections so far ask of the weights file
  Value picture;                   // the input as it is: BGR, 0..255
  bool letterbox = false;          // pictures keep their aspect
  std::vector<Layer> layers;
  Suppression suppression;  // the last head's, as Darknet has it
  YoloHead head;            // an output each [yolo] and [region] section

  // "conv_12": the layer that is being read.
  std::string layer_name(std::string_view kind) const { return std::string(kind) + "_" + std::to_string(layers.size()); }

  // What enters this section, perhaps the picture as it is.
  Result<Value> previous(const CfgSection& section) const;
  // The same where it is a feature map: for the picture what Darknet would see, RGB in 0..1.
  Result<Value> input(const CfgSection& section);
  // The output of an earlier layer, counted from 0, or backwards from this section where negative.
  Result<Value> layer(const CfgSection& section, std::int64_t index);

  // Adds a node; errors name the section.
  Result<Value> add(const CfgSection& section, Op op, std::vector<Value> inputs, std::string name);
  Value constant(const std::vector<std::int64_t>& values, std::string name);
  Value constant(float value, Shape shape, std::string name);

  std::int64_t channels(Value value) const { return graph.shape(value)[1]; }
  std::int64_t height(Value value) const { return graph.shape(value)[2]; }
  std::int64_t width(Value value) const { return graph.shape(value)[3]; }

 private:
  Value features(Value value);

  std::optional<Value> normalized_picture_;
};

// kUnsupported if an option is set to anything but 0: for options that change what a layer computes.
Status refuse_options(const CfgSection& section, std::initializer_list<std::string_view> keys);

// Strides {y, x} of "stride", "stride_y" and "stride_x".
Result<Spatial> read_strides(const CfgSection& section, std::int64_t fallback);

// The option "activation" applied to `value`; nodes are named `name` and what the activation is called.
Result<Value> activate(const CfgSection& section, NetContext& net, Value value, std::string_view fallback, const std::string& name);

}  // namespace octet::darknet
