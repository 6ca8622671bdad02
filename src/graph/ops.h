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

// The gradient of a convolution by its data, known as transposed convolution: each input pixel adds its multiple of the kernel to the
// output, `strides` apart. Size of an axis: strides * (H - 1) + (kh - 1) * dilations + 1 - pads + output_padding.
// Inputs: data [N,C,H,W], weights [C,O,kh,kw].
struct ConvolutionBackpropData {
  Spatial strides{1, 1}, dilations{1, 1};
  Pads pads{};
  Spatial output_padding{0, 0};  // rows and columns added at the end, less than a stride
};

// Inputs: data [N,G*C,H,W], weights [G,C,O,kh,kw].
struct GroupConvolutionBackpropData {
  Spatial strides{1, 1}, dilations{1, 1};
  Pads pads{};
  Spatial output_padding{0, 0};
};

// Inputs: a [..., M, K], b [..., K, N] before the transposes that the flags name.
struct MatMul {
  bool transpose_a = false, transpose_b = false;
};

enum class BinaryKind {
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kMaximum,
  kMinimum,
  kPower,
  kMod,                // what is left of a division rounded toward zero: the sign of a
  kFloorMod,           // rounded toward minus infinity: the sign of b
  kSquaredDifference,  // (a - b)^2
};

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
  kLog,
  kErf,
  kCeiling,
  kSign,
  kRound,     // half to even
  kGelu,      // x / 2 * (1 + erf(x / sqrt(2)))
  kGeluTanh,  // x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3)))
  kSin,
  kCos,
  kLogicalNot,  // of boolean
};

struct Unary {
  UnaryKind kind = UnaryKind::kRelu;
};

enum class CompareKind { kEqual, kNotEqual, kGreater, kGreaterEqual, kLess, kLessEqual };

// Inputs: a, b of one type, broadcast as in NumPy. The result is boolean.
struct Compare {
  CompareKind kind = CompareKind::kEqual;
};

enum class LogicalKind { kAnd, kOr, kXor };

// Inputs: a, b of boolean, broadcast as in NumPy.
struct Logical {
  LogicalKind kind = LogicalKind::kAnd;
};

// Inputs: condition (boolean), then, otherwise, broadcast as in NumPy.
struct Select {};

struct Clamp {
  double min = 0, max = 0;
};

// Inputs: data, slope (broadcast on the channel axis): x if x >= 0, else x * slope.
struct PRelu {};

// x if x >= 0, else alpha * (exp(x) - 1).
struct Elu {
  double alpha = 1;
};

// Inputs: data, alpha, beta (one number each): max(0, min(1, alpha * x + beta)).
struct HardSigmoid {};

struct SoftMax {
  std::int64_t axis = 1;
};

