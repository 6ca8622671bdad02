#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tensor/tensor.h"

// The operations of a graph, with the semantics of OpenVINO's opsets (NCHW). Each is a plain struct of its
// attributes; the inputs are listed in its comment in order. docs/adding.md lists what a new one needs; the compiler names each place.
namespace octet {

// Height, then width, of a 2-D window.
using Spatial = std::array<std::int64_t, 2>;

// Zeros (or nothing, for pooling) added before and after each spatial axis.
struct Pads {
  Spatial begin{0, 0}, end{0, 0};
  bool operator==(const Pads&) const = default;
};

struct Parameter {
  ElementType type = ElementType::kF32;
  Shape shape;
  std::vector<std::string> further_names = {};  // by which the tensor is known beside the node's
};

struct Constant {
  Tensor value;
};

// Marks a graph output. Input: the tensor.
struct Output {
  std::vector<std::string> further_names = {};  // by which the tensor is known beside the node's
};

// Inputs: data [N,C,H,W], weights [O,C,kh,kw]. No bias: that is an Add.
struct Convolution {
  Spatial strides{1, 1}, dilations{1, 1};
  Pads pads{};
};

// Inputs: data [N,G*I,H,W], weights [G,O,I,kh,kw].
struct GroupConvolution {
  Spatial strides{1, 1}, dilations{1, 1};
  Pads pads{};
};

// Inputs: a [..., M, K], b [..., K, N] before the transposes that the flags name.
struct MatMul {
  bool transpose_a = false, transpose_b = false;
};

enum class BinaryKind { kAdd, kSubtract, kMultiply, kDivide, kMaximum, kMinimum, kPower };

// Inputs: a, b, broadcast as in NumPy.
struct Binary {
  BinaryKind kind = BinaryKind::kAdd;
};

enum class UnaryKind {
  kRelu,
  kSigmoid,
  kTanh,
  kExp,
  kSqrt,
  kAbs,
  kNegative,
  kFloor,
  kSoftPlus,
  kMish,      // x * tanh(ln(1 + exp(x)))
  kSwish,     // x * sigmoid(x)
  kHSwish,    // x * min(max(x + 3, 0), 6) / 6
  kHSigmoid,  // min(max(x + 3, 0), 6) / 6
};

struct Unary {
  UnaryKind kind = UnaryKind::kRelu;
};

struct Clamp {
  double min = 0, max = 0;
};

// Inputs: data, slope (broadcast on the channel axis): x if x >= 0, else x * slope.
struct PRelu {};

// Inputs: data, alpha, beta (one number each): max(0, min(1, alpha * x + beta)).
struct HardSigmoid {};

struct SoftMax {
  std::int64_t axis = 1;
};

enum class Rounding { kFloor, kCeil };

// The padding never wins. Input: [N,C,H,W].
struct MaxPool {
  Spatial kernel{1, 1}, strides{1, 1}, dilations{1, 1};
  Pads pads{};
  Rounding rounding = Rounding::kFloor;
};

struct AvgPool {
  Spatial kernel{1, 1}, strides{1, 1};
  Pads pads{};
  bool exclude_pad = true;
  Rounding rounding = Rounding::kFloor;
};

struct Concat {
  std::int64_t axis = 1;
};

// Inputs: data, axis (scalar), lengths (1-D; may hold one -1). One output a length.
struct VariadicSplit {};

// Inputs: data, axis (scalar). `num_splits` outputs of equal length.
struct Split {
  std::int64_t num_splits = 1;
};

// Inputs: data, begin, end, strides (1-D). A mask of 1 ignores the value of begin or end at that place.
struct StridedSlice {
  std::vector<std::int64_t> begin_mask, end_mask, new_axis_mask, shrink_axis_mask, ellipsis_mask;
};

// Inputs: data, shape (1-D i64); with special_zero a 0 copies the dimension.
struct Reshape {
  bool special_zero = false;
};

// Inputs: data, order (1-D).
struct Transpose {};

// Inputs: data, axes (1-D or scalar).
struct Squeeze {};
struct Unsqueeze {};

struct Convert {
  ElementType type = ElementType::kF32;
};

// Nearest or linear resize over the two spatial axes of [N,C,H,W].
// Inputs: data, output sizes [H,W] (1-D), which octet's reader and importers compute from whatever the source gave.
struct Interpolate {
  enum class Mode { kNearest, kLinear } mode = Mode::kNearest;
  enum class Coordinates { kAsymmetric, kHalfPixel, kAlignCorners } coordinates = Coordinates::kAsymmetric;
  enum class NearestRounding { kFloor, kRoundPreferFloor, kRoundPreferCeil, kCeil } nearest = NearestRounding::kFloor;
};

// Inputs: data, in_low, in_high, out_low, out_high (broadcast):
//   x <= min(il, ih): ol;  x > max(il, ih): oh;
//   else round_half_even((x - il) / (ih - il) * (levels - 1)) / (levels - 1) * (oh - ol) + ol.
struct FakeQuantize {
  std::int64_t levels = 256;
};

// Inputs: grid size [H,W], image size [H,W]. Output [2, H*W*priors*4]: boxes (xyxy, 0..1), then variances.
struct PriorBoxClustered {
  std::vector<float> widths, heights;  // pixels, one a prior
  std::vector<float> variances;
  float step = 0, step_w = 0, step_h = 0;  // pixels; 0: image size / grid size
  float offset = 0.5f;                     // cells
  bool clip = false;
};

// SSD post-processing. Inputs: box codes [N, P*4] (cx, cy, w, h), class scores [N, P*C], priors [1 or N, 1 or 2, P*4].
// Output [1, 1, N*keep_top_k, 7]: rows of image, class, score, x0, y0, x1, y1 (0..1), by image, class, falling score; a
// row that begins with -1 ends a list that is shorter. CENTER_SIZE codes of normalised boxes shared by all classes.
struct DetectionOutput {
  std::int64_t background_label = 0;  // -1: none
  std::int64_t top_k = -1;            // candidates a class before suppression, -1: all
  std::int64_t keep_top_k = 100;
  float nms_threshold = 0.6f, confidence_threshold = 0.001f;
  bool variance_encoded_in_target = false, clip_before_nms = false, clip_after_nms = false;
};

// Darknet's reorg: OpenVINO's ReorgYolo. Input [N,C,H,W]; output [N, C*s*s, H/s, W/s].
struct ReorgYolo {
  std::int64_t stride = 2;
};

// Inputs: data, axes (1-D).
struct ReduceMean {
  bool keep_dims = true;
};

// Inputs: data, pads_begin, pads_end (1-D), value (scalar, optional).
struct Pad {};

// Output: the shape of the input, 1-D.
struct ShapeOf {
  ElementType type = ElementType::kI64;
};

// Inputs: data, indices, axis (scalar).
struct Gather {};

using Op =
    std::variant<Parameter, Constant, Output, Convolution, GroupConvolution, MatMul, Binary, Unary, Clamp, PRelu, HardSigmoid, SoftMax,
                 MaxPool, AvgPool, Concat, VariadicSplit, Split, StridedSlice, Reshape, Transpose, Squeeze, Unsqueeze, Convert, Interpolate,
                 FakeQuantize, PriorBoxClustered, DetectionOutput, ReorgYolo, ReduceMean, Pad, ShapeOf, Gather>;

// The operation's name in OpenVINO: "Convolution", "Add", "ReLU", "Result" for Output.
std::string_view type_name(const Op& op);

// Combines lambdas into one visitor for std::visit.
template <typename... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};

}  // namespace octet
