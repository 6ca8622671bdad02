#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "runtime/fusion.h"
#include "runtime/plan_data.h"

namespace octet {

class PlanBuilder;

// The form in which a value first exists.
struct Form {
  Format format = Format::kPlain;
  QuantParamsPtr quant;  // for kImageU8 and kPlainU8
};

// The forms of all values that some step writes or that are given as inputs.
struct Forms {
  std::map<Value, Form> natural;
  std::map<Value, Value> same;  // values that are another by name: FakeQuantize nodes with equal limits

  Value resolve(Value value) const;
  // Whether a value lies as an image, of floats or quantized; an input never does.
  bool is_image(Value value) const;
  // Null for a value that is no image of bytes.
  QuantParamsPtr quant(Value value) const;
  // Null for a value that does not lie as bytes in the order of the graph.
  QuantParamsPtr plain_quant(Value value) const;
};

// How the results of a node may share memory with its inputs, so that nothing need be copied. Offsets are in elements.
struct Sharing {
  enum class Kind : std::uint8_t {
    kNone,
    kChannelsOfInput,  // result i is the channels of input 0 from offsets[i] on, and never has memory of its own
    kPixelsOfInput,    // the result is the pixels of the image that is input 0, as they lie in memory
    kBytesOfInput,     // the result is input 0 with another shape
    kJoinsChannels,    // input i is the channels of the result from offsets[i] on
    kJoinsRuns,        // input i is the elements of the result from offsets[i] on
  };
  Kind kind = Kind::kNone;
  std::vector<std::int64_t> offsets;
};

// What a lowering does with a node. `emit` adds the steps; it is called after all nodes have matched and all values have
// been placed, in the order of the graph, and carries what the match has found out. Null: there is nothing to do.
struct Match {
  std::vector<std::pair<Value, Form>> results;  // the values that exist afterwards
  std::vector<NodeId> absorbed;                 // later nodes that are computed along with this one
  std::vector<std::pair<Value, Value>> same;    // a value, and the result that it is another name of
  Sharing sharing;
  std::function<void(PlanBuilder&)> emit;
};

// The lowering does not take the node. The reason is empty where it is meant for other operations, or where another
// lowering for this one says more.
struct NoMatch {
  std::string reason;
};

using MatchResult = std::variant<NoMatch, Match>;

// What is known while lowerings are chosen, node after node in the order of the graph.
struct MatchContext {
  const Graph& graph;
  const Constants& constants;
  const FusionFinder& fusion;
  const Forms& forms;  // of all values before the node
};

// One way to compute a node.
struct Lowering {
  std::string_view name;  // stands before its reasons
  MatchResult (*match)(const MatchContext& context, NodeId id);
};

}  // namespace octet
