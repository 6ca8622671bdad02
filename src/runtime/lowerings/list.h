#pragma once

#include <span>

#include "runtime/lowering.h"

namespace octet {

// All lowerings in the order in which they are tried, each with the name that stands before its reasons: what is faster stands before what
// is more general, and the reference evaluation, which takes every node, is last. Each has a file, whose comment says what it takes.
// clang-format off
#define OCTET_EACH_LOWERING(each) \
  each(match_result, "output") \
  each(match_convolution_u8, "integer convolution") \
  each(match_convolution_f32, "convolution") \
  each(match_table_u8, "table of bytes") \
  each(match_input_image, "scale and shift of an input") \
  each(match_scale_shift, "scale and shift") \
  each(match_add_u8, "integer add") \
  each(match_binary_images, "add or multiply") \
  each(match_scale_image, "scale of an image") \
  each(match_quantize, "quantize") \
  each(match_fake_quantize, "fake quantize") \
  each(match_max_pool, "max pool") \
  each(match_avg_pool, "average pool") \
  each(match_resize_nearest, "resize") \
  each(match_resize_linear, "linear resize") \
  each(match_channel_slices, "channel slices") \
  each(match_concat_images, "concat of images") \
  each(match_concat_plain, "concat") \
  each(match_reshape, "reshape") \
  each(match_transpose_to_image, "transpose to an image") \
  each(match_transpose_image, "transpose") \
  each(match_sigmoid_of_scores, "scores of detections") \
  each(match_activate, "activation") \
  each(match_matmul_u8, "integer matrix product") \
  each(match_matmul, "matrix product") \
  each(match_softmax, "softmax") \
  each(match_reduce, "reduce") \
  each(match_strided, "strided copy") \
  each(match_binary_plain, "arithmetic") \
  each(match_unary_plain, "function") \
  each(match_grid_sample, "sampling") \
  each(match_pad, "pad") \
  each(match_detection_output, "DetectionOutput") \
  each(match_reference, "reference")
// clang-format on

#define OCTET_DECLARE(match, name) MatchResult match(const MatchContext& context, NodeId id);
OCTET_EACH_LOWERING(OCTET_DECLARE)
#undef OCTET_DECLARE

std::span<const Lowering> lowerings();

}  // namespace octet
