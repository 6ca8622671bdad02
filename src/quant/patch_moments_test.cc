#include "quant/patch_moments.h"

#include <cmath>
#include <random>

#include <gtest/gtest.h>

namespace octet::quant {
namespace {

constexpr std::int64_t kHeight = 7, kWidth = 9, kChannels = 4;
constexpr std::size_t kAll = 1000;  // places: more than there are

// Whole numbers, an image in memory with a gap behind each pixel.
std::vector<float> picture(std::uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<float> values(static_cast<std::size_t>(kHeight * kWidth * (kChannels + 3)));
  for (float& value : values) value = static_cast<float>(static_cast<int>(random() % 41) - 20);
  return values;
}

kernels::ImageView<const float> view(const std::vector<float>& picture) {
  return {picture.data(), kHeight, kWidth, kChannels, kChannels + 3};
}

ConvolutionGeometry geometry(std::int64_t groups) {
  return {.groups = groups,
          .group_outputs = 2,
          .group_inputs = kChannels / groups,
          .kernel = {3, 2},
          .strides = {2, 1},
          .dilations = {1, 2},
          .pads = {{1, 0}, {1, 1}},
          .grouped = groups > 1};
}
const Shape kOutput{1, 4, 4, 8};

// What a weight multiplies at an output place: (channel, tap) of the group's inputs in the order of the weights.
double input_of(const ConvolutionGeometry& conv, const kernels::ImageView<const float>& image, const PatchBlock& block, std::size_t input,
                std::int64_t place) {
  const auto at = static_cast<std::int64_t>(block.first + input);
  const std::int64_t channel = static_cast<std::int64_t>(block.group) * conv.group_inputs + at / conv.taps(), tap = at % conv.taps();
  const std::int64_t y = place / kOutput[3] * conv.strides[0] + tap / conv.kernel[1] * conv.dilations[0] - conv.pads.begin[0];
  const std::int64_t x = place % kOutput[3] * conv.strides[1] + tap % conv.kernel[1] * conv.dilations[1] - conv.pads.begin[1];
  const bool is_inside = y >= 0 && y < kHeight && x >= 0 && x < kWidth;
  return is_inside ? static_cast<double>(image.pixel(y, x)[channel]) : 0;
}

void expect_covariances(const ConvolutionGeometry& conv, std::size_t longest_block, std::size_t blocks) {
  const std::vector<float> pictures[] = {picture(1), picture(2)};
  PatchMoments moments(conv, kOutput, std::vector<float>(kChannels, 1), longest_block);
  for (const auto& each : pictures) moments.add(view(each), kAll, 0);
  ASSERT_EQ(moments.blocks().size(), blocks);
  for (std::size_t b = 0; b < blocks; ++b) {
    const PatchBlock& block = moments.blocks()[b];
    const auto covariance = moments.covariance(b);
    for (std::size_t i = 0; i < block.size; ++i)
      for (std::size_t k = 0; k < block.size; ++k) {
        double both = 0, first = 0, second = 0;
        const std::int64_t places = kOutput[2] * kOutput[3];
        for (const auto& each : pictures)
          for (std::int64_t place = 0; place < places; ++place) {
            const double a = input_of(conv, view(each), block, i, place), c = input_of(conv, view(each), block, k, place);
            both += a * c, first += a, second += c;
          }
        const auto count = static_cast<double>(2 * places);
        EXPECT_NEAR(covariance[i * block.size + k], both / count - first / count * (second / count), 1e-9) << b << ", " << i << ", " << k;
      }
  }
}

TEST(PatchMoments, AreThoseOfTheDefinition) {
  expect_covariances(geometry(1), 100, 1);
  expect_covariances(geometry(2), 100, 2);
}

TEST(PatchMoments, CutLongFiltersBetweenChannels) {
  expect_covariances(geometry(1), 13, 2);
  expect_covariances(geometry(1), 1, 4);
}

TEST(PatchMoments, DoNotDependOnTheOrderOfTheImages) {
  const auto a = picture(3), b = picture(4);
  const std::vector<float> steps{0.3f, 0.01f, 2, 1};
  PatchMoments forth(geometry(1), kOutput, steps, 100), back(geometry(1), kOutput, steps, 100);
  forth.add(view(a), 5, 0), forth.add(view(b), 5, 3);
  back.add(view(b), 5, 3), back.add(view(a), 5, 0);
  EXPECT_EQ(forth.covariance(0), back.covariance(0));
}

TEST(PatchMoments, CountInWholeStepsOfTheQuantizer) {
  const auto values = picture(5);
  PatchMoments ones(geometry(1), kOutput, std::vector<float>(kChannels, 1), 100),
      halves(geometry(1), kOutput, std::vector<float>(kChannels, 0.5f), 100);
  ones.add(view(values), kAll, 0), halves.add(view(values), kAll, 0);
  const auto once = ones.covariance(0), twice = halves.covariance(0);
  for (std::size_t i = 0; i < once.size(); ++i) EXPECT_NEAR(twice[i], 4 * once[i], 1e-9);
}

TEST(PatchMoments, OfNoImageAreZero) {
  EXPECT_EQ(PatchMoments(geometry(2), kOutput, std::vector<float>(kChannels, 1), 100).covariance(1), std::vector<double>(144));
}

}  // namespace
}  // namespace octet::quant
