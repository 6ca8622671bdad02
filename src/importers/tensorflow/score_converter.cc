#include "importers/tensorflow/score_converter.h"

#include <cmath>

#include "importers/tensorflow/probe.h"

namespace octet::tensorflow {
namespace {

using Kind = ScoreConverter::Kind;

// Logits between -3 and 3 that differ from row to row and class to class.
Result<Tensor> trial_logits(const Heads& classes) {
  OCTET_RETURN_IF_ERROR(check_constant_shape(classes.joined_shape));
  Tensor logits(ElementType::kF32, classes.joined_shape);
  const auto values = logits.mutable_values<float>();
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(3 * std::sin(1 + 12.9898 * static_cast<double>(i % 7919)));
  return logits;
}

// Scores of one row of logits.
std::vector<double> convert(Kind kind, double scale, const double* logits, std::size_t count) {
  std::vector<double> scores(count);
  double sum = 0;
  for (std::size_t c = 0; c < count; ++c) {
    const double x = scale * logits[c];
    scores[c] = kind == Kind::kIdentity ? x : kind == Kind::kSigmoid ? 1 / (1 + std::exp(-x)) : std::exp(x);
    sum += scores[c];
  }
  if (kind == Kind::kSoftmax)
    for (double& score : scores) score /= sum;
  return scores;
}

// The scale that explains the first scores of a row if the function is `kind`.
double scale_by(Kind kind, const double* logits, const double* scores) {
  if (kind == Kind::kIdentity) return scores[0] / logits[0];
  if (kind == Kind::kSigmoid) return std::log(scores[0] / (1 - scores[0])) / logits[0];
  return std::log(scores[0] / scores[1]) / (logits[0] - logits[1]);
}

bool explains(const ScoreConverter& converter, const std::vector<double>& logits, const std::vector<double>& scores, std::size_t classes) {
  const std::size_t dropped = converter.has_background ? 1 : 0, kept = classes - dropped;
  if (!std::isfinite(converter.scale) || converter.scale <= 0) return false;
  for (std::size_t row = 0; row < logits.size() / classes; ++row) {
    const auto expected = convert(converter.kind, converter.scale, &logits[row * classes], classes);
    for (std::size_t c = 0; c < kept; ++c)
      if (!(std::fabs(expected[dropped + c] - scores[row * kept + c]) < 1e-4)) return false;
  }
  return true;
}

}  // namespace

Result<ScoreConverter> understand_scores(const std::vector<Ref>& path, const Heads& classes, Network& network) {
  const auto count = static_cast<std::size_t>(classes.width);
  OCTET_ASSIGN(const Ref converted, last_computable(path, classes, {classes.width, classes.width - 1}, network));
  OCTET_ASSIGN(const Tensor trial, trial_logits(classes));
  OCTET_ASSIGN(const Tensor answer, probe(classes.joined, trial, converted, network));
  const auto logits = to_vector<double>(trial), scores = to_vector<double>(answer);
  const bool drops = scores.size() < logits.size();
  for (const Kind kind : {Kind::kSigmoid, Kind::kSoftmax, Kind::kIdentity}) {
    ScoreConverter converter{kind, 1, drops};
    if (kind == Kind::kSoftmax && count < (drops ? 3u : 2u)) {
      if (explains(converter, logits, scores, count)) return converter;
      continue;
    }
    const double scale = scale_by(kind, &logits[drops ? 1 : 0], scores.data());
    converter.scale = std::fabs(scale - 1) < 1e-4 ? 1 : scale;
    if (explains(converter, logits, scores, count)) return converter;
  }
  return unsupported(
      network.source().node(converted),
      "turns predictions into scores in a way that octet does not know (sigmoid, softmax or none, with the first class as background)");
}

}  // namespace octet::tensorflow
