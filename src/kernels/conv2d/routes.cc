#include "kernels/conv2d/routes.h"

#include <algorithm>
#include <array>

#include "base/check.h"

namespace octet::kernels {
namespace {

constexpr int kGroup = 4, kMostLanes = 16;
constexpr int kSafeSum = 128;       // times 255 stays within 16 bits
constexpr double kSafeShare = 0.4;  // of all groups, from which on routes take less time than words

// Of each of the two sums of a lane the positive and the negative weights.
using Loads = std::array<std::int16_t, kGroup * kMostLanes>;

// Those of a group with its inputs paired in one way; whether they fit.
bool load(const std::int8_t* group, std::int64_t lanes, int pairing, Loads& loads) {
  int most = 0;
  for (std::int64_t i = 0; i < kGroup * lanes; i += 2) {
    const std::int8_t* lane = group + i / kGroup * kGroup;
    const int a = lane[kPairing[pairing][i % kGroup]], b = lane[kPairing[pairing][i % kGroup + 1]];
    const int positive = std::max(a, 0) + std::max(b, 0), negative = -std::min(a, 0) - std::min(b, 0);
    loads[static_cast<std::size_t>(i)] = static_cast<std::int16_t>(positive);
    loads[static_cast<std::size_t>(i + 1)] = static_cast<std::int16_t>(negative);
    most = std::max({most, positive, negative});
  }
  return most <= kSafeSum;
}

// The first pairing that fits, or kPairings.
int fitting_pairing(const std::int8_t* group, std::int64_t lanes, Loads& loads) {
  int pairing = 0;
  while (pairing < kPairings && !load(group, lanes, pairing, loads)) ++pairing;
  return pairing;
}

// Lanes of a panel, from one to behind another.
struct Lanes {
  std::int64_t first, last;
};

bool fit_together(const Loads& a, const Loads& b, Lanes lanes) {
  const auto from = kGroup * lanes.first, to = kGroup * lanes.last;
  return std::equal(a.begin() + from, a.begin() + to, b.begin() + from, [](int x, int y) { return x + y <= kSafeSum; });
}

struct SafeGroup {
  std::int64_t number;
  Loads loads;

