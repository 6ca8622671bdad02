#pragma once

#include <vector>

#include "base/image_size.h"
#include "model/heads/dense.h"

// Anchors with which detectors are published, for a person to compare with those of a file that does not tell its own.
namespace octet {

// TensorFlow's SSD: maps of strides 16, 32, ... with sizes from 0.2 to 0.95 of the picture, three on the first map.
std::vector<DenseHead::AnchorMap> ssd_anchors(ImageSize input);

// EfficientDet (Tan et al. 2020, and as automl's hparams_config.py has it): squares of four strides, of three in the lite ones for pictures
// up to 448 wide, in steps of an octave's parts, each also twice as wide as high and as high as wide. So many a cell: where three do not
// divide them, squares alone. `strides`: of the maps.
std::vector<DenseHead::AnchorMap> efficientdet_anchors(const std::vector<int>& strides, int anchors, ImageSize input);

}  // namespace octet
