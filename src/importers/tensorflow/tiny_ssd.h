#pragma once

// For tests: a complete detector in the form of the TensorFlow Object Detection API, small enough to compute by hand.
// Image 32 x 24; two feature maps of 8 x 6 and 4 x 3; two anchors a cell; three classes.
#include <array>
#include <string>
#include <vector>

#include "importers/tensorflow/graph_writer_for_test.h"

namespace octet::tensorflow {

struct TinySsd {
  enum class Norm { kSpelledOut, kFused, kFusedV3, kFolded } norm = Norm::kFused;
  std::string relu = "Relu6", add = "Add", score = "Sigmoid", exp = "Exp";
  int suppression = 2;  // version of NonMaxSuppression
  bool gather_v2 = false, loops = true, clips_first = true, background = true;
  float threshold = 0.3f, overlap = 0.6f, logit_scale = 1, soft_sigma = 0, anchor_shift = 0;
  bool fixed_size = true;  // of the resize
  bool depthwise_first = false;
  std::string upsampling;  // "": none, "ResizeNearestNeighbor", "Reshape" or "Pack": on the way to the first map
};

inline constexpr std::int64_t kTinyHeight = 32, kTinyWidth = 24, kTinyClasses = 3, kTinyAnchors = 2;
inline constexpr std::array<std::array<std::int64_t, 2>, 2> kTinyGrids{{{8, 6}, {4, 3}}};
inline constexpr std::array<std::array<float, 2>, 2> kTinySizes{{{0.25f, 0.4f}, {0.5f, 0.3f}}};  // height, width of an anchor

// Numbers without a pattern that repeats, about -1..1.
inline std::vector<float> tiny_numbers(std::size_t count, double seed) {
  std::vector<float> numbers(count);
  for (std::size_t i = 0; i < count; ++i)
    numbers[i] = static_cast<float>(std::sin(seed + 1.7 * static_cast<double>(i) + 0.13 * seed * static_cast<double>(i % 11)));
  return numbers;
}

struct TinyConvolution {
  std::int64_t kernel, stride, inputs, outputs;
  bool depthwise = false;
  std::vector<float> weights, scale, offset;  // weights [kh,kw,I,O] or [kh,kw,C,M]
};

inline TinyConvolution tiny_convolution(std::int64_t kernel, std::int64_t stride, std::int64_t inputs, std::int64_t outputs, double seed,
                                        bool depthwise = false) {
  TinyConvolution c{kernel, stride, inputs, outputs, depthwise, {}, {}, {}};
  c.weights = tiny_numbers(static_cast<std::size_t>(kernel * kernel * (depthwise ? outputs : inputs * outputs)), seed);
  for (float& w : c.weights) w *= 0.4f;
  c.scale = tiny_numbers(static_cast<std::size_t>(outputs), seed + 0.5);
  for (float& s : c.scale) s = 1 + 0.3f * s;
  c.offset = tiny_numbers(static_cast<std::size_t>(outputs), seed + 0.7);
  return c;
}

// The layers: stem, depthwise, pointwise (first map), down (second map); then box and class predictors of each map.
inline std::vector<TinyConvolution> tiny_backbone(const TinySsd& options) {
  return {options.depthwise_first ? tiny_convolution(3, 2, 3, 9, 1, true) : tiny_convolution(3, 2, 3, 9, 1),
          tiny_convolution(3, 2, 9, 9, 2, true), tiny_convolution(1, 1, 9, 10, 3), tiny_convolution(3, 2, 10, 12, 4)};
}
inline TinyConvolution tiny_predictor(std::size_t map, bool boxes, bool background = true) {
  const std::int64_t values = boxes ? 4 : kTinyClasses + (background ? 1 : 0);
  return tiny_convolution(1, 1, map == 0 ? 10 : 12, kTinyAnchors * values, 5 + static_cast<double>(map) + (boxes ? 0 : 0.3));
}

// ymin, xmin, ymax, xmax of every anchor.
inline std::vector<float> tiny_anchors(float shift) {
  std::vector<float> rows;
  for (std::size_t map = 0; map < kTinyGrids.size(); ++map)
    for (std::int64_t y = 0; y < kTinyGrids[map][0]; ++y)
      for (std::int64_t x = 0; x < kTinyGrids[map][1]; ++x)
        for (std::size_t a = 0; a < 2; ++a) {
          const float cy = (static_cast<float>(y) + 0.5f) / static_cast<float>(kTinyGrids[map][0]) + shift;
          const float cx = (static_cast<float>(x) + 0.5f) / static_cast<float>(kTinyGrids[map][1]);
          const float h = kTinySizes[a][0] * (map == 0 ? 1.f : 1.5f), w = kTinySizes[a][1] * (map == 0 ? 1.f : 1.5f);
          rows.insert(rows.end(), {cy - h / 2, cx - w / 2, cy + h / 2, cx + w / 2});
        }
  return rows;
}
inline constexpr std::int64_t kTinyBoxes = (8 * 6 + 4 * 3) * kTinyAnchors;

class TinySsdWriter {
 public:
  explicit TinySsdWriter(const TinySsd& options) : o_(options) { write(); }
  GraphWriter& graph() { return g_; }

