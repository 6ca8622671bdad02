#pragma once

#include <optional>

#include "recognise/head_evidence.h"

// Kinds of heads, each told by what a file shows of it: kUnsupported with what is open where the outputs are of that form but not enough
// is known, and kMalformed where the file contradicts itself. find_head (recognise/head.cc) has the order in which they are asked.
namespace octet {

// Candidates that are the cells of feature maps: YOLOX, YOLOv5 to v12, NanoDet, PicoDet. Needs let_rest().
Result<FoundHead> head_of_levels(const HeadEvidence& evidence, const Levels& levels);

// Maps with three anchors a cell, as they leave the convolutions or with a logistic function on all. The anchors are not in the file;
// those of YOLOv5 as it is published are taken where the network is that, and else asked for. Needs let_rest().
Result<FoundHead> head_of_anchor_maps(const HeadEvidence& evidence);

// Boxes that the graph decodes of its anchors, [1,N,4], and scores [1,N,columns]: SSD, RetinaNet.
Result<FoundHead> head_of_anchor_boxes(HeadEvidence& evidence, const OutputShape& boxes, const OutputShape& scores);

// Boxes [1,N,4] and scores [1,N,classes]: the queries of a transformer, or anchors as above.
Result<FoundHead> head_of_boxes_and_scores(HeadEvidence& evidence);

// Boxes and logistic scores of queries, side by side in one output: RT-DETR by Ultralytics. Nothing where the output is no such thing.
std::optional<Result<FoundHead>> head_of_joined_queries(const HeadEvidence& evidence, const OutputShape& output);

// Detections that the network itself has chosen: the rows of a DetectionOutput, of six columns, or lists.
bool is_detection_output(const HeadEvidence& evidence);
FoundHead head_of_detection_output(const HeadEvidence& evidence);
bool is_chosen_rows(const HeadEvidence& evidence, const OutputShape& output);  // corners, score and the number of a class
FoundHead head_of_chosen_rows(const HeadEvidence& evidence);
Result<FoundHead> head_of_one_output(HeadEvidence& evidence);
Error open_about_three_outputs(const HeadEvidence& evidence);

}  // namespace octet
