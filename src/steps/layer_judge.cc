#include "steps/layer_judge.h"

#include <algorithm>
#include <optional>

#include "detect/postprocess.h"
#include "detector/detector.h"
#include "eval/fidelity.h"
#include "image/decode.h"
#include "image/resize.h"
#include "steps/detection_error.h"

namespace octet {
namespace {

// What scores less is no match for a reference of kReferenceScore.
constexpr double kLeastScore = 0.1;

Tensor input_of(const Image& image, const ModelDescription& description) {
  Tensor input(ElementType::kF32, {1, Image::kChannels, description.input.height, description.input.width});
  resize_to_planes(image, description.resize, description.input, input.mutable_values<float>(), description.pad_value);
  return input;
}

}  // namespace

Result<LayerJudge> LayerJudge::make(const quant::LayerTrials& trials, const ModelDescription& description, int threads) {
  LayerJudge judge(trials, description, threads);
  OCTET_ASSIGN(judge.plan_, quant::compile_trials(trials));
  return judge;
}

Status LayerJudge::judge_by(const Dataset& dataset, std::size_t pictures) {
  inputs_.clear();
  ids_.clear();
  sizes_.clear();
  reference_.clear();
  noise_.clear();
  for (std::size_t next = 0; next < dataset.images.size() && inputs_.size() < pictures;) {
    std::vector<Image> images;
    std::vector<std::int64_t> ids;
    for (; next < dataset.images.size() && inputs_.size() + images.size() < pictures; ++next)
      if (auto image = read_image(dataset.images[next].path, dataset.decode); image.ok()) {  // else the calibration has named it
        images.push_back(std::move(*image));
        ids.push_back(dataset.images.id(next));
      }
    OCTET_RETURN_IF_ERROR(take(std::move(images), ids));
  }
  if (inputs_.empty()) return Error{ErrorCode::kNotFound, "finds nothing in the pictures of the calibration set"};
  for (auto& [name, noise] : noise_) noise /= static_cast<double>(inputs_.size());
  return {};
}

Status LayerJudge::take(std::vector<Image> images, const std::vector<std::int64_t>& ids) {
  std::vector<Tensor> inputs;
  for (const Image& image : images) inputs.push_back(input_of(image, *description_));
  std::vector<std::vector<Detection>> found(images.size());
  const auto detect_in = [&](std::size_t picture, std::optional<std::size_t>, std::span<const Tensor> outputs) -> Status {
    OCTET_ASSIGN(found[picture], detect(outputs, images[picture].size(), kReferenceScore));
    return {};
  };
  OCTET_ASSIGN(const auto results, quant::measure_results(*trials_, plan_, inputs, threads_, detect_in));
  for (std::size_t i = 0; i < images.size(); ++i) {
    if (found[i].empty()) continue;
    for (std::size_t layer = 0; layer < results[i].size(); ++layer) noise_[trials_->layers[layer].name] += results[i][layer].relative();
    inputs_.push_back(std::move(inputs[i]));
    ids_.push_back(ids[i]);
    sizes_.push_back(images[i].size());
    reference_.push_back(std::move(found[i]));
  }
  return {};
}

Result<std::map<std::string, double>> LayerJudge::errors(const std::set<std::string>& names, SearchStore* store,
                                                         const Progress& progress) const {
  std::vector<std::map<std::size_t, double>> of_picture(inputs_.size());
  std::vector<std::vector<std::size_t>> untried(inputs_.size());
  for (std::size_t picture = 0; picture < inputs_.size(); ++picture)
    for (std::size_t i = 0; i < trials_->layers.size(); ++i) {
      if (!names.contains(trials_->layers[i].name)) continue;
      if (const auto known = store ? store->known_trial(ids_[picture], i) : std::nullopt)
        of_picture[picture][i] = *known;
      else
        untried[picture].push_back(i);
    }
  const auto compare = [&](std::size_t picture, std::optional<std::size_t> layer, std::span<const Tensor> outputs) -> Status {
    if (!layer) return {};
    OCTET_ASSIGN(const auto found, detect(outputs, sizes_[picture], kLeastScore));
    const double error = of_picture[picture][*layer] = detection_error(reference_[picture], found);
    return store ? store->keep_trial(ids_[picture], *layer, error) : Status();
  };
  OCTET_RETURN_IF_ERROR(quant::run_trials(plan_, inputs_, untried, threads_, compare, progress));
  std::map<std::string, double> errors;
  for (const auto& of_layer : of_picture)
    for (const auto& [layer, error] : of_layer) errors[trials_->layers[layer].name] += error / static_cast<double>(inputs_.size());
  return errors;
}

Result<std::vector<Detection>> LayerJudge::detect(std::span<const Tensor> outputs, ImageSize size, double threshold) const {
  return detections_from_outputs(*description_, named_outputs(plan_->outputs(), outputs), size, {.score_threshold = threshold});
}

}  // namespace octet