 private:
  void write();
  std::string image();
  std::string layer(const std::string& scope, const std::string& data, const TinyConvolution& c);
  std::string predictor(const std::string& scope, const std::string& data, const TinyConvolution& c);
  std::string convolution(const std::string& scope, const std::string& data, const TinyConvolution& c, const std::vector<float>& weights);
  std::string norm(const std::string& scope, const std::string& data, const TinyConvolution& c);
  std::string upsampled(const std::string& data);
  std::string dim(const std::string& scope, const std::string& data, std::int32_t index);
  std::string rows(const std::string& name, const std::string& data, const std::string& feature, const std::vector<std::int32_t>& rest);
  std::string concat(const std::string& name, Inputs items, std::int32_t axis);
  std::string decode(const std::string& encodings);
  Inputs columns(const std::string& scope, const std::string& data);
  std::string take(const std::string& name, const std::string& data, const std::string& indices);
  std::string suppress(const std::string& boxes, const std::string& scores);
  std::string through_loop(const std::string& scope, const std::string& data);
  std::string out_of_loop(const std::string& scope, const std::string& data);
  std::string clipped(const std::string& scope, const std::string& boxes);
  std::string binary(const std::string& op, const std::string& name, const std::string& a, const std::string& b);

  TinySsd o_;
  GraphWriter g_;
};

inline std::string TinySsdWriter::binary(const std::string& op, const std::string& name, const std::string& a, const std::string& b) {
  return g_.node(op == "Add" ? o_.add : op, name, {a, b});
}

// A value that a while loop over the batch reads one element of.
inline std::string TinySsdWriter::through_loop(const std::string& scope, const std::string& data) {
  if (!o_.loops) {
    proto::NodeDef& squeezed = g_.add("Squeeze", scope + "/Squeeze", {data});
    GraphWriter::set_ints(squeezed, "squeeze_dims", {0});
    return scope + "/Squeeze";
  }
  g_.node("TensorArrayV3", scope + "/Array", {g_.whole(scope + "/size", 1)});
  g_.node("TensorArrayScatterV3", scope + "/Scatter", {scope + "/Array", g_.wholes(scope + "/indices", {0}), data, scope + "/Array:1"});
  for (const std::string part : {"Array", "Scatter"}) {
    proto::NodeDef& enter = g_.add("Enter", scope + "/Enter_" + part, {scope + "/" + part});
    GraphWriter::attribute(enter, "is_constant").set_b(true);
  }
  return g_.node("TensorArrayReadV3", scope + "/Read", {scope + "/Enter_Array", "loop/Identity", scope + "/Enter_Scatter"});
}

inline std::string TinySsdWriter::out_of_loop(const std::string& scope, const std::string& data) {
  if (!o_.loops) return g_.node("Pack", scope + "/Pack", {data});
  g_.node("TensorArrayV3", scope + "/Array", {g_.whole(scope + "/size", 1)});
  g_.node("Enter", scope + "/Enter", {scope + "/Array:1"});
  g_.node("Merge", scope + "/Merge", {scope + "/Enter", scope + "/Next"});
  g_.node("Switch", scope + "/Switch", {scope + "/Merge", "loop/Cond"});
  g_.node("Identity", scope + "/Identity", {scope + "/Switch:1"});
  g_.node("TensorArrayWriteV3", scope + "/Write", {scope + "/Array", "loop/Identity", data, scope + "/Identity"});
  g_.node("NextIteration", scope + "/Next", {scope + "/Write"});
  g_.node("Exit", scope + "/Exit", {scope + "/Switch"});
  return g_.node("TensorArrayGatherV3", scope + "/Gather", {scope + "/Array", g_.wholes(scope + "/indices", {0}), scope + "/Exit"});
}

inline std::string TinySsdWriter::image() {
  proto::NodeDef& placeholder = g_.add("Placeholder", "image_tensor");
  auto& shape = *GraphWriter::attribute(placeholder, "shape").mutable_shape();
  for (const std::int64_t size : {-1, -1, -1, 3}) shape.add_dim()->set_size(size);
  proto::NodeDef& cast = g_.add("Cast", "ToFloat", {"image_tensor"});
  GraphWriter::attribute(cast, "SrcT").set_type(4);
  GraphWriter::attribute(cast, "DstT").set_type(1);
  g_.node("Merge", "loop/Merge", {g_.node("Enter", "loop/Enter", {g_.whole("loop/start", 0)}), "loop/Next"});
  g_.node("LoopCond", "loop/Cond", {g_.node("Less", "loop/Less", {"loop/Merge", g_.whole("loop/limit", 1)})});
  g_.node("Identity", "loop/Identity", {g_.node("Switch", "loop/Switch", {"loop/Merge", "loop/Cond"}) + ":1"});
  g_.node("NextIteration", "loop/Next", {g_.node("Add", "loop/add", {"loop/Identity", g_.whole("loop/one", 1)})});
  std::string one =
      o_.loops ? g_.node("ExpandDims", "resize/Batch", {through_loop("images", "ToFloat"), g_.whole("resize/dim", 0)}) : "ToFloat";
  const std::string size = o_.fixed_size ? g_.wholes("resize/size", {kTinyHeight, kTinyWidth}) : g_.node("Mystery", "resize/size", {one});
  one = g_.node("ResizeBilinear", "resize/Bilinear", {one, size});
  if (o_.loops) {
    GraphWriter::set_ints(g_.add("Squeeze", "resize/Squeeze", {one}), "squeeze_dims", {0});
    one = out_of_loop("resized", "resize/Squeeze");
  }
  const std::string scaled = g_.node("Mul", "Preprocessor/mul", {g_.scalar("Preprocessor/mul/x", 2.f / 255), one});
  return g_.node("Sub", "Preprocessor/sub", {scaled, g_.constant<float>("Preprocessor/sub/y", {1, 1, 3}, {1, 0.9f, 0.8f})});
}

inline std::string TinySsdWriter::convolution(const std::string& scope, const std::string& data, const TinyConvolution& c,
                                              const std::vector<float>& weights) {
  const Sizes shape{c.kernel, c.kernel, c.inputs, c.depthwise ? c.outputs / c.inputs : c.outputs};
  const std::string read = g_.node("Identity", scope + "/weights/read", {g_.constant<float>(scope + "/weights", shape, weights)});
  proto::NodeDef& node = g_.add(c.depthwise ? "DepthwiseConv2dNative" : "Conv2D", scope + "/conv", {data, read});
  GraphWriter::attribute(node, "padding").set_s("SAME");
  GraphWriter::set_ints(node, "strides", {1, c.stride, c.stride, 1});
  return scope + "/conv";
}

inline std::string TinySsdWriter::norm(const std::string& scope, const std::string& data, const TinyConvolution& c) {
  const Sizes shape{c.outputs};
  std::vector<float> gamma(c.scale.size()), variance(gamma.size()), mean(gamma.size()), beta(gamma.size());
  for (std::size_t i = 0; i < gamma.size(); ++i) {
    variance[i] = 0.5f + 0.1f * static_cast<float>(i);
    gamma[i] = c.scale[i] * std::sqrt(variance[i] + 0.001f);
    mean[i] = 0.2f * static_cast<float>(i) - 0.5f;
    beta[i] = c.offset[i] + mean[i] * c.scale[i];
  }
  const Inputs statistics{g_.constant<float>(scope + "/gamma", shape, gamma), g_.constant<float>(scope + "/beta", shape, beta),
                          g_.constant<float>(scope + "/mean", shape, mean), g_.constant<float>(scope + "/variance", shape, variance)};
  if (o_.norm != TinySsd::Norm::kSpelledOut) {
    proto::NodeDef& node = g_.add(o_.norm == TinySsd::Norm::kFused ? "FusedBatchNorm" : "FusedBatchNormV3", scope + "/norm",
                                  {data, statistics[0], statistics[1], statistics[2], statistics[3]});
    GraphWriter::attribute(node, "epsilon").set_f(0.001f);
    GraphWriter::attribute(node, "is_training").set_b(false);
    return scope + "/norm";
  }
  const std::string inverse =
      g_.node("Rsqrt", scope + "/rsqrt", {binary("Add", scope + "/shifted", statistics[3], g_.scalar(scope + "/epsilon", 0.001f))});
  const std::string scale = g_.node("Mul", scope + "/mul", {inverse, statistics[0]});
  const std::string offset = g_.node("Sub", scope + "/sub", {statistics[1], g_.node("Mul", scope + "/mul_2", {statistics[2], scale})});
  return binary("Add", scope + "/add_1", g_.node("Mul", scope + "/mul_1", {data, scale}), offset);
}

inline std::string TinySsdWriter::layer(const std::string& scope, const std::string& data, const TinyConvolution& c) {
  std::string out;
  if (o_.norm == TinySsd::Norm::kFolded) {
    std::vector<float> weights = c.weights;
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] *= c.scale[i % c.scale.size()];
    out = convolution(scope, data, c, weights);
    out = g_.node("BiasAdd", scope + "/bias", {out, g_.constant<float>(scope + "/biases", {c.outputs}, c.offset)});
  } else {
    out = norm(scope, convolution(scope, data, c, c.weights), c);
  }
  return g_.node(o_.relu, scope + "/relu", {out});
}