  int most() const { return *std::max_element(loads.begin(), loads.end()); }
};

// Takes groups that fit together in some lanes out of `safe`, where the lightest is first, and appends their numbers to `pairs`. The
// heaviest is given the lightest partner that it has, as others have more to choose from. Few are tried, so that packing stays linear.
void take_pairs(std::vector<SafeGroup>& safe, Lanes lanes, std::vector<std::int64_t>& pairs) {
  constexpr std::ptrdiff_t kTried = 32;
  std::vector<SafeGroup> alone;
  while (!safe.empty()) {
    const SafeGroup group = safe.back();
    safe.pop_back();
    const auto tried = safe.begin() + std::min<std::ptrdiff_t>(kTried, std::ssize(safe));
    const auto partner =
        std::find_if(safe.begin(), tried, [&](const SafeGroup& other) { return fit_together(group.loads, other.loads, lanes); });
    if (partner == tried) {
      alone.push_back(group);
    } else {
      pairs.insert(pairs.end(), {group.number, partner->number});
      safe.erase(partner);
    }
  }
  safe.assign(alone.rbegin(), alone.rend());
}

// The groups of a run, by their numbers.
struct Routed {
  std::vector<std::int64_t> pairs, half_pairs[2], singles[kPairings], wides;
};

// `half`: lanes of a register, of which a panel has one or two.
Routed route(const std::int8_t* groups, std::int64_t count, std::int64_t lanes, std::int64_t half) {
  Routed routed;
  std::vector<SafeGroup> safe;
  for (std::int64_t g = 0; g < count; ++g) {
    Loads loads{};
    const int pairing = fitting_pairing(groups + g * lanes * kGroup, lanes, loads);
    if (pairing == 0)
      safe.push_back({g, loads});
    else
      (pairing < kPairings ? routed.singles[pairing] : routed.wides).push_back(g);
  }
  std::stable_sort(safe.begin(), safe.end(), [](const SafeGroup& a, const SafeGroup& b) { return a.most() < b.most(); });
  take_pairs(safe, {0, lanes}, routed.pairs);
  if (lanes > half) {
    take_pairs(safe, {0, half}, routed.half_pairs[0]);
    take_pairs(safe, {half, lanes}, routed.half_pairs[1]);
  }
  for (const SafeGroup& group : safe) routed.singles[0].push_back(group.number);
  return routed;
}

// Appends the bytes of a group with its inputs paired in one way.
void append_bytes(const std::int8_t* group, std::int64_t lanes, int pairing, std::vector<std::int8_t>& weights) {
  weights.insert(weights.end(), group, group + kGroup * lanes);
  if (pairing == 0) return;
  std::int8_t* to = &weights[weights.size() - static_cast<std::size_t>(kGroup * lanes)];
  for (std::int64_t lane = 0; lane < lanes; ++lane, to += kGroup, group += kGroup)
    for (int i = 0; i < kGroup; ++i) to[i] = group[kPairing[pairing][i]];
}

// Appends the words of a group that is widened.
void append_words(const std::int8_t* group, std::int64_t lanes, std::vector<std::int8_t>& weights) {
  std::array<std::int16_t, kGroup * kMostLanes> words{};
  const auto half = static_cast<std::size_t>(kGroup / 2 * lanes);
  for (std::size_t i = 0; i < half; ++i) {
    words[i] = group[2 * i];
    words[half + i] = group[2 * i + 1];
  }
  const auto* bytes = reinterpret_cast<const std::int8_t*>(words.data());
  weights.insert(weights.end(), bytes, bytes + 2 * half * sizeof(std::int16_t));
}

}  // namespace

RoutedPanels route_panels(const std::int8_t* packed, const std::vector<Panel>& panels, int lanes, std::int64_t runs,
                          std::int64_t run_groups) {
  RoutedPanels routed;
  std::vector<std::int8_t> weights;
  const auto append = [&](const std::vector<std::int64_t>& groups, const std::int8_t* run, std::int64_t width, int pairing) {
    for (const std::int64_t g : groups) {
      routed.places.push_back(static_cast<std::int32_t>(g * kGroup));
      const std::int8_t* group = run + g * width * kGroup;
      pairing < kPairings ? append_bytes(group, width, pairing, weights) : append_words(group, width, weights);
    }
  };
  for (const Panel& panel : panels) {
    const std::int64_t width = std::int64_t{panel.vectors} * lanes;
    OCTET_CHECK(width <= kMostLanes, "a panel that is too wide to be routed");
    routed.first_weight.push_back(weights.size());
    for (std::int64_t r = 0; r < runs; ++r) {
      const std::int8_t* run = packed + panel.offset + r * run_groups * width * kGroup;
      const Routed order = route(run, run_groups, width, lanes);
      append(order.pairs, run, width, 0);
      for (const auto& half_pairs : order.half_pairs) append(half_pairs, run, width, 0);
      for (int pairing = 0; pairing < kPairings; ++pairing) append(order.singles[pairing], run, width, pairing);
      append(order.wides, run, width, kPairings);
      GroupRoutes& counts = routed.routes.emplace_back();
      counts.pairs = static_cast<std::int32_t>(order.pairs.size() / 2);
      for (int i = 0; i < 2; ++i) counts.half_pairs[i] = static_cast<std::int32_t>(order.half_pairs[i].size() / 2);
      for (int pairing = 0; pairing < kPairings; ++pairing)
        counts.singles[pairing] = static_cast<std::int32_t>(order.singles[pairing].size());
      counts.wides = static_cast<std::int32_t>(order.wides.size());
    }
  }
  routed.weights = AlignedBuffer<std::int8_t>(weights.size());
  std::copy(weights.begin(), weights.end(), routed.weights.data());
  return routed;
}

bool routes_pay(const Conv2dShape& shape, std::span<const std::int16_t> weights, int lanes) {
  if (shape.in_channels % kGroup != 0) return false;
  constexpr std::int64_t kLooks = 512;  // at most twice as many groups, from all over the layer
  const std::int64_t taps = shape.kernel_h * shape.kernel_w, width = 2 * std::int64_t{lanes}, depth = shape.in_channels * taps;
  const std::int64_t panels = (shape.out_channels + width - 1) / width, groups = depth / kGroup, all = panels * groups;
  std::int64_t safe = 0, seen = 0;
  for (std::int64_t at = 0; at < all; at += std::max<std::int64_t>(1, all / kLooks), ++seen) {
    const std::int64_t first = at / groups * width, last = std::min(first + width, shape.out_channels);
    const std::int64_t tap = at % groups % taps, in = at % groups / taps * kGroup;
    std::array<std::int8_t, kGroup * kMostLanes> group{};
    for (std::int64_t o = first; o < last; ++o)
      for (std::int64_t i = 0; i < kGroup; ++i)
        group[static_cast<std::size_t>((o - first) * kGroup + i)] =
            static_cast<std::int8_t>(weights[static_cast<std::size_t>(o * depth + (in + i) * taps + tap)]);
    Loads loads{};
    if (fitting_pairing(group.data(), last - first, loads) < kPairings) ++safe;
  }
  return kSafeShare * static_cast<double>(seen) <= static_cast<double>(safe);
}

}  // namespace octet::kernels
