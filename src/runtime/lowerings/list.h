#pragma once

#include <span>

#include "runtime/lowering.h"

namespace octet {

// All lowerings in the order in which they are tried: what is faster stands before what is more general, and the
// reference evaluation, which takes every node, is last.
std::span<const Lowering> lowerings();

// One file each; its comment says what it takes.
MatchResult match_result(const MatchContext& context, NodeId id);
MatchResult match_convolution_u8(const MatchContext& context, NodeId id);
MatchResult match_table_u8(const MatchContext& context, NodeId id);
MatchResult match_convolution_f32(const MatchContext& context, NodeId id);
MatchResult match_input_image(const MatchContext& context, NodeId id);
MatchResult match_scale_shift(const MatchContext& context, NodeId id);
MatchResult match_add_u8(const MatchContext& context, NodeId id);
MatchResult match_binary_images(const MatchContext& context, NodeId id);
MatchResult match_quantize(const MatchContext& context, NodeId id);
MatchResult match_fake_quantize(const MatchContext& context, NodeId id);
MatchResult match_max_pool(const MatchContext& context, NodeId id);
MatchResult match_avg_pool(const MatchContext& context, NodeId id);
MatchResult match_resize_nearest(const MatchContext& context, NodeId id);
MatchResult match_resize_linear(const MatchContext& context, NodeId id);
MatchResult match_channel_slices(const MatchContext& context, NodeId id);
MatchResult match_concat_images(const MatchContext& context, NodeId id);
MatchResult match_concat_plain(const MatchContext& context, NodeId id);
MatchResult match_reshape(const MatchContext& context, NodeId id);
MatchResult match_transpose_image(const MatchContext& context, NodeId id);
MatchResult match_transpose_to_image(const MatchContext& context, NodeId id);
MatchResult match_activate(const MatchContext& context, NodeId id);
MatchResult match_scale_image(const MatchContext& context, NodeId id);
MatchResult match_matmul_u8(const MatchContext& context, NodeId id);
MatchResult match_matmul(const MatchContext& context, NodeId id);
MatchResult match_softmax(const MatchContext& context, NodeId id);
MatchResult match_reduce(const MatchContext& context, NodeId id);
MatchResult match_strided(const MatchContext& context, NodeId id);
MatchResult match_unary_plain(const MatchContext& context, NodeId id);
MatchResult match_grid_sample(const MatchContext& context, NodeId id);
MatchResult match_pad(const MatchContext& context, NodeId id);
MatchResult match_binary_plain(const MatchContext& context, NodeId id);
MatchResult match_sigmoid_of_scores(const MatchContext& context, NodeId id);
MatchResult match_detection_output(const MatchContext& context, NodeId id);
MatchResult match_reference(const MatchContext& context, NodeId id);

}  // namespace octet
