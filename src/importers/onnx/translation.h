#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "importers/onnx/node_import.h"

namespace octet::onnx {

// Nodes that the wanted values need, in the order of the graph. kMalformed for a value that nothing gives.
Result<std::vector<const NodeRecord*>> needed_nodes(const GraphRecord& graph, std::span<const std::string> wanted);

// Translates nodes one after another, by the rules of rules.h.
class Translation {
 public:
  // `reserved` are names that nodes of the graph must leave to inputs and outputs.
  Translation(const GraphRecord& source, GraphBuilder& builder, std::unordered_set<std::string> reserved)
      : source_(source), builder_(builder), reserved_(std::move(reserved)) {}

  // Gives a value of the file: a picture, or what stands for an input that is left out.
  void set(const std::string& name, const ImportedValue& value) { values_.insert_or_assign(name, value); }

  // Errors name the node, and where the graph could be cut before it.
  Status run(const std::vector<const NodeRecord*>& nodes);

  // A value that has been translated, or an initializer. kMalformed, with its name, for another.
  Result<ImportedValue> value(const std::string& name);

 private:
  Status translate(const NodeRecord& node);
  Status translate_branch(const NodeRecord& node);
  Result<Values> apply_rule(const NodeRecord& node);
  Result<std::vector<std::optional<ImportedValue>>> inputs_of(const NodeRecord& node);
  std::string advice(const NodeRecord& node);
  std::string name_for(const NodeRecord& node) const;

  const GraphRecord& source_;
  GraphBuilder& builder_;
  std::unordered_set<std::string> reserved_;
  std::unordered_map<std::string, ImportedValue> values_;
  std::unordered_map<std::string_view, const Tensor*> inner_initializers_;  // of branches that are taken
};

}  // namespace octet::onnx
