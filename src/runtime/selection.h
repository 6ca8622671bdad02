#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/lowering.h"

namespace octet {

// How a graph is computed: the choices that a plan rests on, made before any memory is laid out.
struct Selection {
  std::vector<std::optional<Match>> matches;  // by node; nothing for inputs, constants and what others absorb
  std::vector<std::string> passed_over;       // by node: why lowerings that stand before the chosen one did not match
  Forms forms;

  const Match* match(NodeId id) const { return matches[index_of(id)] ? &*matches[index_of(id)] : nullptr; }
};

// Gives each node the first lowering of lowerings/list.h that takes it.
// `input` is the form in which parameters are given.
Selection select_lowerings(const Graph& graph, const Constants& constants, const FusionFinder& fusion, Format input = Format::kPlain);

}  // namespace octet
