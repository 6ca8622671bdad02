#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "kernels/view.h"

namespace octet::quant {

// The range estimators of OpenVINO's Post-training Optimization Tool by its names (reference D.4): what is taken of a tensor of one
// picture, and what is made of that over the pictures.
struct RangeEstimator {
  enum class Type { kMin, kMax, kAbsMax, kQuantile, kAbsQuantile };
  enum class Aggregator { kMean, kMin, kMax, kMedian, kMeanNoOutliers, kMedianNoOutliers, kHodgesLehmann };
  // One end of the range. What is open is as the tool has it by default (filled()).
  struct End {
    std::optional<Type> type{};
    std::optional<Aggregator> aggregator{};
    double outlier_prob = 1e-4;
    std::optional<double> clipping_value{};  // beyond which the end does not go
    bool operator==(const End&) const = default;
  };
  bool by_quantiles = false;  // the tool's preset: "default" or "quantile"
  End min{}, max{};
  bool operator==(const RangeEstimator&) const = default;
};

// "default" or "quantile", then settings as the tool's configuration has them: "quantile,max.aggregator=median,max.outlier_prob=0.001".
// The reverse takes them in any order. kInvalidArgument names a word that it does not know.
std::string to_string(const RangeEstimator& estimator);
Result<RangeEstimator> parse_range_estimator(std::string_view text);

// With the tool's defaults in place of what is open, for symmetric or asymmetric limits of a tensor or of each channel.
RangeEstimator filled(RangeEstimator estimator, bool symmetric, bool per_channel);

// In words, for people; of an estimator that is filled.
std::string description_of(const RangeEstimator& estimator);

// What is taken of some values, which change their order. There must be one.
double statistic_of(std::span<float> values, const RangeEstimator::End& end, bool is_max);

// What is made of that over all pictures, whose order does not matter.
double aggregate(std::span<const float> of_images, RangeEstimator::Aggregator aggregator);

// What was taken of a tensor of each picture: of the whole, or of each channel.
class ImageRanges {
 public:
  explicit ImageRanges(std::size_t channels) : channels_(channels) {}

  // The images of one picture's batch. The estimator must be filled.
  void add(std::span<const kernels::ImageView<const float>> images, const RangeEstimator& estimator);
  void add(const ImageRanges& others);  // of as many channels

  std::size_t channels() const { return channels_; }
  // Before clipping_value; there must be a picture.
  double low(std::size_t channel, const RangeEstimator& estimator) const { return aggregate(low_[channel], *estimator.min.aggregator); }
  double high(std::size_t channel, const RangeEstimator& estimator) const { return aggregate(high_[channel], *estimator.max.aggregator); }

  void write(ByteWriter& bytes) const;
  // Where the bytes are none that write() made, `bytes` says so.
  static ImageRanges read(ByteReader& bytes);

 private:
  std::vector<float> values_of(const kernels::ImageView<const float>& image, std::size_t channel) const;

  std::size_t channels_;
  std::vector<std::vector<float>> low_ = std::vector<std::vector<float>>(channels_), high_ = low_;  // by channel, one a picture
};

}  // namespace octet::quant
