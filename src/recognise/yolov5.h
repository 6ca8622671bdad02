#pragma once

#include <vector>

#include "graph/graph.h"
#include "model/heads/yolo.h"

// What is known of YOLOv5 where its raw maps are all that a file has of its head.
namespace octet {

// The anchors with which its authors publish it, smallest first, for maps of these strides; none for others.
std::vector<std::vector<YoloOutput::Anchor>> yolov5_anchors(const std::vector<int>& strides);

// Whether a network begins as YOLOv5 does, and no other with three anchors a cell: with a convolution of 6x6 and stride 2, or as up to
// release 5.0 with the four pixels of each 2x2 in the channels of one of 3x3.
bool begins_as_yolov5(const Graph& graph);

}  // namespace octet
