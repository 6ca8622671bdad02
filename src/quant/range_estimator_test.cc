#include "quant/range_estimator.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace octet::quant {
namespace {

using Aggregator = RangeEstimator::Aggregator;
using Type = RangeEstimator::Type;

RangeEstimator::End taking(Type type, double outlier_prob = 1e-4) { return {type, Aggregator::kMean, outlier_prob, {}}; }

double taken(std::vector<float> values, const RangeEstimator::End& end, bool is_max) { return statistic_of(values, end, is_max); }

TEST(RangeEstimator, TakesOfAPictureWhatTheNamesSay) {
  const std::vector<float> values{3, -8, 1, 5, -2};
  EXPECT_EQ(taken(values, taking(Type::kMin), false), -8);
  EXPECT_EQ(taken(values, taking(Type::kMax), true), 5);
  EXPECT_EQ(taken(values, taking(Type::kAbsMax), true), 8);
  // numpy.quantile([3, -8, 1, 5, -2], [0.1, 0.9]) and of the magnitudes.
  EXPECT_NEAR(taken(values, taking(Type::kQuantile, 0.1), false), -5.6, 1e-12);
  EXPECT_NEAR(taken(values, taking(Type::kQuantile, 0.1), true), 4.2, 1e-12);
  EXPECT_NEAR(taken(values, taking(Type::kAbsQuantile, 0.1), true), 6.8, 1e-12);
  EXPECT_EQ(taken({7}, taking(Type::kQuantile, 0.1), true), 7);
}

TEST(RangeEstimator, MakesOfPicturesWhatTheNamesSay) {
  const std::vector<float> of_images{4, 1, 100, 2};
  EXPECT_EQ(aggregate(of_images, Aggregator::kMean), 26.75);
  EXPECT_EQ(aggregate(of_images, Aggregator::kMin), 1);
  EXPECT_EQ(aggregate(of_images, Aggregator::kMax), 100);
  EXPECT_EQ(aggregate(of_images, Aggregator::kMedian), 3);
  EXPECT_EQ(aggregate(of_images, Aggregator::kMeanNoOutliers), 3);  // 1 and 100 lie beyond the quantiles
  EXPECT_EQ(aggregate(of_images, Aggregator::kMedianNoOutliers), 3);
  EXPECT_EQ(aggregate(of_images, Aggregator::kHodgesLehmann), 0.5 * (6 + 101) / 2);  // sums 3, 5, 6, 101, 102, 104: half of 53.5
  for (int i = 0; i <= static_cast<int>(Aggregator::kHodgesLehmann); ++i)
    EXPECT_EQ(aggregate(std::vector<float>{5}, static_cast<Aggregator>(i)), 5);
}

RC_GTEST_PROP(RangeEstimator, HeedsNoOrderOfPictures, ()) {
  auto images = *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(-1000, 1000)));
  std::vector<float> in_order(images.begin(), images.end());
  std::vector<float> reversed(images.rbegin(), images.rend());
  const auto aggregator = static_cast<Aggregator>(*rc::gen::inRange(0, 7));
  const double found = aggregate(in_order, aggregator);
  RC_ASSERT(found == aggregate(reversed, aggregator));
  RC_ASSERT(found >= static_cast<double>(std::ranges::min(in_order)) && found <= static_cast<double>(std::ranges::max(in_order)));
}

TEST(RangeEstimator, IsFilledByTheDefaultsOfItsMode) {
  const auto ways = [](const RangeEstimator& given, bool symmetric, bool per_channel) {
    const RangeEstimator full = filled(given, symmetric, per_channel);
    return std::tuple(*full.min.type, *full.min.aggregator, *full.max.type, *full.max.aggregator);
  };
  using enum RangeEstimator::Aggregator;
  EXPECT_EQ(ways({}, false, false), std::tuple(Type::kMin, kMean, Type::kMax, kMean));
  EXPECT_EQ(ways({}, true, false), std::tuple(Type::kMin, kMin, Type::kAbsMax, kMean));
  EXPECT_EQ(ways({}, false, true), std::tuple(Type::kMin, kMin, Type::kMax, kMax));
  EXPECT_EQ(ways({}, true, true), std::tuple(Type::kMin, kMin, Type::kAbsMax, kMax));
  EXPECT_EQ(ways({.by_quantiles = true}, true, false), std::tuple(Type::kQuantile, kMin, Type::kAbsQuantile, kMean));
  EXPECT_EQ(ways({.max = {Type::kQuantile, kMedian, 0.1, {}}}, true, false), std::tuple(Type::kMin, kMin, Type::kQuantile, kMedian));
}

