#include <algorithm>

#include "exporters/onnx/rules.h"

namespace octet::onnx {
namespace {

// One scale and zero point for each channel, written out. A QuantizeLinear with a list of scales would say it in one node, but ONNX Runtime
// makes of it and the convolution before it one that it then refuses to run. passes::fuse_quantizers reads this.
Status quantize_channels(const std::vector<ByteGrid>& grids, NodeExport& to) {
  std::vector<float> scales, least, greatest;
  for (const ByteGrid& grid : grids) {
    scales.push_back(grid.scale);
    least.push_back(-static_cast<float>(grid.zero));
    greatest.push_back(static_cast<float>(255 - grid.zero));
  }
  Shape shape(to.shape(0).size(), 1);
  shape[1] = static_cast<std::int64_t>(grids.size());
  const auto list = [&](const std::vector<float>& values, const std::string& role) { return to.constant(Tensor::of(shape, values), role); };
  const std::string scale = list(scales, "scale");
  const std::string steps = to.step("Round", {to.step("Div", {to.input(0), scale})});
  const std::string inside = to.step("Min", {to.step("Max", {steps, list(least, "least")}), list(greatest, "greatest")});
  return to.result("Mul", {inside, scale});
}

// (a - b) / over for two limits, one of which may be a single number.
Result<Tensor> difference(NodeExport& to, std::size_t a, std::size_t b, double over) {
  const auto high = to_vector<double>(*to.constant(a)), low = to_vector<double>(*to.constant(b));
  const bool alike = to.shape(a) == to.shape(b);
  if (!alike && high.size() != 1 && low.size() != 1) return to.unsupported("limits of different shapes");
  std::vector<double> result(std::max(high.size(), low.size()));
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = (high[high.size() == 1 ? 0 : i] - low[low.size() == 1 ? 0 : i]) / over;
  const Shape& shape = high.size() > 1 || alike ? to.shape(a) : to.shape(b);
  return converted(Tensor::of<double>(shape, result), to.element(0));
}

// The definition, for ranges that are no grid of bytes.
Status compute(const FakeQuantize& op, NodeExport& to) {
  for (std::size_t i = 1; i < 5; ++i)
    if (!to.constant(i)) return to.unsupported("limits that are computed");
  const double steps = static_cast<double>(op.levels - 1);
  OCTET_ASSIGN(const Tensor in_step, difference(to, 2, 1, steps));
  OCTET_ASSIGN(const Tensor out_step, difference(to, 4, 3, steps));
  if (std::ranges::any_of(to_vector<double>(in_step), [](double step) { return !(step > 0); }))
    return to.unsupported("a range without extent");
  const std::string inside = to.step("Min", {to.step("Max", {to.input(0), to.input(1)}), to.input(2)});
  const std::string level = to.step("Round", {to.step("Div", {to.step("Sub", {inside, to.input(1)}), to.constant(in_step, "in_step")})});
  return to.result("Add", {to.step("Mul", {level, to.constant(out_step, "out_step")}), to.input(3)});
}

}  // namespace

Status write(const FakeQuantize& op, NodeExport& to) {
  const auto grids = byte_grids_of(to.graph(), to.node());
  if (!grids || to.element(0) != ElementType::kF32) return compute(op, to);
  if (grids->size() > 1) return quantize_channels(*grids, to);
  return to.quantized(to.input(0), grids->front());
}

}  // namespace octet::onnx
