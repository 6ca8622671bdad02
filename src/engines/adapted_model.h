#pragma once

#include <memory>
#include <optional>

#include "engines/engine.h"

namespace octet {

// What is computed by octet around the network of another engine.
struct Adapters {
  std::optional<Graph> before{};  // gives the inputs of the network; nothing: the inputs are those of the network
  std::optional<Graph> after{};   // takes the outputs of the network; nothing: the outputs are those of the network
};

// A graph as a model of which another engine runs the network. With EngineOptions::picture_input it takes bytes.
Result<std::shared_ptr<const EngineModel>> adapted_model(const Graph& graph, std::shared_ptr<const EngineModel> network, Adapters adapters,
                                                         const EngineOptions& options);

}  // namespace octet