TEST(RangeEstimator, IsReadAsItIsWritten) {
  for (const char* text : {"default", "quantile", "quantile,min.type=quantile,min.outlier_prob=0.001,max.aggregator=hl_estimator",
                           "default,max.type=abs_max,max.clipping_value=6"})
    EXPECT_EQ(to_string(*parse_range_estimator(text)), text);
  EXPECT_EQ(to_string(*parse_range_estimator("max.aggregator=max,preset=quantile")), "quantile,max.aggregator=max");
  for (const char* wrong :
       {"", "defaults", "max.type", "max.type=mean", "max.type=min", "min.type=abs_max", "min.outlier_prob=0.5", "preset=preset=default",
        "min.outlier_prob=x", "max.clipping_value=inf", "mid.type=max", "default,", "max.aggregator=batch_mean"})
    EXPECT_EQ(parse_range_estimator(wrong).error().code, ErrorCode::kInvalidArgument) << wrong;
}

TEST(RangeEstimator, IsRefusedWhereASettingIsGivenTwice) {
  EXPECT_EQ(parse_range_estimator("max.type=max,max.type=abs_max").error().message,
            "'max.type=abs_max' sets max.type of a range estimator a second time");
  EXPECT_EQ(parse_range_estimator("quantile,preset=default").error().message,
            "'preset=default' sets preset of a range estimator a second time");
  EXPECT_TRUE(parse_range_estimator("min.outlier_prob=0.1,max.outlier_prob=0.1").ok());
}

// Two channels, one of them in the middle of wider pixels.
TEST(ImageRanges, AreOfTheWholeOrOfEachChannel) {
  const std::vector<float> pixels{1, -10, 0, 3, 20, 0};
  const kernels::ImageView<const float> image{pixels.data(), 1, 2, 2, 3};
  const RangeEstimator estimator = filled({}, false, true);
  ImageRanges whole(1), channels(2), others(2);
  whole.add(std::span(&image, 1), estimator);
  channels.add(std::span(&image, 1), estimator);
  EXPECT_EQ(whole.low(0, estimator), -10);
  EXPECT_EQ(whole.high(0, estimator), 20);
  EXPECT_EQ(channels.low(0, estimator), 1);
  EXPECT_EQ(channels.high(1, estimator), 20);
  ImageRanges magnitudes(1), sorted(2);
  magnitudes.add(std::span(&image, 1), filled({}, true, false));
  EXPECT_EQ(magnitudes.high(0, filled({}, true, false)), 20);
  const std::vector<float> negated{-1, 10, 0, -3, -20, 0};
  const kernels::ImageView<const float> other{negated.data(), 1, 2, 2, 3};
  magnitudes.add(std::span(&other, 1), filled({}, true, false));
  EXPECT_EQ(magnitudes.low(0, filled({}, true, false)), -20);
  EXPECT_EQ(magnitudes.high(0, filled({}, true, false)), 20);
  // A quantile of 0 is the extreme.
  const RangeEstimator all = filled({true, {.outlier_prob = 0}, {.outlier_prob = 0}}, false, true);
  sorted.add(std::span(&image, 1), all);
  EXPECT_EQ(sorted.low(1, all), channels.low(1, estimator));
  EXPECT_EQ(sorted.high(0, all), channels.high(0, estimator));
  ByteWriter bytes;
  channels.write(bytes);
  const std::string written = bytes.take();
  ByteReader reader(bytes_of(written));
  others = ImageRanges::read(reader);
  EXPECT_TRUE(reader.at_end());
  EXPECT_EQ(others.low(1, estimator), channels.low(1, estimator));
  ByteReader cut(bytes_of(std::string_view(written).substr(0, written.size() - 1)));
  EXPECT_EQ(ImageRanges::read(cut).channels(), 0U);
  EXPECT_FALSE(cut.ok());
}

}  // namespace
}  // namespace octet::quant
