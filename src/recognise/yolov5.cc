#include "recognise/yolov5.h"

#include "recognise/origins.h"

namespace octet {

std::vector<std::vector<YoloOutput::Anchor>> yolov5_anchors(const std::vector<int>& strides) {
  if (strides == std::vector{8, 16, 32})
    return {{{10, 13}, {16, 30}, {33, 23}}, {{30, 61}, {62, 45}, {59, 119}}, {{116, 90}, {156, 198}, {373, 326}}};
  if (strides == std::vector{8, 16, 32, 64})
    return {{{19, 27}, {44, 40}, {38, 94}},
            {{96, 68}, {86, 152}, {180, 137}},
            {{140, 301}, {303, 264}, {238, 542}},
            {{436, 615}, {739, 380}, {925, 792}}};
  return {};
}

bool begins_as_yolov5(const Graph& graph) {
  const auto geometry = first_convolution(graph);
  if (!geometry || geometry->groups != 1) return false;
  const bool is_wide = geometry->inputs() == 3 && geometry->kernel == Spatial{6, 6} && geometry->strides == Spatial{2, 2};
  const bool is_focus = geometry->inputs() == 12 && geometry->kernel == Spatial{3, 3} && geometry->strides == Spatial{1, 1};
  return is_wide || is_focus;
}

}  // namespace octet