inline std::string TinySsdWriter::predictor(const std::string& scope, const std::string& data, const TinyConvolution& c) {
  return g_.node("BiasAdd", scope + "/BiasAdd",
                 {convolution(scope, data, c, c.weights), g_.constant<float>(scope + "/biases", {c.outputs}, c.offset)});
}

// [1,H,W,C] -> [1,2H,2W,C], then pooled back, so that the first map keeps its size.
inline std::string TinySsdWriter::upsampled(const std::string& data) {
  std::string up = "up/Reshape_1";
  const std::vector<std::int32_t> twice{1, 16, 12, 10};
  if (o_.upsampling == "ResizeNearestNeighbor") {
    up = g_.node("ResizeNearestNeighbor", "up/resize", {data, g_.wholes("up/size", {16, 12})});
  } else if (o_.upsampling == "Pack") {
    GraphWriter::attribute(g_.add("Pack", "up/columns", {data, data}), "axis").set_i(3);
    GraphWriter::attribute(g_.add("Pack", "up/lines", {"up/columns", "up/columns"}), "axis").set_i(2);
    g_.node("Reshape", up, {"up/lines", g_.wholes("up/shape_1", twice)});
  } else {
    const std::string wide = g_.node("Reshape", "up/Reshape", {data, g_.wholes("up/shape", {1, 8, 1, 6, 1, 10})});
    const std::string ones = g_.constant<float>("up/ones", {1, 1, 2, 1, 2, 1}, {1, 1, 1, 1});
    g_.node("Reshape", up, {g_.node("Mul", "up/mul", {wide, ones}), g_.wholes("up/shape_1", twice)});
  }
  proto::NodeDef& pool = g_.add("MaxPool", "up/pool", {up});
  GraphWriter::attribute(pool, "padding").set_s("SAME");
  GraphWriter::set_ints(pool, "ksize", {1, 2, 2, 1});
  GraphWriter::set_ints(pool, "strides", {1, 2, 2, 1});
  return "up/pool";
}

