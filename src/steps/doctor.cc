#include "steps/doctor.h"

#include <algorithm>

#include <fmt/format.h>

#include "model/model_info.h"
#include "recognise/picture.h"
#include "steps/check.h"

namespace octet {
namespace {

namespace fs = std::filesystem;

// A better AP that is less than what rounding moves is no finding.
constexpr double kLeastGain = 1e-3;

struct Change {
  std::string what;
  ModelInfo settings;
};

// Changes of one thing, of which only one can be right.
using Choice = std::vector<Change>;

// How a model is used now, and whether its steps are those of the file (else what is tried goes in front of what the graph does already).
struct Present {
  ModelDescription description;
  passes::InputSteps steps;
};

Choice orders_of_channels(const Present& present) {
  const bool reverse = !present.steps.reverse_channels;
  return {{fmt::format("channels in the order {}", reverse ? "R, G, B" : "B, G, R"), {{"reverse_input_channels", reverse ? "YES" : "NO"}}}};
}

Choice means_and_scales(const Present& present) {
  std::string imagenet_mean = "123.675 116.28 103.53", imagenet_scale = "58.395 57.12 57.375";
  if (!present.steps.reverse_channels) {
    imagenet_mean = "103.53 116.28 123.675";
    imagenet_scale = "57.375 57.12 58.395";
  }
  const std::pair<std::string, ModelInfo> all[] = {
      {"0 to 255", {{"mean_values", "0"}, {"scale_values", "1"}}},
      {"0 to 1", {{"mean_values", "0"}, {"scale_values", "255"}}},
      {"-1 to 1", {{"mean_values", "127.5"}, {"scale_values", "127.5"}}},
      {"ImageNet's mean and deviation", {{"mean_values", imagenet_mean}, {"scale_values", imagenet_scale}}},
      {"ImageNet's mean alone", {{"mean_values", imagenet_mean}, {"scale_values", "1"}}},
      {"255 times as much", {{"mean_values", "0"}, {"scale_values", "0.00392156862745098"}}},
  };
  const ModelInfo now = declaration_of(present.description.resize, present.steps);
  Choice choice;
  for (const auto& [what, settings] : all)
    if (settings.at("mean_values") != now.at("mean_values") || settings.at("scale_values") != now.at("scale_values"))
      choice.push_back({"pixels as " + what, settings});
  return choice;
}

Choice resizes(const Present& present) {
  const std::string now = declaration_of(present.description.resize, {}).at("octet_resize");
  Choice choice;
  for (const std::string word : {"stretch", "letterbox_rounded", "letterbox_corner"})
    if (word != now) choice.push_back({"resized by " + word, {{"octet_resize", word}}});
  return choice;
}

Choice places_of_labels(const Present& present) {
  Choice choice;
  for (const int step : {-1, 1}) {
    const int offset = present.description.label_offset + step;
    choice.push_back({fmt::format("labels moved by {}", offset), {{"octet_label_offset", std::to_string(offset)}}});
  }
  return choice;
}

class Examination {
 public:
  Examination(const fs::path& model, const ConvertOptions& options, const Dataset& dataset, const DetectRunOptions& run)
      : model_(model), options_(options), dataset_(dataset), run_(run) {}

  Result<DoctorResult> run() {
    OCTET_ASSIGN(const OpenedModel opened, open_model_with(model_, options_, {}));
    const Present present{opened.description, opened.steps};
    const Choice choices[] = {orders_of_channels(present), means_and_scales(present), resizes(present), places_of_labels(present)};
    total_ = 2;  // the present setting and the last trial
    for (const Choice& choice : choices) total_ += std::ssize(choice);
    present_ = declaration_of(present.description.resize, present.steps);
    OCTET_RETURN_IF_ERROR(attempt({"", {}}));
    ModelInfo together;
    int better = 0;
    for (const Choice& choice : choices) {
      OCTET_ASSIGN(const Change* const best, best_of(choice));
      if (!best) continue;
      ++better;
      for (const auto& [key, value] : best->settings) together[key] = value;
    }
    if (better > 1) OCTET_RETURN_IF_ERROR(attempt({"every change that was better", together}));
    find_best();
    if (result_.best != 0) OCTET_RETURN_IF_ERROR(find_interval_of_loss());
    if (run_.progress) run_.progress(total_, total_);
    return std::move(result_);
  }

 private:
  // The change that gains most over the present setting, if one does.
  Result<const Change*> best_of(const Choice& choice) {
    const Change* best = nullptr;
    double most = result_.trials[0].ap + kLeastGain;
    for (const Change& change : choice) {
      OCTET_RETURN_IF_ERROR(attempt(change));
      if (result_.trials.back().ap <= most) continue;
      most = result_.trials.back().ap;
      best = &change;
    }
    return best;
  }

  Status attempt(const Change& change) {
    if (run_.progress) run_.progress(std::ssize(result_.trials), total_);
    OCTET_ASSIGN(const CheckResult check, measure({change.settings}));
    result_.images = check.images;
    DoctorTrial trial{change.what, present_, check.models[0].numbers.AP};
    for (const auto& [key, value] : change.settings) trial.settings[key] = value;
    result_.trials.push_back(std::move(trial));
    tried_.push_back(change.settings);
    return {};
  }

  // The model used in these ways. Warnings are those of the first time.
  Result<CheckResult> measure(std::initializer_list<ModelInfo> ways) {
    std::vector<Detector> detectors;
    for (const ModelInfo& settings : ways) {
      OCTET_ASSIGN(const OpenedModel opened, open_model_with(model_, options_, settings));
      OCTET_ASSIGN(Detector detector, make_detector(opened.graph, model_));
      detectors.push_back(std::move(detector));
    }
    DetectRunOptions quiet = run_;
    quiet.progress = {};
    if (!result_.trials.empty()) quiet.warn = {};
    return check_detectors(detectors, dataset_, quiet);
  }

  void find_best() {
    const auto best = std::ranges::max_element(result_.trials, {}, &DoctorTrial::ap);
    const bool gains = best->ap > result_.trials[0].ap + kLeastGain;
    result_.best = gains ? static_cast<std::size_t>(best - result_.trials.begin()) : 0;
  }

  Status find_interval_of_loss() {
    OCTET_ASSIGN(const CheckResult check, measure({tried_[result_.best], tried_[0]}));
    if (!check.drops) return {};
    const ApDrop& loss = check.drops->all;
    result_.loss_low = loss.low;
    result_.loss_high = loss.high;
    result_.loss_p_value = std::min(1.0, loss.p_value * static_cast<double>(result_.trials.size() - 1));  // Bonferroni
    return {};
  }

  const fs::path& model_;
  const ConvertOptions& options_;
  const Dataset& dataset_;
  const DetectRunOptions& run_;
  ModelInfo present_;
  DoctorResult result_;
  std::vector<ModelInfo> tried_;  // of each trial what it changes
  std::int64_t total_ = 0;
};

}  // namespace

Result<DoctorResult> examine(const fs::path& model, const ConvertOptions& options, const Dataset& dataset, const DetectRunOptions& run) {
  return Examination(model, options, dataset, run).run();
}

}  // namespace octet
