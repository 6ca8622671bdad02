#pragma once

#include "exporters/onnx/node_export.h"

// How each operation is written: rules_<kind>.cc hold the rules of related operations. kUnsupported for what ONNX cannot express.
namespace octet::onnx {

// rules_window.cc
Status write(const Convolution& op, NodeExport& to);
Status write(const GroupConvolution& op, NodeExport& to);
Status write(const ConvolutionBackpropData& op, NodeExport& to);
Status write(const GroupConvolutionBackpropData& op, NodeExport& to);
Status write(const MatMul& op, NodeExport& to);
Status write(const MaxPool& op, NodeExport& to);
Status write(const AvgPool& op, NodeExport& to);
Status write(const Interpolate& op, NodeExport& to);
Status write(const GridSample& op, NodeExport& to);

// rules_elementwise.cc
Status write(const Binary& op, NodeExport& to);
Status write(const Unary& op, NodeExport& to);
Status write(const Compare& op, NodeExport& to);
Status write(const Logical& op, NodeExport& to);
Status write(const Select& op, NodeExport& to);
Status write(const Clamp& op, NodeExport& to);
Status write(const PRelu& op, NodeExport& to);
Status write(const Elu& op, NodeExport& to);
Status write(const HardSigmoid& op, NodeExport& to);
Status write(const Convert& op, NodeExport& to);

// rules_reduce.cc
Status write(const SoftMax& op, NodeExport& to);
Status write(const Mvn& op, NodeExport& to);
Status write(const Reduce& op, NodeExport& to);
Status write(const CumSum& op, NodeExport& to);
Status write(const TopK& op, NodeExport& to);

// rules_quantize.cc
Status write(const FakeQuantize& op, NodeExport& to);

// rules_shapes.cc
Status write(const Concat& op, NodeExport& to);
Status write(const VariadicSplit& op, NodeExport& to);
Status write(const Split& op, NodeExport& to);
Status write(const StridedSlice& op, NodeExport& to);
Status write(const Reshape& op, NodeExport& to);
Status write(const Transpose& op, NodeExport& to);
Status write(const Squeeze& op, NodeExport& to);
Status write(const Unsqueeze& op, NodeExport& to);
Status write(const ReorgYolo& op, NodeExport& to);
Status write(const Pad& op, NodeExport& to);
Status write(const DepthToSpace& op, NodeExport& to);
Status write(const SpaceToDepth& op, NodeExport& to);
Status write(const ShapeOf& op, NodeExport& to);
Status write(const PriorBoxClustered& op, NodeExport& to);
Status write(const Range& op, NodeExport& to);

// rules_gather.cc
Status write(const Tile& op, NodeExport& to);
Status write(const Broadcast& op, NodeExport& to);
Status write(const OneHot& op, NodeExport& to);
Status write(const Gather& op, NodeExport& to);
Status write(const GatherElements& op, NodeExport& to);
Status write(const GatherNd& op, NodeExport& to);
Status write(const ScatterElementsUpdate& op, NodeExport& to);
Status write(const ScatterNdUpdate& op, NodeExport& to);

}  // namespace octet::onnx