inline std::string TinySsdWriter::dim(const std::string& scope, const std::string& data, std::int32_t index) {
  const std::string shape = g_.node("Shape", scope + "/Shape", {data});
  proto::NodeDef& slice =
      g_.add("StridedSlice", scope + "/slice",
             {shape, g_.wholes(scope + "/begin", {index}), g_.wholes(scope + "/end", {index + 1}), g_.wholes(scope + "/step", {1})});
  GraphWriter::attribute(slice, "shrink_axis_mask").set_i(1);
  return scope + "/slice";
}

inline std::string TinySsdWriter::rows(const std::string& name, const std::string& data, const std::string& feature,
                                       const std::vector<std::int32_t>& rest) {
  Inputs sizes{dim(name, feature, 0)};
  for (std::size_t i = 0; i < rest.size(); ++i) sizes.push_back(g_.whole(name + "/" + std::to_string(i), rest[i]));
  return g_.node("Reshape", name, {data, g_.node("Pack", name + "/sizes", sizes)});
}

inline std::string TinySsdWriter::concat(const std::string& name, Inputs items, std::int32_t axis) {
  items.push_back(g_.whole(name + "/axis", axis));
  return g_.node("ConcatV2", name, items);
}

inline Inputs TinySsdWriter::columns(const std::string& scope, const std::string& data) {
  g_.node("Unpack", scope + "/unstack", {g_.node("Transpose", scope + "/transpose", {data, g_.wholes(scope + "/perm", {1, 0})})});
  return {scope + "/unstack", scope + "/unstack:1", scope + "/unstack:2", scope + "/unstack:3"};
}

