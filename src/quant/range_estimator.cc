#include "quant/range_estimator.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/parse_number.h"
#include "base/quoted_name.h"
#include "quant/observer.h"

namespace octet::quant {
namespace {

using Type = RangeEstimator::Type;
using Aggregator = RangeEstimator::Aggregator;
using End = RangeEstimator::End;

template <typename T>
struct Named {
  const char* name;
  T value;
};

constexpr std::array kTypes{Named{"min", Type::kMin}, Named{"max", Type::kMax}, Named{"abs_max", Type::kAbsMax},
                            Named{"quantile", Type::kQuantile}, Named{"abs_quantile", Type::kAbsQuantile}};
constexpr std::array kAggregators{Named{"mean", Aggregator::kMean},
                                  Named{"min", Aggregator::kMin},
                                  Named{"max", Aggregator::kMax},
                                  Named{"median", Aggregator::kMedian},
                                  Named{"mean_no_outliers", Aggregator::kMeanNoOutliers},
                                  Named{"median_no_outliers", Aggregator::kMedianNoOutliers},
                                  Named{"hl_estimator", Aggregator::kHodgesLehmann}};

template <typename Table, typename T>
const char* name_of(const Table& table, T value) {
  return std::ranges::find(table, value, [](const auto& each) { return each.value; })->name;
}

template <typename Table, typename T>
bool take_name(const Table& table, std::string_view name, std::optional<T>& value) {
  const auto found = std::ranges::find(table, name, [](const auto& each) { return std::string_view(each.name); });
  if (found == table.end()) return false;
  value = found->value;
  return true;
}

bool take_probability(std::string_view text, double& value) {
  const auto number = parse_number<double>(text);
  if (!number || !(*number >= 0 && *number < 0.5)) return false;
  value = *number;
  return true;
}

bool take_number(std::string_view text, std::optional<double>& value) {
  value = parse_number<double>(text);
  return value && std::isfinite(*value);
}

// The least of a tensor is no end of its upper side, nor the greatest of its lower one.
bool is_of_end(std::optional<Type> type, bool is_max) {
  if (!type || *type == Type::kQuantile || *type == Type::kAbsQuantile) return true;
  return (*type == Type::kMin) != is_max;
}

bool take_setting(std::string_view key, std::string_view value, End& end, bool is_max) {
  if (key == "type") return take_name(kTypes, value, end.type) && is_of_end(end.type, is_max);
  if (key == "aggregator") return take_name(kAggregators, value, end.aggregator);
  if (key == "outlier_prob") return take_probability(value, end.outlier_prob);
  return key == "clipping_value" && take_number(value, end.clipping_value);
}

bool take_word(std::string_view word, RangeEstimator& estimator) {
  if (word == "default" || word == "quantile") {
    estimator.by_quantiles = word == "quantile";
    return true;
  }
  const std::size_t sign = word.find('=');
  if (sign == std::string_view::npos) return false;
  const std::string_view key = word.substr(0, sign), value = word.substr(sign + 1);
  if (key == "preset") return value != "preset" && value.find('=') == std::string_view::npos && take_word(value, estimator);
  const bool is_max = key.starts_with("max.");
  if (!is_max && !key.starts_with("min.")) return false;
  return take_setting(key.substr(4), value, is_max ? estimator.max : estimator.min, is_max);
}

// What a word sets: two words with one name would leave it to the last of them.
std::string_view name_of_setting(std::string_view word) {
  return word == "default" || word == "quantile" ? "preset" : word.substr(0, word.find('='));
}

std::string settings_of(const char* name, const End& end) {
  std::string text;
  if (end.type) text += fmt::format(",{}.type={}", name, name_of(kTypes, *end.type));
  if (end.aggregator) text += fmt::format(",{}.aggregator={}", name, name_of(kAggregators, *end.aggregator));
  if (end.outlier_prob != End().outlier_prob) text += fmt::format(",{}.outlier_prob={}", name, end.outlier_prob);
  if (end.clipping_value) text += fmt::format(",{}.clipping_value={}", name, *end.clipping_value);
  return text;
}

bool takes_magnitudes(Type type) { return type == Type::kAbsMax || type == Type::kAbsQuantile; }
bool takes_quantile(Type type) { return type == Type::kQuantile || type == Type::kAbsQuantile; }

std::string description_of(const End& end) {
  std::string text = name_of(kTypes, *end.type);
  if (takes_quantile(*end.type)) text += fmt::format(" ({:g} beyond)", end.outlier_prob);
  text += fmt::format(" of a picture, {} of pictures", name_of(kAggregators, *end.aggregator));
  if (end.clipping_value) text += fmt::format(", not beyond {:g}", *end.clipping_value);
  return text;
}

// NumPy's quantile with linear interpolation, of sorted values.
double sorted_quantile(std::span<const double> sorted, double q) {
  const double place = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], place - static_cast<double>(below));
}

