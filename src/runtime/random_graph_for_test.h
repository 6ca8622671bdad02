#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "runtime/graph_sketch_for_test.h"

namespace octet::runtime_test {

// A random network with its inputs and with what the specification says that each of its nodes computes. Values stay small, so
// that rounding does too, and no operation has a jump where float sums could fall on either side.
class RandomGraph : public GraphSketch {
 public:
  explicit RandomGraph(Kind kind) : GraphSketch(kind) {
    batch_ = pick(1, 2);
    add_input();
    for (int operations = pick(1, 12); operations > 0; --operations) add_operation();
    add_outputs();
  }

 private:
  void add_input() {
    const Shape shape{batch_, chance(50) ? 3 : pick(1, 18), pick(1, 9), pick(1, 9)};
    const Value value{*graph.add(Parameter{ElementType::kF32, shape}, {}, "image"), 0};
    inputs.push_back(reals(shape, -2, 2));
    values[value] = inputs.back();
    images_.push_back(value);
  }

  void add_outputs() {
    std::vector<Value> all = images_;
    all.insert(all.end(), others_.begin(), others_.end());
    graph.emit(Output{}, {images_.back()}, "last");
    if (!others_.empty()) graph.emit(Output{}, {others_.back()}, "last_plain");
    for (int more = pick(0, 2); more > 0; --more) graph.emit(Output{}, {one_of(all)}, "more");
  }

  void add_operation() {
    switch (pick(0, 19)) {
      case 0:
      case 1:
      case 2:
        return convolution();
      case 3:
        return depthwise();
      case 4:
        return grouped();
      case 5:
        return activation();
      case 6:
        return max_pool();
      case 7:
        return avg_pool();
      case 8:
      case 9:
        return concat();
      case 10:
        return split();
      case 11:
        return join();
      case 12:
        return scale_or_shift();
      case 13:
        return resize();
      case 14:
      case 15:
        return tail();
      case 16:
        return generic();
      case 17:
        return reduction();
      case 18:
        return product();
      default:
        return mover();
    }
  }

  // Convolutions.

  struct Window {
    Spatial kernel{1, 1}, strides{1, 1}, dilations{1, 1};
    Pads pads{};
  };

  Window window(Value data, bool dilated) {
    constexpr int kSizes[] = {1, 1, 2, 3, 3, 5};
    Window result;
    for (std::size_t axis = 0; axis < 2; ++axis) {
      const std::int64_t size = graph.shape(data)[2 + axis];
      result.kernel[axis] = kSizes[pick(0, 5)];
      result.dilations[axis] = dilated && chance(20) ? 2 : 1;
      result.strides[axis] = pick(1, 2);
      const auto extent = [&] { return (result.kernel[axis] - 1) * result.dilations[axis] + 1; };
      if (extent() > 1 && chance(70)) {
        result.pads.begin[axis] = pick(0, static_cast<int>(extent()) / 2);
        result.pads.end[axis] = pick(0, static_cast<int>(extent()) / 2);
      }
      if (size + result.pads.begin[axis] + result.pads.end[axis] < extent())
        result.kernel[axis] = 1, result.pads.begin[axis] = result.pads.end[axis] = 0;
    }
    return result;
  }

  // Whether a sum of so many products does whatever the bytes and zero points.
  static bool fits_in_32_bits(std::int64_t products) { return products <= std::numeric_limits<std::int32_t>::max() / (255 * 255); }

  // Bytes as files store them, some with zero points: i8 or u8 -> Convert -> [Subtract].
  Value stored_integers(const Shape& shape, const Shape& channels) {
    const bool is_signed = chance(60);
    const int least = is_signed ? -128 : 0, greatest = is_signed ? 127 : 255;
    const auto integers = [&](const Shape& of) {
      std::vector<std::int64_t> numbers(static_cast<std::size_t>(element_count(of)));
      for (std::int64_t& number : numbers) number = pick(least, greatest);
      return Tensor::of<std::int64_t>(of, numbers);
    };
    const Tensor bytes = converted(integers(shape), is_signed ? ElementType::kI8 : ElementType::kU8);
    const Value wide = add(Convert{ElementType::kF32}, {constant(bytes)})[0];
    if (is_signed && chance(70)) return wide;
    return add(Binary{BinaryKind::kSubtract}, {wide, constant(converted(integers(channels), ElementType::kF32))})[0];
  }