inline std::string TinySsdWriter::decode(const std::string& encodings) {
  const std::string table = g_.constant<float>("anchors", {kTinyBoxes, 4}, tiny_anchors(o_.anchor_shift));
  const Inputs a = columns("anchors", g_.node("Reshape", "anchors/flat", {table, g_.wholes("anchors/flat/shape", {-1, 4})}));
  const Inputs e = columns("decode", g_.node("Reshape", "decode/flat", {encodings, g_.wholes("decode/flat/shape", {-1, 4})}));
  const std::string two = g_.scalar("two", 2);
  std::vector<std::string> low(2), high(2);
  for (std::size_t k = 0; k < 2; ++k) {  // y, then x
    const std::string s = "decode/" + std::to_string(k);
    const std::string size = g_.node("Sub", s + "/size", {a[k + 2], a[k]});
    const std::string centre = binary("Add", s + "/centre", a[k], g_.node("RealDiv", s + "/half_size", {size, two}));
    const std::string t = g_.node("RealDiv", s + "/t", {e[k], g_.scalar(s + "/ten", 10)});
    const std::string u = g_.node("RealDiv", s + "/u", {e[k + 2], g_.scalar(s + "/five", 5)});
    const std::string moved = binary("Add", s + "/moved", g_.node("Mul", s + "/move", {t, size}), centre);
    const std::string grown = g_.node("Mul", s + "/grown", {g_.node(o_.exp, s + "/exp", {u}), size});
    const std::string half = g_.node("RealDiv", s + "/half", {grown, two});
    low[k] = g_.node("Sub", s + "/low", {moved, half});
    high[k] = binary("Add", s + "/high", moved, half);
  }
  const std::string stacked = g_.node("Pack", "decode/stack", {low[0], low[1], high[0], high[1]});
  const std::string turned = g_.node("Transpose", "decode/turned", {stacked, g_.wholes("decode/turned/perm", {1, 0})});
  return rows("decoded", turned, encodings, {kTinyBoxes, 1, 4});
}

inline std::string TinySsdWriter::take(const std::string& name, const std::string& data, const std::string& indices) {
  if (!o_.gather_v2) return g_.node("Gather", name, {data, indices});
  return g_.node("GatherV2", name, {data, indices, g_.whole(name + "/axis", 0)});
}

inline std::string TinySsdWriter::clipped(const std::string& scope, const std::string& boxes) {
  Inputs sides;
  g_.node("Split", scope + "/split", {g_.whole(scope + "/dim", 1), boxes});
  GraphWriter::attribute(g_.find(scope + "/split"), "num_split").set_i(4);
  for (std::size_t i = 0; i < 4; ++i) {
    const std::string n = std::to_string(i), piece = scope + "/split" + (i ? ":" + n : "");
    proto::NodeDef& least = g_.add("Minimum", scope + "/Minimum_" + n, {piece, g_.scalar(scope + "/one_" + n, 1)});
    GraphWriter::attribute(least, "T").set_type(1);
    sides.push_back(g_.node("Maximum", scope + "/Maximum_" + n, {scope + "/Minimum_" + n, g_.scalar(scope + "/zero_" + n, 0)}));
  }
  return concat(scope + "/concat", sides, 1);
}

