#include "kernels/conv2d/routes.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace octet::kernels {
namespace {

constexpr int kGroup = 4;
constexpr int kSafeSum = 128;       // times 255 stays within 16 bits
constexpr double kSafeShare = 0.4;  // of all groups, from which on routes take less time than words

// The weights of a group for each lane, paired in one way.
std::vector<std::int8_t> paired(const std::int8_t* group, std::int64_t lanes, int pairing) {
  std::vector<std::int8_t> weights(static_cast<std::size_t>(kGroup * lanes));
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = group[i / kGroup * kGroup + kPairing[pairing][i % kGroup]];
  return weights;
}

// Of each of the two sums of a lane the positive and the negative weights.
std::vector<int> loads_of(std::span<const std::int8_t> weights) {
  std::vector<int> loads(weights.size());
  for (std::size_t i = 0; i < weights.size(); ++i) loads[i / 2 * 2 + (weights[i] < 0 ? 1 : 0)] += std::abs(weights[i]);
  return loads;
}

bool fits(const std::vector<int>& loads) {
  return std::ranges::all_of(loads, [](int sum) { return sum <= kSafeSum; });
}

bool fit_together(const std::vector<int>& a, const std::vector<int>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), [](int x, int y) { return x + y <= kSafeSum; });
}

// The groups of a run, by their numbers.
struct Routed {
  std::vector<std::int64_t> pairs, singles[kPairings], wides;
};

// Finds groups that fit together, of those with the loads of `safe`.
void pair_up(std::vector<std::pair<std::int64_t, std::vector<int>>> safe, Routed& routed) {
  constexpr std::ptrdiff_t kTried = 16;  // partners of a group, so that packing stays linear
  while (!safe.empty()) {
    const auto [group, loads] = std::move(safe.back());
    safe.pop_back();
    const auto tried = safe.end() - std::min<std::ptrdiff_t>(kTried, std::ssize(safe));
    const auto partner = std::find_if(tried, safe.end(), [&, &own = loads](const auto& other) { return fit_together(own, other.second); });
    if (partner == safe.end()) {
      routed.singles[0].push_back(group);
    } else {
      routed.pairs.insert(routed.pairs.end(), {group, partner->first});
      safe.erase(partner);
    }
  }
}

Routed route(const std::int8_t* groups, std::int64_t count, std::int64_t lanes) {
  Routed routed;
  std::vector<std::pair<std::int64_t, std::vector<int>>> safe;
  for (std::int64_t g = 0; g < count; ++g) {
    int pairing = 0;
    std::vector<int> loads;
    for (; pairing < kPairings; ++pairing)
      if (fits(loads = loads_of(paired(groups + g * lanes * kGroup, lanes, pairing)))) break;
    if (pairing == 0)
      safe.emplace_back(g, std::move(loads));
    else
      (pairing < kPairings ? routed.singles[pairing] : routed.wides).push_back(g);
  }
  pair_up(std::move(safe), routed);
  return routed;
}

// Writes the words of a group that is widened.
void append_words(const std::int8_t* group, std::int64_t lanes, std::vector<std::int8_t>& to) {
  for (const int first : {0, 1})
    for (std::int64_t i = first; i < lanes * kGroup; i += 2) {
      const std::int16_t word = group[i];
      std::array<std::int8_t, sizeof word> bytes{};
      std::memcpy(bytes.data(), &word, sizeof word);
      to.insert(to.end(), bytes.begin(), bytes.end());
    }
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
      if (pairing == kPairings) {
        append_words(group, width, weights);
        continue;
      }
      const auto bytes = paired(group, width, pairing);
      weights.insert(weights.end(), bytes.begin(), bytes.end());
    }
  };
  for (const Panel& panel : panels) {
    const std::int64_t width = std::int64_t{panel.vectors} * lanes;
    routed.first_weight.push_back(weights.size());
    for (std::int64_t r = 0; r < runs; ++r) {
      const std::int8_t* run = packed + panel.offset + r * run_groups * width * kGroup;
      const Routed order = route(run, run_groups, width);
      append(order.pairs, run, width, 0);
      for (int pairing = 0; pairing < kPairings; ++pairing) append(order.singles[pairing], run, width, pairing);
      append(order.wides, run, width, kPairings);
      GroupRoutes& counts = routed.routes.emplace_back();
      counts.pairs = static_cast<std::int32_t>(order.pairs.size() / 2);
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
  const std::int64_t taps = shape.kernel_h * shape.kernel_w, width = 2 * std::int64_t{lanes}, depth = shape.in_channels * taps;
  std::int64_t safe = 0, all = 0;
  std::vector<std::int8_t> group;
  for (std::int64_t first = 0; first < shape.out_channels; first += width)
    for (std::int64_t tap = 0; tap < taps; ++tap)
      for (std::int64_t in = 0; in < shape.in_channels; in += kGroup, ++all) {
        const std::int64_t last = std::min(first + width, shape.out_channels);
        group.clear();
        for (std::int64_t o = first; o < last; ++o)
          for (std::int64_t i = in; i < in + kGroup; ++i)
            group.push_back(static_cast<std::int8_t>(weights[static_cast<std::size_t>(o * depth + i * taps + tap)]));
        for (int pairing = 0; pairing < kPairings; ++pairing)
          if (fits(loads_of(paired(group.data(), last - first, pairing)))) {
            ++safe;
            break;
          }
      }
  return kSafeShare * static_cast<double>(all) <= static_cast<double>(safe);
}

}  // namespace octet::kernels