// The same of any, which change their order.
double quantile(std::span<float> values, double q) {
  const double place = q * static_cast<double>(values.size() - 1);
  const auto below = values.begin() + static_cast<std::ptrdiff_t>(place);
  std::ranges::nth_element(values, below);
  const double from = static_cast<double>(*below);
  if (below + 1 == values.end()) return from;
  return std::lerp(from, static_cast<double>(*std::min_element(below + 1, values.end())), place - std::floor(place));
}

double median(std::span<const double> sorted) { return sorted_quantile(sorted, 0.5); }

double mean(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// What lies between the quantiles of 0.01 and 0.99.
std::span<const double> without_outliers(std::span<const double> sorted) {
  constexpr double kOutliers = 0.01;
  const double low = sorted_quantile(sorted, kOutliers), high = sorted_quantile(sorted, 1 - kOutliers);
  const auto first = std::ranges::lower_bound(sorted, low), last = std::ranges::upper_bound(sorted, high);
  return first < last ? std::span(first, last) : sorted;
}

// Half of the median sum of two. Of very many some stand for all, as their pairs would take the memory.
double hodges_lehmann(std::span<const double> sorted) {
  constexpr std::size_t kMost = 2000;
  const std::size_t count = std::min(sorted.size(), kMost);
  if (count == 1) return sorted[0];
  std::vector<double> sums;
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t k = 0; k < i; ++k) sums.push_back(sorted[i * sorted.size() / count] + sorted[k * sorted.size() / count]);
  std::ranges::sort(sums);
  return 0.5 * median(sums);
}

// Least and greatest value of each channel, or of all as one; the greatest by magnitude where that is asked for.
ChannelStatistics extremes_of(const kernels::ImageView<const float>& image, bool as_one, bool by_magnitude) {
  ChannelStatistics extremes = channel_statistics({&image, 1});
  if (by_magnitude)
    for (std::size_t c = 0; c < extremes.max.size(); ++c)
      extremes.max[c] = std::max(std::fabs(extremes.min[c]), std::fabs(extremes.max[c]));
  if (as_one) {
    extremes.min = {std::ranges::min(extremes.min)};
    extremes.max = {std::ranges::max(extremes.max)};
  }
  return extremes;
}

}  // namespace

std::string to_string(const RangeEstimator& estimator) {
  return (estimator.by_quantiles ? "quantile" : "default") + settings_of("min", estimator.min) + settings_of("max", estimator.max);
}

Result<RangeEstimator> parse_range_estimator(std::string_view text) {
  RangeEstimator estimator;
  std::set<std::string_view> set;
  for (;;) {
    const std::string_view word = text.substr(0, text.find(','));
    if (!take_word(word, estimator))
      return Error{ErrorCode::kInvalidArgument,
                   in_quotes(word) +
                       " is no setting of a range estimator: preset (default, quantile), and of min or max type (min, max, abs_max, "
                       "quantile, abs_quantile), aggregator (mean, min, max, median, mean_no_outliers, median_no_outliers, "
                       "hl_estimator), outlier_prob (0 to 0.5), clipping_value, such as max.aggregator=median"};
    if (const std::string_view name = name_of_setting(word); !set.insert(name).second)
      return Error{ErrorCode::kInvalidArgument, fmt::format("{} sets {} of a range estimator a second time", in_quotes(word), name)};
    if (word.size() == text.size()) return estimator;
    text.remove_prefix(word.size() + 1);
  }
}

RangeEstimator filled(RangeEstimator estimator, bool symmetric, bool per_channel) {
  const bool by_quantiles = estimator.by_quantiles;
  const auto fill = [](End& end, Type type, Aggregator aggregator) {
    if (!end.type) end.type = type;
    if (!end.aggregator) end.aggregator = aggregator;
  };
  fill(estimator.min, by_quantiles ? Type::kQuantile : Type::kMin, symmetric || per_channel ? Aggregator::kMin : Aggregator::kMean);
  const Type greatest = symmetric ? Type::kAbsMax : Type::kMax, beyond = symmetric ? Type::kAbsQuantile : Type::kQuantile;
  fill(estimator.max, by_quantiles ? beyond : greatest, per_channel ? Aggregator::kMax : Aggregator::kMean);
  return estimator;
}

