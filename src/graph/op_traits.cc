#include "graph/op_traits.h"

namespace octet {
namespace {

struct TraitsOf {
  OpTraits operator()(const Parameter&) const { return {}; }
  OpTraits operator()(const Constant&) const { return {}; }
  OpTraits operator()(const Output&) const { return {}; }
  OpTraits operator()(const Convolution&) const { return {.computes_in_integers = true}; }
  OpTraits operator()(const GroupConvolution&) const { return {.computes_in_integers = true}; }
  OpTraits operator()(const MatMul&) const { return {}; }
  OpTraits operator()(const Binary& op) const { return {.keeps_axes = true, .computes_in_integers = op.kind == BinaryKind::kAdd}; }
  OpTraits operator()(const Unary& op) const { return {.keeps_axes = true, .keeps_channel_factors = op.kind == UnaryKind::kRelu}; }
  OpTraits operator()(const Clamp&) const { return {.keeps_axes = true}; }
  OpTraits operator()(const PRelu&) const { return {.keeps_axes = true, .keeps_channel_factors = true}; }
  OpTraits operator()(const SoftMax&) const { return {.keeps_axes = true}; }
  OpTraits operator()(const MaxPool&) const { return {.only_moves_values = true, .keeps_axes = true, .keeps_channel_factors = true}; }
  OpTraits operator()(const AvgPool&) const { return {.keeps_axes = true, .keeps_channel_factors = true, .computes_in_integers = true}; }
  OpTraits operator()(const Concat&) const { return {.only_moves_values = true, .keeps_axes = true}; }
  OpTraits operator()(const VariadicSplit&) const { return {.only_moves_values = true, .keeps_axes = true}; }
  OpTraits operator()(const Split&) const { return {.only_moves_values = true, .keeps_axes = true}; }
  OpTraits operator()(const StridedSlice&) const { return {.only_moves_values = true, .keeps_axes = true}; }
  OpTraits operator()(const Reshape&) const { return {.only_moves_values = true, .copies_if_type_stays = true}; }
  OpTraits operator()(const Transpose&) const { return {.only_moves_values = true}; }
  OpTraits operator()(const Squeeze&) const { return {.only_moves_values = true, .copies_if_type_stays = true}; }
  OpTraits operator()(const Unsqueeze&) const { return {.only_moves_values = true, .copies_if_type_stays = true}; }
  OpTraits operator()(const Convert&) const { return {.keeps_axes = true, .copies_if_type_stays = true}; }
  OpTraits operator()(const Interpolate& op) const {
    const bool nearest = op.mode == Interpolate::Mode::kNearest;
    return {.only_moves_values = nearest, .keeps_axes = true, .keeps_channel_factors = true, .copies_if_type_stays = true};
  }
  OpTraits operator()(const FakeQuantize&) const { return {.keeps_axes = true}; }
  OpTraits operator()(const PriorBoxClustered&) const { return {}; }
  OpTraits operator()(const DetectionOutput&) const { return {}; }
  OpTraits operator()(const ReorgYolo&) const { return {.only_moves_values = true}; }
  OpTraits operator()(const ReduceMean&) const { return {}; }
  OpTraits operator()(const Pad&) const { return {.keeps_axes = true, .copies_if_type_stays = true}; }
  OpTraits operator()(const ShapeOf&) const { return {}; }
  OpTraits operator()(const Gather&) const { return {.only_moves_values = true}; }
};

}  // namespace

OpTraits traits_of(const Op& op) { return std::visit(TraitsOf{}, op); }

}  // namespace octet