  // As real numbers, or as integers with a scale a channel.
  Value weights(const Shape& shape, std::size_t channel_axes, bool integer) {
    std::int64_t filter = 1;
    for (std::size_t axis = channel_axes; axis < shape.size(); ++axis) filter *= shape[axis];
    const float largest = 1.5f / std::sqrt(static_cast<float>(filter));
    if (!integer) return constant(reals(shape, -largest, largest));
    Shape scales(shape.size(), 1);
    for (std::size_t axis = 0; axis < channel_axes && chance(80); ++axis) scales[axis] = shape[axis];
    if (channel_axes == 2 && scales[1] == 1) scales[0] = 1;
    return add(Binary{BinaryKind::kMultiply}, {stored_integers(shape, scales), constant(reals(scales, largest / 200, largest / 127))})[0];
  }

  void convolve(Op op, Value data, const Shape& shape, std::size_t channel_axes, bool depthwise) {
    const bool integer = kind_ == Kind::kQuantized && chance(85);
    const Value result = add(std::move(op), {data, weights(shape, channel_axes, integer)})[0];
    if (integer && is_u8(data, depthwise) &&
        fits_in_32_bits(element_count(Shape(shape.begin() + static_cast<int>(channel_axes), shape.end()))))
      integer_steps.insert(graph.node(result).name);
    else
      sums_floats = true;
    Value last = result;
    if (chance(70)) last = add(Binary{BinaryKind::kAdd}, {last, constant(reals(channel_shape(last), -1, 1))})[0];
    if (chance(60)) last = activate(last);
    if (chance(30)) last = add(Binary{BinaryKind::kMultiply}, {last, constant(reals(channel_shape(last), 0.5f, 2))})[0];
    make(Clamp{-kLargest, kLargest}, {last});
    if (chance(80)) images_.back() = last;
  }

  void convolution() {
    const Value data = operand(image(), 90);
    const Window w = window(data, true);
    const Shape shape{pick(1, 20), graph.shape(data)[1], w.kernel[0], w.kernel[1]};
    convolve(Convolution{w.strides, w.dilations, w.pads}, data, shape, 1, false);
  }

  void depthwise() {
    const Value data = operand(image(), 90, chance(50));
    const Window w = window(data, true);
    convolve(GroupConvolution{w.strides, w.dilations, w.pads}, data, {graph.shape(data)[1], 1, 1, w.kernel[0], w.kernel[1]}, 2, true);
  }

  void grouped() {
    const Value data = operand(image(), 90);
    const std::int64_t channels = graph.shape(data)[1];
    std::int64_t groups = pick(1, static_cast<int>(channels));
    while (channels % groups != 0) --groups;
    const Window w = window(data, true);
    const Shape shape{groups, pick(1, 3), channels / groups, w.kernel[0], w.kernel[1]};
    convolve(GroupConvolution{w.strides, w.dilations, w.pads}, data, shape, 2, shape[1] == 1 && shape[2] == 1);
  }

  // Everything else.

  Shape channel_shape(Value value) {
    const std::int64_t channels = graph.shape(value)[1];
    switch (pick(0, 4)) {
      case 0:
        return {};
      case 1:
        return {1, 1, 1, 1};
      case 2:
        return {channels, 1, 1};
      default:
        return {1, channels, 1, 1};
    }
  }

