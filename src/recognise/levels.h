#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/image_size.h"
#include "graph/graph.h"

namespace octet {

inline constexpr std::int64_t kBoxColumns = 4, kMaxClasses = 1 << 16;

// One output of a graph.
struct OutputShape {
  std::string name;
  Shape shape;
};
std::vector<OutputShape> output_shapes(const Graph& graph);

// "boxes [1,300,4], scores [1,300,80]".
std::string list_of(const std::vector<OutputShape>& outputs);

// Columns of one output, in the order of levels.
struct ColumnGroup {
  std::int64_t columns = 0;
  std::vector<std::string> outputs;  // one a level
};

// Outputs whose candidates are the cells of feature maps: `anchors` candidates a cell, a level of all maps or one a map. Every level has
// the same columns, in as many outputs as there are groups.
struct Levels {
  std::vector<int> strides;
  int anchors = 1;
  bool are_maps = false;  // outputs [1,columns,H,W] or [1,H,W,columns]
  std::vector<ColumnGroup> groups;
};

// How the outputs are levels of a picture of that size; nothing where their numbers of candidates are those of no feature maps.
std::optional<Levels> find_levels(const std::vector<OutputShape>& outputs, ImageSize input);

// Whether so many numbers are those of one box: four, or four distributions of as many bins as the families have.
bool are_usual_box_columns(std::int64_t columns);

// How many boxes of four numbers a cell has, where those of one map of boxes and one of scores may be those of several anchors (RetinaNet
// and EfficientDet have nine) rather than distributions beside scores of as many classes as there are columns; nothing where they are not.
// `classes`: as many as there are names, where there are any.
std::optional<std::int64_t> anchors_a_cell(std::int64_t box_columns, std::int64_t score_columns, std::optional<int> classes);

// Maps with three candidates a cell, their columns anchor by anchor: [1,3*columns,H,W], [1,H,W,3*columns] or [1,3,H,W,columns].
struct AnchorLevels {
  std::vector<int> strides;
  std::vector<std::string> outputs;  // one a stride
  std::int64_t columns = 0;          // of one candidate
};

// How the outputs are such maps, one a level; nothing where they are not.
std::optional<AnchorLevels> find_anchor_levels(const std::vector<OutputShape>& outputs, ImageSize input);

}  // namespace octet
