#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"

// Rewrites of a graph, one a file. Each keeps what the graph computes and answers whether it changed anything; standard.h is the order
// in which they run. Ids change where anything changes.
namespace octet::passes {

// What is larger stays computed, so that a small file cannot ask for much.
struct FoldLimits {
  std::int64_t elements = std::int64_t{1} << 26;  // of one result
  std::int64_t total = std::int64_t{1} << 26;     // of all results, beyond a few times the constants that the graph has
};

// Replaces what depends on constants alone by its value, and ShapeOf by the shape. The way weights are stored
// (stored_weights.h) stays. Leaves no node but that one whose inputs are all constants.
bool fold_constants(Graph& graph, const FoldLimits& limits = {});

// Takes out operations that leave their input as it is (reshapes to the same shape, identity transposes and conversions,
// Multiply by 1, Add of 0, Concat of one input, ...), makes one of a Transpose of a Transpose or a reshape of a reshape, and a reshape
// of a Transpose that moves axes of size 1 alone.
bool eliminate_noops(Graph& graph);

// Lets images become rows [N,HW,C], and rows images, by a Transpose next to the image, as whose pixels rows lie, and a reshape next to the
// rows; models have the two in the other order, by way of planes [N,C,HW].
bool flatten_pixels(Graph& graph);
// The same of several images whose planes are joined in between: their rows are joined instead, which need not be copied for it.
bool flatten_joined_pixels(Graph& graph);

// Names activations that a model spells out. Each of these does one family; fuse_activations does them all.
//   fuse_self_gated   x * sigmoid(x) -> Swish, x * tanh(softplus(x)) -> Mish, x * min(max(x + 3, 0), 6) / 6 -> HSwish
//   fuse_clamps       runs of ReLU, Clamp, Maximum and Minimum with one number -> one ReLU or Clamp; Clamp from 0 to infinity -> ReLU
//   fuse_leaky_relu   max(x, a * x) with constant a <= 1 -> PReLU
bool fuse_self_gated(Graph& graph);
bool fuse_clamps(Graph& graph);
bool fuse_leaky_relu(Graph& graph);
bool fuse_activations(Graph& graph);

// exp(x - max(x)) over its sum, both along one axis -> SoftMax.
bool fuse_softmax(Graph& graph);

// min(max(round(x / s), -z), 255 - z) * s with a scale and a zero point for each channel of an image -> FakeQuantize, as octet writes one
// to ONNX.
bool fuse_quantizers(Graph& graph);

// Moves a scale and a shift that all channels share from behind the ReLU or Clamp of a convolution to before it, where fold_batch_norm
// takes them: s * clamp(x, low, high) + t is a clamp of s * x + t.
bool scale_before_clamp(Graph& graph);

// Folds per-channel Add, Subtract, Multiply and Divide by constants behind a Convolution or GroupConvolution (batch
// normalisation in any spelling) into its weights and one Add of [1,C,1,1]. The weights must be a constant and the
// convolution must have one reader.
bool fold_batch_norm(Graph& graph);

// Turns a run of per-channel Add, Subtract, Multiply and Divide by constants on [N,C,H,W] into at most one Multiply and
// one Add of [1,C,1,1], where that takes fewer operations or does away with a Subtract or Divide. Run it after
// fold_batch_norm, which takes what stands behind a convolution.
bool merge_affine(Graph& graph);

// Folds a per-channel Multiply or Divide by a constant (no shift) in front of convolutions into their weights. Exact where
// the convolution pads, as zero stays zero. Everything that reads the product must be such a convolution with constant weights.
bool fold_input_scale(Graph& graph);

// Zeros that a Pad puts around an image go into the padding of the convolutions that read it, and what never wins (minus infinity) into
// that of MaxPools: integer kernels do both by themselves, and an infinity has no range that could be quantized.
bool fold_padding(Graph& graph);

// Lets a convolution of blocks of pixels that slices and a Concat made channels (the focus of YOLOX and of the first YOLOv5) read the image
// itself, with larger windows and strides. The weights are constants, or stored as integers with scales of the outputs.
bool fold_space_to_depth(Graph& graph);

// Quantizes again, by the same quantizer of a whole tensor, what reaches a convolution with integer weights, or a product of quantized
// matrices, from one by way of changes of shape (attention): its values are that quantizer's already, so that nothing changes but that the
// convolution sees them quantized.
bool repeat_quantizers(Graph& graph);

// Lets constants of equal type, shape and bytes be one.
bool dedupe_constants(Graph& graph);

// What is done to a picture before the network as it is: channels reversed, then (x - mean) / scale with numbers in the order of the
// network, one for all channels or one each. Empty: nothing.
struct InputSteps {
  bool reverse_channels = false;
  std::vector<double> mean = {}, scale = {};

  bool empty() const { return !reverse_channels && mean.empty() && scale.empty(); }
};

// Puts the steps in front of the network, whose one input is f32 [1,C,H,W]; the reversal goes into the weights where only convolutions
// read the picture. Run it before the import passes, which fold the rest. Errors: kUnsupported for a graph of other inputs,
// kInvalidArgument for a number of means or scales that is neither 1 nor C, or a scale of 0.
Status add_input_steps(Graph& graph, const InputSteps& steps);

// Stores float constants in f16, a Convert to f32 behind each: half the size on disk, computed in f32 as before. Not what loses more
// than its last digits by that: numbers beyond f16's range, limits of FakeQuantize, scales of stored integer weights, and what a
// DetectionOutput reads (anchors). Run it last.
bool compress_constants(Graph& graph);

// Gives a model that takes pictures as bytes or with the channels last (u8, [1,H,W,3], as OpenVINO's preprocessing makes of any model)
// the input that octet's models have: f32 [1,3,H,W] of the same values under the same name. The Convert and the Transpose behind the
// Parameter, in either order, go with it; arithmetic with constants and the order of the channels between them move behind it. A model
// with several inputs, or with anything else on the way, stays as it is. Assumes folded constants.
bool make_input_planar(Graph& graph);

// The same whatever stands on the way: what is not taken out stays behind a Transpose and a Convert of the new input. kUnsupported for a
// graph that has not one input, u8 or f32, [1,3,H,W] or [1,H,W,3].
Status require_planar_input(Graph& graph);

}  // namespace octet::passes