  Value activate(Value value) {
    using enum UnaryKind;
    constexpr UnaryKind kKinds[] = {kRelu,     kSigmoid,  kTanh, kMish,     kSwish, kHSwish, kHSigmoid, kRelu,
                                    kSoftPlus, kNegative, kAbs,  kGeluTanh, kGelu,  kErf,    kSin,      kCos};
    switch (pick(0, 6)) {
      case 0:
        return add(Clamp{static_cast<double>(real(-2, 0)), static_cast<double>(real(0.5f, 6))}, {value})[0];
      case 1:
        return add(PRelu{}, {value, constant(reals({1}, -0.5f, 1.5f))})[0];
      case 2:
        return add(PRelu{}, {value, constant(reals({graph.shape(value)[1]}, -0.5f, 1.5f))})[0];
      case 3:
        return add(Unary{kExp}, {add(Clamp{-3, 2}, {value})[0]})[0];
      case 4:
        return add(HardSigmoid{}, {value, constant(reals({}, 0.1f, 0.5f)), constant(reals({1}, -0.5f, 1))})[0];
      case 5:
        return add(Elu{static_cast<double>(real(0.2f, 1.5f))}, {value})[0];
      default:
        return add(Unary{kKinds[pick(0, static_cast<int>(std::size(kKinds)) - 1)]}, {value})[0];
    }
  }

  void activation() { images_.push_back(activate(operand(image()))); }

  void max_pool() {
    const Value data = operand(image());
    const Window w = window(data, true);
    const Value pooled = add(MaxPool{w.kernel, w.strides, w.dilations, w.pads, chance(50) ? Rounding::kFloor : Rounding::kCeil}, {data})[0];
    // A window without any data gives the lowest number that there is; bytes have another one than floats.
    if (is_small(values.at(pooled)))
      images_.push_back(pooled);
    else if (kind_ == Kind::kFloat)
      make(Clamp{-kLargest, kLargest}, {pooled});
  }

  void avg_pool() {
    const Value data = operand(image());
    const Window w = window(data, false);
    sums_floats = true;
    make(AvgPool{w.kernel, w.strides, w.pads, chance(50), chance(50) ? Rounding::kFloor : Rounding::kCeil}, {data});
  }

  void concat() {
    const Value first = image();
    const int axis = chance(80) ? 1 : pick(-4, 3);
    const auto alike = images_like(first, axis == 1);
    const bool one_scale = kind_ == Kind::kQuantized && chance(50);
    const Limits limits = limits_for(first, false);
    std::vector<Value> parts;
    for (int count = pick(1, 3); count > 0; --count) {
      const Value part = parts.empty() ? first : one_of(alike);
      parts.push_back(one_scale ? quantize(part, limits) : operand(part, 30));
    }
    if (axis == 1 && chance(10)) parts.push_back(constant(reals({batch_, 2, graph.shape(first)[2], graph.shape(first)[3]}, -1, 1)));
    if (graph.shape(parts[0])[0] != batch_) parts.resize(1);
    make(Concat{axis}, parts);
  }

  void split() {
    const Value data = operand(image(), 30);
    const std::int64_t channels = graph.shape(data)[1];
    const int first = pick(1, static_cast<int>(channels)), form = pick(0, 3);
    if (form == 0) {
      std::int64_t parts = first;
      while (channels % parts != 0) --parts;
      make(Split{parts}, {data, number(chance(50) ? 1 : -3)});
    } else if (form == 1 && channels > 1) {
      const std::int64_t length = std::min<std::int64_t>(first, channels - 1);
      make(VariadicSplit{}, {data, number(1), integers({length, chance(50) ? -1 : channels - length})});
    } else if (form == 2) {
      const int begin = pick(0, first - 1);
      make(StridedSlice{{1, 0, 1, 1}, {1, 0, 1, 1}, {}, {}, {}},
           {data, integers({0, chance(50) ? begin : begin - channels, 0, 0}), integers({0, first, 0, 0}), integers({1, 1, 1, 1})});
    } else {
      const std::int64_t height = graph.shape(data)[2];
      make(StridedSlice{{1, 0, 0, 1}, {1, 1, 0, 1}, {}, {}, {}},
           {data, integers({0, first / 2, 0, 0}), integers({0, 0, height, 0}), integers({1, pick(1, 2), pick(1, 2), 1})});
    }
  }

  void join() {
    const Value a = image(), b = one_of(images_like(a, false));
    const Value left = operand(a, 70), right = a == b && chance(50) ? left : operand(b, 70);
    const Value sum = add(Binary{chance(60) ? BinaryKind::kAdd : one_kind()}, {left, right})[0];
    make(Clamp{-kLargest, kLargest}, {chance(40) ? activate(sum) : sum});
    if (chance(60) && is_small(values.at(sum))) images_.back() = sum;
  }

