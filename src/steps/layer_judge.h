#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "boxes/detection.h"
#include "data/dataset.h"
#include "image/image.h"
#include "model/description.h"
#include "quant/layer_alone.h"
#include "steps/search_store.h"

namespace octet {

// Judges layers of a quantized model by what it does to the detections, all others in floats; needs no annotations.
class LayerJudge {
 public:
  // Of no picture yet. What is given by reference must outlive the judge.
  static Result<LayerJudge> make(const quant::LayerTrials& trials, const ModelDescription& description, int threads);

  // By the first `pictures` pictures of the set that can be read and in which the model in floats finds something, and by no others from
  // now on. kNotFound where there are none.
  Status judge_by(const Dataset& dataset, std::size_t pictures);

  // Of each layer that is tried, by its name: the power that quantizing it adds to its result, over the power of that; mean over the
  // pictures.
  const std::map<std::string, double>& noise() const { return noise_; }

  // Of some of them the mean of detection_error() over the pictures. What `store`, where there is one, knows of a trial is not tried again.
  Result<std::map<std::string, double>> errors(const std::set<std::string>& names, SearchStore* store, const Progress& progress) const;

 private:
  LayerJudge(const quant::LayerTrials& trials, const ModelDescription& description, int threads)
      : trials_(&trials), description_(&description), threads_(threads) {}

  // Takes those of some pictures, of these ids, in which something is found.
  Status take(std::vector<Image> images, const std::vector<std::int64_t>& ids);
  Result<std::vector<Detection>> detect(std::span<const Tensor> outputs, ImageSize size, double threshold) const;

  const quant::LayerTrials* trials_;
  const ModelDescription* description_;
  int threads_;
  std::shared_ptr<const Plan> plan_;
  std::vector<Tensor> inputs_;  // of each picture
  std::vector<std::int64_t> ids_;
  std::vector<ImageSize> sizes_;
  std::vector<std::vector<Detection>> reference_;
  std::map<std::string, double> noise_;
};

}  // namespace octet
