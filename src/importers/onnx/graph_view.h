#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "formats/onnx/model.h"

namespace octet::onnx {

// Questions about who makes a value and what it depends on. The graph must outlive it.
class GraphView {
 public:
  GraphView(const GraphRecord& graph, const std::string& picture);

  // Null for inputs and initializers.
  const NodeRecord* maker(std::string_view value) const;
  bool depends_on_picture(std::string_view value) const { return of_picture_.contains(value); }
  // On an input beside the picture.
  bool depends_on_other_input(std::string_view value) const { return of_others_.contains(value); }
  // The one number that a value is, where it is known without computing.
  std::optional<double> number(std::string_view value) const;

 private:
  void mark_readers(const std::vector<std::string_view>& from, std::unordered_set<std::string_view>& marked) const;

  const GraphRecord& graph_;
  std::unordered_map<std::string_view, const NodeRecord*> makers_;
  std::unordered_set<std::string_view> of_picture_, of_others_;
};

}  // namespace octet::onnx