  BinaryKind one_kind() {
    using enum BinaryKind;
    constexpr BinaryKind kKinds[] = {kMultiply, kMultiply, kSubtract, kMaximum, kMinimum, kSquaredDifference};
    return kKinds[pick(0, 5)];
  }

  void scale_or_shift() {
    using enum BinaryKind;
    Value value = operand(image(), 30);
    for (int count = pick(1, 3); count > 0; --count) {
      const BinaryKind kind = std::vector{kAdd, kSubtract, kMultiply, kDivide}[static_cast<std::size_t>(pick(0, 3))];
      const Shape& full = graph.shape(value);
      const Shape shape = chance(75) ? channel_shape(value) : chance(70) ? full : Shape{1, 1, full[2], full[3]};
      const Value k = constant(reals(shape, 0.5f, 2));
      const bool constant_first = kind != kDivide && chance(40);
      value = make(Binary{kind}, constant_first ? std::vector{k, value} : std::vector{value, k});
    }
    if (chance(30)) images_.push_back(activate(value));
  }

  void resize() {
    const Value data = operand(image(), 30);
    const Interpolate op{chance(80) ? Interpolate::Mode::kNearest : Interpolate::Mode::kLinear,
                         static_cast<Interpolate::Coordinates>(pick(0, 2)), static_cast<Interpolate::NearestRounding>(pick(0, 3))};
    make(op, {data, integers({pick(1, 12), pick(1, 12)})});
  }

  // What the heads of an SSD end in: maps as rows, joined.
  void tail() {
    std::vector<Value> rows;
    for (int count = pick(1, 3); count > 0; --count) {
      const Value map = image();
      if (graph.shape(map)[0] != batch_) continue;
      const Value last = chance(80) ? add(Transpose{}, {map, integers({0, 2, 3, 1})})[0] : map;
      rows.push_back(add(Reshape{true}, {last, integers({0, -1})})[0]);
      if (chance(20)) others_.push_back(last);
      if (chance(30)) rows.push_back(rows.back());
    }
    if (rows.empty()) return;
    const Value joined = make_plain(Concat{chance(70) ? 1 : -1}, rows);
    if (chance(50)) make_plain(Unary{UnaryKind::kSigmoid}, {joined});
    if (chance(50)) {
      sums_floats = true;
      make_plain(SoftMax{2}, {add(Unsqueeze{}, {joined, integers({1})})[0]});
    }
    if (chance(30)) make_plain(Concat{0}, {joined, joined});
    if (chance(40)) make(Reshape{}, {joined, integers({batch_, graph.shape(joined)[1], 1, 1})});
    if (kind_ == Kind::kQuantized && chance(40)) others_.push_back(quantize(joined, {Tensor::scalar(-2.0f), Tensor::scalar(2.0f)}));
    if (kind_ == Kind::kQuantized && graph.shape(joined).size() == 2 && chance(50)) integer_products(joined);
    if (chance(30)) {
      sums_floats = true;
      make_plain(MatMul{}, {joined, constant(reals({graph.shape(joined)[1], 3}, -0.2f, 0.2f))});
      if (chance(50)) make_plain(Binary{BinaryKind::kAdd}, {others_.back(), constant(reals({3}, -1, 1))});
      if (chance(50)) make_plain(Unary{UnaryKind::kSwish}, {others_.back()});
    }
  }

  // Of the matrices in products, so that the definition computes them in no time.
  static constexpr std::int64_t kLongestFactor = 200;

