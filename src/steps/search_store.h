#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "steps/tradeoff.h"

namespace octet {

// Keeps what the search among the layers of a model measured outside of the run, so that one that is ended can go on later. Safe from
// several threads.
class SearchStore {
 public:
  SearchStore() = default;
  SearchStore(const SearchStore&) = delete;
  SearchStore& operator=(const SearchStore&) = delete;
  virtual ~SearchStore() = default;

  // Comes first. `digest` is of all that decides what is measured: what was kept of anything else is forgotten.
  virtual Status begin(const std::string& digest) = 0;

  // Of which there are so many.
  virtual std::size_t trials() const = 0;
  virtual std::size_t steps() const = 0;

  // The error that a layer, by its place among those that are tried, alone makes in the picture of an id; nothing where that is not known.
  virtual std::optional<double> known_trial(std::int64_t picture, std::size_t layer) const = 0;
  virtual Status keep_trial(std::int64_t picture, std::size_t layer, double error) = 0;

  // What the model with so many layers in float reaches; without relative latency and choice, which are not measured.
  virtual std::optional<TradeoffStep> known_step(std::size_t wide_layers) const = 0;
  virtual Status keep_step(const TradeoffStep& step) = 0;
};

}  // namespace octet