std::string description_of(const RangeEstimator& estimator) {
  return fmt::format("from {} to {}", description_of(estimator.min), description_of(estimator.max));
}

double statistic_of(std::span<float> values, const End& end, bool is_max) {
  if (takes_magnitudes(*end.type))
    for (float& value : values) value = std::fabs(value);
  if (takes_quantile(*end.type)) return quantile(values, is_max ? 1 - end.outlier_prob : end.outlier_prob);
  return static_cast<double>(is_max ? std::ranges::max(values) : std::ranges::min(values));
}

double aggregate(std::span<const float> of_images, Aggregator aggregator) {
  std::vector<double> sorted(of_images.begin(), of_images.end());
  std::ranges::sort(sorted);
  switch (aggregator) {
    case Aggregator::kMean:
      return mean(sorted);
    case Aggregator::kMin:
      return sorted.front();
    case Aggregator::kMax:
      return sorted.back();
    case Aggregator::kMedian:
      return median(sorted);
    case Aggregator::kMeanNoOutliers:
      return mean(without_outliers(sorted));
    case Aggregator::kMedianNoOutliers:
      return median(without_outliers(sorted));
    case Aggregator::kHodgesLehmann:
      return hodges_lehmann(sorted);
  }
  return 0;
}

std::vector<float> ImageRanges::values_of(const kernels::ImageView<const float>& image, std::size_t channel) const {
  std::vector<float> values;
  const bool is_whole = channels_ == 1;
  const std::int64_t first = is_whole ? 0 : static_cast<std::int64_t>(channel), count = is_whole ? image.channels : 1;
  values.reserve(static_cast<std::size_t>(image.pixels() * count));
  for (std::int64_t pixel = 0; pixel < image.pixels(); ++pixel) {
    const float* const from = image.data + pixel * image.pixel_stride + first;
    values.insert(values.end(), from, from + count);
  }
  return values;
}

void ImageRanges::add(std::span<const kernels::ImageView<const float>> images, const RangeEstimator& estimator) {
  const bool takes_extremes = !takes_quantile(*estimator.min.type) && !takes_quantile(*estimator.max.type);
  for (const auto& image : images) {
    const ChannelStatistics extremes =
        takes_extremes ? extremes_of(image, channels_ == 1, takes_magnitudes(*estimator.max.type)) : ChannelStatistics();
    for (std::size_t channel = 0; channel < channels_; ++channel) {
      if (takes_extremes) {
        low_[channel].push_back(extremes.min[channel]);
        high_[channel].push_back(extremes.max[channel]);
        continue;
      }
      std::vector<float> values = values_of(image, channel);
      // The lower end first, as the upper one may take magnitudes in place.
      std::vector<float> again = values;
      low_[channel].push_back(static_cast<float>(statistic_of(again, estimator.min, false)));
      high_[channel].push_back(static_cast<float>(statistic_of(values, estimator.max, true)));
    }
  }
}

void ImageRanges::add(const ImageRanges& others) {
  for (std::size_t channel = 0; channel < channels_; ++channel) {
    low_[channel].insert(low_[channel].end(), others.low_[channel].begin(), others.low_[channel].end());
    high_[channel].insert(high_[channel].end(), others.high_[channel].begin(), others.high_[channel].end());
  }
}

void ImageRanges::write(ByteWriter& bytes) const {
  bytes.add(static_cast<std::uint32_t>(channels_));
  for (std::size_t channel = 0; channel < channels_; ++channel) {
    bytes.add(static_cast<std::uint32_t>(low_[channel].size()));
    for (std::vector<float> values : {low_[channel], high_[channel]}) {
      std::ranges::sort(values);  // whoever took which pictures, in whatever order
      bytes.add(std::span<const float>(values));
    }
  }
}

ImageRanges ImageRanges::read(ByteReader& bytes) {
  const auto channels = bytes.get<std::uint32_t>();
  ImageRanges read(0);
  for (std::uint32_t i = 0; i < channels && bytes.ok(); ++i) {
    const auto images = bytes.get<std::uint32_t>();
    read.low_.push_back(bytes.get<float>(images));
    read.high_.push_back(bytes.get<float>(images));
    if (images == 0) bytes.fail();
  }
  read.channels_ = read.low_.size();
  return bytes.ok() ? read : ImageRanges(0);
}

}  // namespace octet::quant
