#include "importers/tensorflow/priors.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>
#include <string>

namespace octet::tensorflow {
namespace {

// Anchors are float corners; centres and sizes of them agree to a few units in the last place of 1.
constexpr double kTolerance = 2e-6;

std::vector<float> variances_of(const BoxCoder& coder) {
  std::vector<float> variances;
  for (const double scale : coder.scale) variances.push_back(static_cast<float>(1 / scale));
  return variances;
}

// Widths and heights of the anchors of a cell as fractions of the image, if all cells have the same around their centre.
std::optional<std::vector<Anchor>> clustered(std::span<const Anchor> anchors, std::int64_t rows, std::int64_t columns) {
  const std::int64_t cells = rows * columns, count = static_cast<std::int64_t>(anchors.size()) / cells;
  if (count < 1 || count * cells != static_cast<std::int64_t>(anchors.size())) return std::nullopt;
  std::vector<Anchor> mean(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < cells * count; ++i) {
    const Anchor& anchor = anchors[static_cast<std::size_t>(i)];
    const std::int64_t cell = i / count, column = cell % columns, row = cell / columns;
    const double cx = (static_cast<double>(column) + 0.5) / static_cast<double>(columns);
    const double cy = (static_cast<double>(row) + 0.5) / static_cast<double>(rows);
    const Anchor& first = anchors[static_cast<std::size_t>(i % count)];
    for (const double difference : {anchor.cx - cx, anchor.cy - cy, anchor.width - first.width, anchor.height - first.height})
      if (!(std::fabs(difference) < kTolerance)) return std::nullopt;
    mean[static_cast<std::size_t>(i % count)].width += anchor.width / static_cast<double>(cells);
    mean[static_cast<std::size_t>(i % count)].height += anchor.height / static_cast<double>(cells);
  }
  return mean;
}

PriorBoxClustered prior_boxes(const std::vector<Anchor>& cell, const BoxCoder& coder, const ImageInput& image) {
  PriorBoxClustered op;
  op.variances = variances_of(coder);
  for (const Anchor& anchor : cell) {
    op.widths.push_back(static_cast<float>(anchor.width * static_cast<double>(image.width)));
    op.heights.push_back(static_cast<float>(anchor.height * static_cast<double>(image.height)));
  }
  return op;
}

}  // namespace

Tensor listed_priors(std::span<const Anchor> anchors, const BoxCoder& coder) {
  Tensor priors(ElementType::kF32, {2, static_cast<std::int64_t>(anchors.size()) * 4});
  const auto values = priors.mutable_values<float>();
  const std::vector<float> variances = variances_of(coder);
  for (std::size_t i = 0; i < anchors.size(); ++i) {
    const Anchor& a = anchors[i];
    const double corners[]{a.cx - a.width / 2, a.cy - a.height / 2, a.cx + a.width / 2, a.cy + a.height / 2};
    for (std::size_t k = 0; k < 4; ++k) {
      values[i * 4 + k] = static_cast<float>(corners[k]);
      values[(anchors.size() + i) * 4 + k] = variances[k];
    }
  }
  return priors;
}

Result<Value> append_priors(const BoxCoder& coder, const Heads& boxes, const ImageInput& image, Graph& graph) {
  std::vector<Value> items;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < boxes.maps.size(); ++i) {
    const Heads::Map& map = boxes.maps[i];
    const auto anchors = std::span(coder.anchors).subspan(begin, static_cast<std::size_t>(map.num_rows));
    begin += anchors.size();
    const std::string name = "PriorBoxClustered_" + std::to_string(i);
    const std::int64_t rows = map.feature.shape[2], columns = map.feature.shape[3];
    if (const auto cell = clustered(anchors, rows, columns)) {
      const std::vector<Value> sizes{emit_integers(graph, {rows, columns}, name + "/grid"),
                                     emit_integers(graph, {image.height, image.width}, name + "/image")};
      OCTET_ASSIGN(const NodeId node, graph.add(prior_boxes(*cell, coder, image), sizes, name));
      items.push_back({node, 0});
    } else {
      items.push_back(graph.emit_constant(listed_priors(anchors, coder), "Anchors_" + std::to_string(i)));
    }
  }
  Value all = items.front();
  if (items.size() > 1) {
    OCTET_ASSIGN(const NodeId joined, graph.add(Concat{1}, std::move(items), "ConcatPriorBoxesClustered"));
    all = {joined, 0};
  }
  OCTET_ASSIGN(const NodeId priors, graph.add(Unsqueeze{}, {all, emit_integers(graph, {0}, "Priors/axis")}, "Priors"));
  return Value{priors, 0};
}

}  // namespace octet::tensorflow
