#include "runtime/lowerings/list.h"

#include <array>

namespace octet {

std::span<const Lowering> lowerings() {
  static constexpr std::array kLowerings{
      Lowering{"output", match_result},
      Lowering{"integer convolution", match_convolution_u8},
      Lowering{"convolution", match_convolution_f32},
      Lowering{"table of bytes", match_table_u8},
      Lowering{"scale and shift of an input", match_input_image},
      Lowering{"scale and shift", match_scale_shift},
      Lowering{"integer add", match_add_u8},
      Lowering{"add or multiply", match_binary_images},
      Lowering{"scale of an image", match_scale_image},
      Lowering{"quantize", match_quantize},
      Lowering{"fake quantize", match_fake_quantize},
      Lowering{"max pool", match_max_pool},
      Lowering{"average pool", match_avg_pool},
      Lowering{"resize", match_resize_nearest},
      Lowering{"linear resize", match_resize_linear},
      Lowering{"channel slices", match_channel_slices},
      Lowering{"concat of images", match_concat_images},
      Lowering{"concat", match_concat_plain},
      Lowering{"reshape", match_reshape},
      Lowering{"transpose to an image", match_transpose_to_image},
      Lowering{"transpose", match_transpose_image},
      Lowering{"scores of detections", match_sigmoid_of_scores},
      Lowering{"activation", match_activate},
      Lowering{"integer matrix product", match_matmul_u8},
      Lowering{"matrix product", match_matmul},
      Lowering{"softmax", match_softmax},
      Lowering{"reduce", match_reduce},
      Lowering{"strided copy", match_strided},
      Lowering{"arithmetic", match_binary_plain},
      Lowering{"function", match_unary_plain},
      Lowering{"sampling", match_grid_sample},
      Lowering{"pad", match_pad},
      Lowering{"DetectionOutput", match_detection_output},
      Lowering{"reference", match_reference},
  };
  return kLowerings;
}

}  // namespace octet
