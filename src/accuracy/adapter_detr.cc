// detr: class logits [1, queries, classes + 1], of which the last is "none", and boxes [1, queries, 4] of centre and size, 0..1.

#include <algorithm>
#include <cmath>

#include "accuracy/adapters.h"

namespace octet::accuracy {
namespace {

struct Decoder {
  std::size_t scores = 0, boxes = 0;
  std::size_t queries = 0, classes = 0;

  ImageBoxes operator()(std::span<const Tensor> outputs, const Frame&) const;
};

ImageBoxes Decoder::operator()(std::span<const Tensor> outputs, const Frame&) const {
  const auto logits = outputs[scores].values<float>();
  const auto places = outputs[boxes].values<float>();
  ImageBoxes found;
  for (std::size_t i = 0; i < queries; ++i) {
    const auto row = logits.subspan(i * (classes + 1), classes + 1);
    const float largest = *std::ranges::max_element(row);
    float sum = 0;
    for (const float logit : row) sum += std::exp(logit - largest);
    const auto best = std::max_element(row.begin(), row.end() - 1);
    const float *box = &places[4 * i], score = std::exp(*best - largest) / sum;
    found.boxes.push_back({box[0] - 0.5 * box[2], box[1] - 0.5 * box[3], box[0] + 0.5 * box[2], box[1] + 0.5 * box[3], score,
                           static_cast<int>(best - row.begin())});
  }
  return found;
}

}  // namespace

Result<Adapter> make_detr_adapter(Settings& settings, const Network& network, Notes&) {
  const std::string scores = settings.text("scores_out"), boxes = settings.text("boxes_out");
  OCTET_RETURN_IF_ERROR(settings.finish());
  Decoder decoder;
  OCTET_ASSIGN(decoder.scores, find_output(network, scores));
  OCTET_ASSIGN(decoder.boxes, find_output(network, boxes));
  const NetworkOutput& logits = network.outputs[decoder.scores];
  if (logits.shape.size() != 3 || logits.shape[0] != 1 || logits.shape[2] < 2) return wrong_shape(logits, "[1, queries, classes + 1]");
  decoder.queries = static_cast<std::size_t>(logits.shape[1]);
  decoder.classes = static_cast<std::size_t>(logits.shape[2]) - 1;
  if (network.outputs[decoder.boxes].shape != Shape{1, logits.shape[1], 4})
    return wrong_shape(network.outputs[decoder.boxes], "[1, queries, 4]");
  return Adapter(decoder);
}

}  // namespace octet::accuracy