  // Channels times channels of a map whose pixels are rows or planes, in any order.
  void product() {
    constexpr std::int64_t kOrders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {2, 0, 1}, {1, 2, 0}, {2, 1, 0}};
    const Value map = image();
    const Shape& shape = graph.shape(map);
    if (shape[1] > kLongestFactor || shape[2] * shape[3] > kLongestFactor) return;
    const Value planes = add(Reshape{}, {map, integers({shape[0], shape[1], shape[2] * shape[3]})})[0];
    const Value rows = add(Transpose{}, {planes, integers({0, 2, 1})})[0];
    const bool left = chance(50), right = chance(50);
    sums_floats = true;
    Value result = add(MatMul{left, right}, {left ? rows : planes, right ? planes : rows})[0];
    result = add(Binary{BinaryKind::kMultiply}, {result, constant(reals({}, 0.001f, 0.01f))})[0];
    const auto* order = kOrders[pick(0, 5)];
    if (chance(70)) result = add(Transpose{}, {result, integers({order[0], order[1], order[2]})})[0];
    if (chance(50))
      result =
          add(StridedSlice{{0, 1, 1}, {1, 1, 1}, {}, {}, {}}, {result, integers({0, 0, 0}), integers({1, 0, 0}), integers({1, 1, 1})})[0];
    make_plain(Binary{BinaryKind::kAdd}, {result, constant(reals({}, -1, 1))});
  }

  // Rows quantized with one scale.
  Value quantized_rows(Value rows) {
    const Limits limits = limits_for(rows, false);
    return quantize(rows, {limits.low.reshaped({}), limits.high.reshaped({})});
  }

  // Products of quantized rows with stored integers, and with other rows.
  void integer_products(Value rows) {
    const std::int64_t depth = graph.shape(rows)[1], columns = pick(1, 20);
    if (depth > kLongestFactor) return;
    const Value data = quantized_rows(rows);
    const bool transposed = chance(50);
    const Shape shape = transposed ? Shape{columns, depth} : Shape{depth, columns};
    const Shape scales = chance(30) ? Shape{} : transposed ? Shape{columns, 1} : Shape{columns};
    const float largest = 1.5f / std::sqrt(static_cast<float>(depth));
    const Value weights =
        add(Binary{BinaryKind::kMultiply}, {stored_integers(shape, scales), constant(reals(scales, largest / 200, largest / 127))})[0];
    Value last = add(MatMul{false, transposed}, {data, weights})[0];
    if (fits_in_32_bits(depth)) integer_steps.insert(graph.node(last).name);
    if (chance(50)) last = add(Binary{BinaryKind::kAdd}, {last, constant(reals({columns}, -1, 1))})[0];
    others_.push_back(chance(50) ? activate(last) : last);
    const Value square = add(MatMul{false, true}, {data, quantized_rows(rows)})[0];
    if (fits_in_32_bits(depth)) integer_steps.insert(graph.node(square).name);
    sums_floats |= !fits_in_32_bits(depth);
    others_.push_back(square);
  }

  Value make_plain(Op op, std::vector<Value> from) {
    make(std::move(op), std::move(from));
    return others_.back();
  }

  Value axes() {
    constexpr std::int64_t kSets[][2] = {{2, 3}, {1, 2}, {1, 3}, {0, 1}, {3, 0}};
    const auto* set = kSets[pick(0, 4)];
    return chance(50) ? integers({pick(0, 3)}) : integers({set[0], set[1]});
  }

  // What takes elements along axes together.
  void reduction() {
    using enum ReduceKind;
    constexpr ReduceKind kKinds[] = {kMean, kSum, kMax, kMin, kL1, kL2};
    const Value data = operand(image(), 20);
    sums_floats = true;
    switch (pick(0, 4)) {
      case 0:
        make(Mvn{chance(70), 0.5, chance(50)}, {data, axes()});
        return;
      case 1:
        make(Clamp{-kLargest, kLargest}, {add(CumSum{chance(50), chance(50)}, {data, number(pick(-4, 3))})[0]});
        return;
      case 2: {
        const int axis = pick(0, 3);
        const std::int64_t k = pick(1, static_cast<int>(graph.shape(data)[static_cast<std::size_t>(axis)]));
        images_.push_back(add(TopK{axis, chance(50) ? TopK::Mode::kMax : TopK::Mode::kMin}, {data, number(k)})[0]);
        return;
      }
      default:
        make(Clamp{-kLargest, kLargest}, {add(Reduce{kKinds[pick(0, 5)]}, {data, axes()})[0]});
        return;
    }
  }

  Value indices(const Shape& shape, std::int64_t below) {
    Tensor tensor(ElementType::kI64, shape);
    for (auto& value : tensor.mutable_values<std::int64_t>())
      value = static_cast<std::int64_t>(random_() % static_cast<std::uint32_t>(below));
    return constant(tensor);
  }

