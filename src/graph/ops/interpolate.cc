#include <algorithm>
#include <array>
#include <cmath>

#include "graph/cubic.h"
#include "graph/op_functions.h"
#include "graph/resize.h"

namespace octet {
namespace {

// Where output place i of `to` lies among `from` input places.
double source_coordinate(Interpolate::Coordinates coordinates, std::int64_t i, std::int64_t from, std::int64_t to) {
  const auto in = static_cast<double>(from), out = static_cast<double>(to), place = static_cast<double>(i);
  switch (coordinates) {
    case Interpolate::Coordinates::kAsymmetric:
      return place * in / out;
    case Interpolate::Coordinates::kHalfPixel:
      return (place + 0.5) * in / out - 0.5;
    case Interpolate::Coordinates::kAlignCorners:
      return to == 1 ? 0.0 : place * (in - 1) / (out - 1);
  }
  return 0;
}

double round_nearest(Interpolate::NearestRounding rounding, double x) {
  switch (rounding) {
    case Interpolate::NearestRounding::kFloor:
      return std::floor(x);
    case Interpolate::NearestRounding::kRoundPreferFloor:
      return std::ceil(x - 0.5);
    case Interpolate::NearestRounding::kRoundPreferCeil:
      return std::floor(x + 0.5);
    case Interpolate::NearestRounding::kCeil:
      return std::ceil(x);
  }
  return 0;
}

double nearest_source(const Interpolate& op, std::int64_t i, std::int64_t from, std::int64_t to) {
  return std::clamp(round_nearest(op.nearest, source_coordinate(op.coordinates, i, from, to)), 0.0, static_cast<double>(from - 1));
}

}  // namespace

std::vector<std::int32_t> nearest_sources(const Interpolate& op, std::int64_t from, std::int64_t to) {
  std::vector<std::int32_t> sources;
  for (std::int64_t i = 0; i < to; ++i) sources.push_back(static_cast<std::int32_t>(nearest_source(op, i, from, to)));
  return sources;
}

std::vector<LinearSource> linear_sources(const Interpolate& op, std::int64_t from, std::int64_t to) {
  std::vector<LinearSource> sources;
  const auto last = static_cast<double>(from - 1);
  for (std::int64_t i = 0; i < to; ++i) {
    const double x = std::clamp(source_coordinate(op.coordinates, i, from, to), 0.0, last), low = std::floor(x);
    sources.push_back({static_cast<std::int32_t>(low), static_cast<std::int32_t>(std::min(low + 1, last)), static_cast<float>(x - low)});
  }
  return sources;
}

namespace ops {
namespace {

// An output place is a mixture of up to four input places.
struct Mixture {
  std::array<std::int64_t, 4> places{};
  std::array<double, 4> shares{};
};

Mixture mixture(const Interpolate& op, std::int64_t i, std::int64_t from, std::int64_t to) {
  const auto last = static_cast<double>(from - 1);
  if (op.mode == Interpolate::Mode::kNearest) return {{static_cast<std::int64_t>(nearest_source(op, i, from, to))}, {1}};
  const double x = source_coordinate(op.coordinates, i, from, to);
  if (op.mode == Interpolate::Mode::kLinear) {
    const double inside = std::clamp(x, 0.0, last), low = std::floor(inside), share = inside - low;
    return {{static_cast<std::int64_t>(low), static_cast<std::int64_t>(std::min(low + 1, last))}, {1 - share, share}};
  }
  Mixture cubic{{}, cubic_shares(x - std::floor(x), op.cube_coeff)};
  for (std::size_t tap = 0; tap < 4; ++tap)
    cubic.places[tap] = static_cast<std::int64_t>(std::clamp(std::floor(x) + static_cast<double>(tap) - 1, 0.0, last));
  return cubic;
}

std::vector<Mixture> mixtures(const Interpolate& op, std::int64_t from, std::int64_t to) {
  std::vector<Mixture> result;
  for (std::int64_t i = 0; i < to; ++i) result.push_back(mixture(op, i, from, to));
  return result;
}

// The sum of value(place) by the shares.
template <typename Values>
double mix(const Mixture& mixture, Values value) {
  double sum = 0;
  for (std::size_t tap = 0; tap < 4; ++tap)
    if (mixture.shares[tap] != 0) sum += value(mixture.places[tap]) * mixture.shares[tap];
  return sum;
}

}  // namespace

Types infer(const Interpolate&, const Arguments& arguments) {
  OCTET_RETURN_IF_ERROR(expect_rank(arguments, 0, 4, "data"));
  if (!is_float(arguments.element(0))) return unsupported("resize of " + std::string(name_of(arguments.element(0))));
  OCTET_ASSIGN(const auto sizes, integers(arguments, 1, "the list of sizes"));
  const Shape& data = arguments.shape(0);
  if (sizes.size() != 2 || sizes[0] < 1 || sizes[1] < 1) return malformed("two positive sizes expected, height and width");
  if (data[2] < 1 || data[3] < 1) return malformed("nothing to resize in data of shape " + to_string(data));
  return one_output(arguments.element(0), {data[0], data[1], sizes[0], sizes[1]});
}

Tensors evaluate(const Interpolate& op, const Call& call) {
  const Shape &in = call.shape(0), &out = call.outputs[0].shape;
  const auto data = call.reals(0);
  const auto rows = mixtures(op, in[2], out[2]), columns = mixtures(op, in[3], out[3]);
  std::vector<double> result;
  for (std::int64_t channel = 0; channel < in[0] * in[1]; ++channel)
    for (const Mixture& row : rows)
      for (const Mixture& column : columns)
        result.push_back(mix(row, [&](std::int64_t y) {
          const double* first = data.data() + (channel * in[2] + y) * in[3];
          return mix(column, [&](std::int64_t x) { return first[x]; });
        }));
  return {rounded<double>(call.outputs[0], result)};
}

}  // namespace ops
}  // namespace octet