inline std::string TinySsdWriter::suppress(const std::string& boxes, const std::string& scores) {
  const std::string box = g_.node("Reshape", "nms/boxes", {through_loop("nms_boxes", boxes), g_.wholes("nms/boxes/shape", {-1, 4})});
  const std::string score = through_loop("nms_scores", scores);
  Inputs kept_boxes, kept_scores;
  for (std::int32_t k = 0; k < kTinyClasses; ++k) {
    const std::string s = "nms_" + std::to_string(k);
    const std::string column = g_.node("Slice", s + "/Slice", {score, g_.wholes(s + "/begin", {0, k}), g_.wholes(s + "/size", {-1, 1})});
    std::string flat = g_.node("Reshape", s + "/flat", {column, g_.wholes(s + "/flat/shape", {-1})}), found = box;
    if (o_.suppression < 3) {
      const std::string where =
          g_.node("Where", s + "/Where", {g_.node("Greater", s + "/Greater", {flat, g_.scalar(s + "/threshold", o_.threshold)})});
      const std::string index =
          g_.node("Cast", s + "/Cast", {g_.node("Reshape", s + "/index", {where, g_.wholes(s + "/index/shape", {-1})})});
      found = take(s + "/take", found, index);
      flat = take(s + "/take_1", flat, index);
    }
    if (o_.clips_first) found = clipped(s + "/clip", found);
    proto::NodeDef& most = g_.add("Minimum", s + "/Minimum", {g_.whole(s + "/limit", 20), dim(s + "/dim", found, 0)});
    GraphWriter::attribute(most, "T").set_type(3);
    Inputs inputs{found, flat, s + "/Minimum"};
    if (o_.suppression > 1) inputs.push_back(g_.scalar(s + "/iou_threshold", o_.overlap));
    if (o_.suppression > 2) inputs.push_back(g_.scalar(s + "/score_threshold", o_.threshold));
    if (o_.suppression > 4) inputs.push_back(g_.scalar(s + "/sigma", o_.soft_sigma));
    const std::string version = o_.suppression > 1 ? "V" + std::to_string(o_.suppression) : "";
    proto::NodeDef& best = g_.add("NonMaxSuppression" + version, s + "/best", inputs);
    if (o_.suppression == 1) GraphWriter::attribute(best, "iou_threshold").set_f(o_.overlap);
    kept_boxes.push_back(take(s + "/kept", found, s + "/best"));
    kept_scores.push_back(take(s + "/kept_1", flat, s + "/best"));
  }
  const std::string all_scores = concat("nms/all_scores", kept_scores, 0);
  std::string all = concat("nms/all", kept_boxes, 0);
  g_.node("TopKV2", "nms/TopK", {all_scores, dim("nms/rows", all_scores, 0)});
  all = take("nms/sorted", all, "nms/TopK:1");
  if (!o_.clips_first) all = clipped("nms/clip", all);
  proto::NodeDef& most = g_.add("Minimum", "nms/Minimum", {g_.whole("nms/limit", 10), dim("nms/count", all, 0)});
  GraphWriter::attribute(most, "T").set_type(3);
  const std::string first = g_.node("Range", "nms/range", {g_.whole("nms/zero", 0), "nms/Minimum", g_.whole("nms/one", 1)});
  return out_of_loop("nms_out", take("nms/first", all, first));
}

inline void TinySsdWriter::write() {
  const std::vector<TinyConvolution> backbone = tiny_backbone(o_);
  std::string x = layer("stem", image(), backbone[0]);
  x = layer("pointwise", layer("depthwise", x, backbone[1]), backbone[2]);
  if (!o_.upsampling.empty()) x = upsampled(x);
  const std::string maps[]{x, layer("down", x, backbone[3])};
  Inputs boxes, classes;
  for (std::size_t map = 0; map < 2; ++map) {
    const std::string s = "predictor_" + std::to_string(map);
    const auto n = static_cast<std::int32_t>(kTinyGrids[map][0] * kTinyGrids[map][1] * kTinyAnchors);
    boxes.push_back(rows(s + "/boxes", predictor(s + "/box", maps[map], tiny_predictor(map, true)), maps[map], {n, 1, 4}));
    const TinyConvolution c = tiny_predictor(map, false, o_.background);
    classes.push_back(rows(s + "/classes", predictor(s + "/class", maps[map], c), maps[map],
                           {n, static_cast<std::int32_t>(kTinyClasses + (o_.background ? 1 : 0))}));
  }
  GraphWriter::set_ints(g_.add("Squeeze", "Squeeze", {concat("concat", boxes, 1)}), "squeeze_dims", {2});
  const std::string decoded = decode("Squeeze");
  std::string scores = g_.node("RealDiv", "scale_logits", {concat("concat_1", classes, 1), g_.scalar("scale", 1 / o_.logit_scale)});
  scores = g_.node(o_.score, "convert_scores", {scores});
  if (o_.background)
    scores = g_.node("Slice", "slice_scores",
                     {scores, g_.wholes("slice_scores/begin", {0, 0, 1}), g_.wholes("slice_scores/size", {-1, -1, -1})});
  g_.node("Identity", "detection_boxes", {suppress(decoded, scores)});
}

}  // namespace octet::tensorflow
