#include "passes/standard.h"

#include "passes/passes.h"

namespace octet::passes {
namespace {

using Pass = bool (*)(Graph&);

constexpr Pass kImportPasses[] = {
    // Assumes nothing. Leaves operands as constants, where all the others look for them.
    [](Graph& graph) { return fold_constants(graph); },
    // Leaves no copies between the nodes of a pattern.
    eliminate_noops,
    // Before the folding of affine steps, which would take the a * x of max(x, a * x) apart. Leaves named activations.
    fuse_activations,
    fuse_softmax,
    // Before the folding of affine steps, as well.
    fuse_quantizers,
    // Assumes named activations. Leaves what belongs to a convolution directly behind it.
    scale_before_clamp,
    // Assumes constant weights. Leaves a convolution, then one Add at most, then the activation.
    fold_batch_norm,
    // Assumes constant limits of slices. Leaves a convolution of the image, which a quantized picture reaches as bytes.
    fold_space_to_depth,
    // Assumes constant operands. Leaves no Pad between a quantized image and its convolution.
    fold_padding,
    // Assumes that convolutions have had their share. Leaves one Multiply and one Add of what stood elsewhere.
    merge_affine,
    // Assumes a lone Multiply in front of a convolution. Leaves none without a shift.
    fold_input_scale,
    flatten_pixels,
    // A ReLU may have met its Minimum, or a reshape its neighbour, only now.
    fuse_activations,
    eliminate_noops,
    // Assumes that no reshape is left that changes nothing.
    repeat_quantizers,
    // Last, as the others make constants.
    dedupe_constants,
};

}  // namespace

bool run_import_passes(Graph& graph) {
  bool changed = false;
  for (const Pass& pass : kImportPasses) changed |= pass(graph);
  return changed;
}

bool run_reading_passes(Graph& graph) {
  bool changed = fold_constants(graph);
  changed |= make_input_planar(graph);
  return changed;
}

bool run_execution_passes(Graph& graph) {
  bool changed = fold_constants(graph);
  changed |= fold_space_to_depth(graph);
  changed |= flatten_joined_pixels(graph);
  changed |= repeat_quantizers(graph);
  return changed;
}

}  // namespace octet::passes