// Layer normalisation without its weights: (x - mean) / sqrt(variance + epsilon), or / (sqrt(variance) + epsilon), with mean and
// variance over the axes. Inputs: data, axes (1-D).
struct Mvn {
  bool normalize_variance = true;
  double epsilon = 1e-5;
  bool epsilon_inside_sqrt = true;
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

// Nearest, linear or cubic resize over the two spatial axes of [N,C,H,W].
// Inputs: data, output sizes [H,W] (1-D), which octet's reader and importers compute from whatever the source gave.
struct Interpolate {
  enum class Mode { kNearest, kLinear, kCubic } mode = Mode::kNearest;
  enum class Coordinates { kAsymmetric, kHalfPixel, kAlignCorners } coordinates = Coordinates::kAsymmetric;
  enum class NearestRounding { kFloor, kRoundPreferFloor, kRoundPreferCeil, kCeil } nearest = NearestRounding::kFloor;
  double cube_coeff = -0.75;  // the parameter of Keys' cubic kernel; OpenCV's and PyTorch's
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

enum class ReduceKind { kMean, kSum, kMax, kMin, kProd, kL1, kL2 };

// Inputs: data, axes (1-D).
struct Reduce {
  ReduceKind kind = ReduceKind::kMean;
  bool keep_dims = true;
};

// Running sums along an axis. Inputs: data, axis (scalar).
struct CumSum {
  bool exclusive = false;  // an element's sum ends before it
  bool reverse = false;    // from the end of the axis
};

// The k greatest or smallest along an axis, of equal ones those that come first; NaN counts as greater than any number.
// Inputs: data, k (scalar). Outputs: values, indices.
struct TopK {
  enum class Mode { kMax, kMin };
  enum class Sort { kValues, kIndices, kNone };  // the order of the results; kNone leaves it open, here it is that of the values
  std::int64_t axis = -1;
  Mode mode = Mode::kMax;
  Sort sort = Sort::kValues;
  ElementType index_type = ElementType::kI64;
};

// Inputs: data, pads_begin, pads_end (1-D), value (scalar, optional, of kConstant alone).
struct Pad {
  // kEdge repeats the last element; kReflect mirrors at it, kSymmetric behind it.
  enum class Mode { kConstant, kEdge, kReflect, kSymmetric } mode = Mode::kConstant;
};

// Output: the shape of the input, 1-D.
struct ShapeOf {
  ElementType type = ElementType::kI64;
};

// start, start + step, ... before stop, 1-D. Inputs: start, stop, step (scalars of one type, constant).
struct Range {
  ElementType type = ElementType::kI64;
};

// Inputs: data, repeats (1-D): how often data is repeated along each axis. The shorter of shape and repeats is filled with ones in front.
struct Tile {};

// Inputs: data, target shape (1-D). Only `bidirectional` lets axes of the target that are 1 take the size of the data.
struct Broadcast {
  bool bidirectional = false;
};

// Inputs: indices (integers), depth (scalar), on value, off value (scalars of one type). A new axis of `depth` elements, of which the one
// that the index names is on; an index that is not below depth or negative names none.
struct OneHot {
  std::int64_t axis = -1;  // in the result
};

// Of computed indices, those outside of an axis (-length to length - 1) read zeros and write nothing; constant ones are refused.

// Inputs: data, indices, axis (scalar). The first `batch_dims` axes of data and indices go along.
struct Gather {
  std::int64_t batch_dims = 0;
};

// Inputs: data, indices of one rank. out[i][j][k] = data[i][indices[i][j][k]][k] for axis 1.
struct GatherElements {
  std::int64_t axis = 0;
};

// Inputs: data, indices [..., n]: each row names a slice of data by its first n axes behind the `batch_dims` common ones.
struct GatherNd {
  std::int64_t batch_dims = 0;
};

// The data with some elements written over; where several go to one place, the last counts.
// Inputs: data, indices, updates of the shape of indices, axis (scalar).
struct ScatterElementsUpdate {};
// Inputs: data, indices [..., n], updates: the slices for the places that the rows of indices name.
struct ScatterNdUpdate {};

// Inputs: data [N,C,H,W], grid [N,h,w,2]: for each output pixel the place (x, y) in the data, -1 to 1 from edge to edge: of the corner
// pixels' centres with align_corners, else of the picture. Output [N,C,h,w].
struct GridSample {
  enum class Mode { kBilinear, kNearest, kBicubic };
  enum class Padding { kZeros, kBorder, kReflection };  // what lies outside of the data
  bool align_corners = false;
  Mode mode = Mode::kBilinear;
  Padding padding = Padding::kZeros;
};

// [N, C*s*s, H, W] to [N, C, H*s, W*s] with s = block_size. Each block of pixels is held by channels `c * s * s + place` (kDepthFirst) or
// `place * C + c` (kBlocksFirst).
struct DepthToSpace {
  enum class Mode { kBlocksFirst, kDepthFirst } mode = Mode::kBlocksFirst;
  std::int64_t block_size = 1;
};
// The inverse of DepthToSpace.
struct SpaceToDepth {
  DepthToSpace::Mode mode = DepthToSpace::Mode::kBlocksFirst;
  std::int64_t block_size = 1;
};

// Every operation. The variant is made of this list, and so are the declarations of what each operation has for itself
// (graph/op_functions.h, exporters/onnx/rules.h): where one is missing, the linker names it.
// clang-format off
#define OCTET_EACH_OPERATION(each) \
  each(Parameter) each(Constant) each(Output) each(Convolution) each(GroupConvolution) each(ConvolutionBackpropData) \
  each(GroupConvolutionBackpropData) each(MatMul) each(Binary) each(Unary) each(Compare) each(Logical) each(Select) each(Clamp) \
  each(PRelu) each(Elu) each(HardSigmoid) each(SoftMax) each(Mvn) each(MaxPool) each(AvgPool) each(Concat) each(VariadicSplit) \
  each(Split) each(StridedSlice) each(Reshape) each(Transpose) each(Squeeze) each(Unsqueeze) each(Convert) each(Interpolate) \
  each(FakeQuantize) each(PriorBoxClustered) each(DetectionOutput) each(ReorgYolo) each(Reduce) each(CumSum) each(TopK) each(Pad) \
  each(ShapeOf) each(Range) each(Tile) each(Broadcast) each(OneHot) each(Gather) each(GatherElements) each(GatherNd) \
  each(ScatterElementsUpdate) each(ScatterNdUpdate) each(GridSample) each(DepthToSpace) each(SpaceToDepth)
// clang-format on

template <typename First, typename... Operations>
using VariantBehind = std::variant<Operations...>;
#define OCTET_AND(Operation) , Operation
using Op = VariantBehind<void OCTET_EACH_OPERATION(OCTET_AND)>;
#undef OCTET_AND

// The operation's name in OpenVINO: "Convolution", "Add", "ReLU", "Result" for Output.
std::string_view type_name(const Op& op);

// Combines lambdas into one visitor for std::visit.
template <typename... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};

}  // namespace octet