  // What puts elements in other places; results stay images.
  void mover() {
    const Value data = operand(image(), 20);
    const Shape shape = graph.shape(data);
    switch (pick(0, 9)) {
      case 0:
        if (element_count(shape) < 2000) make(Tile{}, {data, integers({1, pick(1, 2), 1, pick(1, 2)})});
        return;
      case 1:
        make(Broadcast{true}, {add(Reduce{}, {data, integers({2, 3})})[0], integers({shape[0], shape[1], pick(1, 4), 3})});
        return;
      case 2:
        make(GatherElements{3}, {data, indices({shape[0], shape[1], shape[2], 3}, shape[3])});
        return;
      case 3:
        make(GatherNd{1}, {data, indices({shape[0], 2, 1}, shape[1])});
        return;
      case 4:
        make(ScatterElementsUpdate{},
             {data, indices({1, shape[1], 1, 1}, shape[2]), constant(reals({1, shape[1], 1, 1}, -1, 1)), number(2)});
        return;
      case 5:
        make(ScatterNdUpdate{}, {data, indices({2, 1}, shape[0]), constant(reals({2, shape[1], shape[2], shape[3]}, -1, 1))});
        return;
      case 6:
        sums_floats = true;
        make(GridSample{chance(50), GridSample::Mode::kBilinear, static_cast<GridSample::Padding>(pick(0, 2))},
             {data, constant(reals({shape[0], 3, 4, 2}, -1.5f, 1.5f))});
        return;
      case 7:
        if (shape[1] % 4 == 0) make(DepthToSpace{static_cast<DepthToSpace::Mode>(pick(0, 1)), 2}, {data});
        if (shape[1] <= 18 && shape[2] % 2 == 0 && shape[3] % 2 == 0)
          make(SpaceToDepth{static_cast<DepthToSpace::Mode>(pick(0, 1)), 2}, {data});
        return;
      case 8: {
        Tensor condition(ElementType::kBoolean, {shape[1], 1, shape[3]});
        for (bool& flag : condition.mutable_values<bool>()) flag = chance(50);
        make(Select{}, {constant(condition), data, constant(reals({}, -1, 1))});
        return;
      }
      default:
        deconvolution(data);
        return;
    }
  }

  void deconvolution(Value data) {
    const std::int64_t channels = graph.shape(data)[1];
    sums_floats = true;
    const float largest = 0.5f / std::sqrt(static_cast<float>(channels));
    const Spatial strides{pick(1, 2), pick(1, 2)};
    if (chance(50))
      make(ConvolutionBackpropData{strides, {1, 1}, {}, {}}, {data, constant(reals({channels, pick(1, 3), 2, 3}, -largest, largest))});
    else
      make(GroupConvolutionBackpropData{strides, {1, 1}, {}, {}}, {data, constant(reals({channels, 1, 1, 3, 2}, -0.5f, 0.5f))});
  }

  // Operations that have no kernel here; their results are planar.
  void generic() {
    const Value data = operand(image(), 20);
    const Shape& shape = graph.shape(data);
    switch (pick(0, 6)) {
      case 0:
        make(SoftMax{pick(-4, 3)}, {data});
        return;
      case 1:
        make(Reduce{}, {data, integers({2, 3})});
        return;
      case 2:
        make(Pad{}, {data, integers({0, 0, 1, 0}), integers({0, 1, 0, 2}), constant(Tensor::scalar(0.5f))});
        return;
      case 3:
        make(Gather{}, {data, integers({shape[1] - 1, 0}), number(1)});
        return;
      case 4:
        make(Transpose{}, {data, chance(50) ? integers({0, 1, 3, 2}) : integers({0, 3, 1, 2})});
        return;
      case 5:
        if (shape[1] % 4 == 0 && shape[2] % 2 == 0 && shape[3] % 2 == 0) make(ReorgYolo{2}, {data});
        return;
      default:
        make(Squeeze{}, {add(Unsqueeze{}, {data, integers({2})})[0], integers({2})});
        return;
    }
  }
};

}  // namespace octet::runtime_test
