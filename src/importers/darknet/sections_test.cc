// The smallest cfg of each section against numbers worked out by hand.
#include <gtest/gtest.h>

#include <cmath>

#include "importers/darknet/network_for_test.h"

namespace octet::darknet {
namespace {

using Floats = std::vector<float>;

Tensor features(Shape shape, const Floats& values) { return Tensor::of<float>(std::move(shape), values); }

void expect_output(const Result<Tensor>& out, const Shape& shape, const Floats& expected) {
  ASSERT_TRUE(out.ok()) << out.error().message;
  EXPECT_EQ(out->shape(), shape);
  const auto values = out->values<float>();
  ASSERT_EQ(values.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(values[i], expected[i], 1e-5) << "at " << i;
}

std::string error_of(const Result<Tensor>& out) { return out.ok() ? "no error" : out.error().message; }

TEST(Convolutional, AppliesWeightsInTheirOrderAndBias) {
  const Tensor in = features({1, 2, 1, 1}, {10, 100});
  expect_output(run_sections("[convolutional]\nfilters=2\nsize=1\nstride=1\nactivation=linear\n", in, {0.5, -0.5, 1, 2, 3, 4}),
                {1, 2, 1, 1}, {210.5f, 429.5f});
}

TEST(Convolutional, FoldsTheBatchNormalization) {
  // beta 1, gamma 2, mean 3, variance 4, weight 5: (5 x - 3) / 2 * 2 + 1
  const float variance = 4 - 1e-5f;
  expect_output(run_sections("[convolutional]\nbatch_normalize=1\nfilters=1\nactivation=linear\n", features({1, 1, 1, 2}, {1, -1}),
                             {1, 2, 3, variance, 5}),
                {1, 1, 1, 2}, {3, -7});
}

TEST(Convolutional, PadsByHalfTheSizeAndStrides) {
  const Floats ones(9, 1.0f);
  Floats weights{0};
  weights.insert(weights.end(), ones.begin(), ones.end());
  expect_output(run_sections("[convolutional]\nfilters=1\nsize=3\npad=1\nstride=2\nactivation=linear\n",
                             features({1, 1, 3, 3}, Floats(9, 1)), weights),
                {1, 1, 2, 2}, {4, 4, 4, 4});
  expect_output(
      run_sections("[convolutional]\nfilters=1\nsize=3\npadding=0\nactivation=linear\n", features({1, 1, 3, 3}, Floats(9, 1)), weights),
      {1, 1, 1, 1}, {9});
}

TEST(Convolutional, TakesAStrideForEachAxis) {
  expect_output(
      run_sections("[convolutional]\nfilters=1\nstride=1\nstride_x=2\nactivation=linear\n", features({1, 1, 2, 3}, ascending(6)), {0, 1}),
      {1, 1, 2, 2}, {0, 2, 3, 5});
  expect_output(
      run_sections("[convolutional]\nfilters=1\nstride=1\nstride_y=2\nactivation=linear\n", features({1, 1, 3, 2}, ascending(6)), {0, 1}),
      {1, 1, 2, 2}, {0, 1, 4, 5});
}

TEST(Convolutional, SplitsChannelsIntoGroups) {
  expect_output(run_sections("[convolutional]\nfilters=2\ngroups=2\nactivation=linear\n", features({1, 4, 1, 1}, {1, 10, 100, 1000}),
                             {0, 0, 1, 2, 3, 4}),
                {1, 2, 1, 1}, {21, 4300});
}

TEST(Convolutional, Dilates) {
  Floats weights(10, 0.0f);
  weights[1] = 1;  // top left tap, two rows and columns away
  expect_output(run_sections("[convolutional]\nfilters=1\nsize=3\npad=1\ndilation=2\nactivation=linear\n",
                             features({1, 1, 3, 3}, ascending(9, 1)), weights),
                {1, 1, 3, 3}, {0, 0, 0, 0, 0, 0, 0, 0, 1});
}

TEST(Convolutional, RefusesWhatItCannotDo) {
  const Tensor in = features({1, 3, 2, 2}, Floats(12, 1));
  EXPECT_EQ(error_of(run_sections("[convolutional]\nfilters=4\ngroups=2\n", in)),
            "section [convolutional] at line 1: groups=2 does not divide 3 channels and 4 filters");
  EXPECT_EQ(error_of(run_sections("[convolutional]\nsize=3\n", in)), "section [convolutional] at line 1: size=3 is larger than its input");
  EXPECT_EQ(error_of(run_sections("[convolutional]\nsize=3\ndilation=2\npadding=2\n", in)),
            "section [convolutional] at line 1: dilation needs a padding that keeps the size");
  EXPECT_EQ(error_of(run_sections("[convolutional]\nxnor=1\n", in)), "section [convolutional] at line 1: xnor=1 is not supported");
  EXPECT_EQ(error_of(run_sections("[convolutional]\nfilters=-3\n", in)),
            "section [convolutional]: filters=-3 at line 2: expected a whole number from 1 to 65536");
  EXPECT_EQ(error_of(run_sections("[convolutional]\nactivation=linear\n", in, {0, 1, NAN, 1})),
            "section [convolutional] at line 1: its weights are not finite numbers; the weights file is damaged or of another network");
}

struct ActivationCase {
  const char* name;
  float at_minus_3, at_minus_1, at_2, at_8;
};
class EachActivation : public testing::TestWithParam<ActivationCase> {};

TEST_P(EachActivation, IsDarknets) {
  const ActivationCase& c = GetParam();
  const auto out = run_sections(std::string("[convolutional]\nactivation=") + c.name, features({1, 1, 1, 4}, {-3, -1, 2, 8}), {0, 1});
  expect_output(out, {1, 1, 1, 4}, {c.at_minus_3, c.at_minus_1, c.at_2, c.at_8});
}

float logistic_of(float x) { return 1 / (1 + std::exp(-x)); }
float mish_of(float x) { return x * std::tanh(std::log1p(std::exp(x))); }

INSTANTIATE_TEST_SUITE_P(
    All, EachActivation,
    testing::Values(ActivationCase{"linear", -3, -1, 2, 8}, ActivationCase{"leaky", -0.3f, -0.1f, 2, 8},
                    ActivationCase{"relie", -0.03f, -0.01f, 2, 8}, ActivationCase{"relu", 0, 0, 2, 8}, ActivationCase{"relu6", 0, 0, 2, 6},
                    ActivationCase{"hardtan", -1, -1, 1, 1},
                    ActivationCase{"logistic", logistic_of(-3), logistic_of(-1), logistic_of(2), logistic_of(8)},
                    ActivationCase{"tanh", std::tanh(-3.0f), std::tanh(-1.0f), std::tanh(2.0f), std::tanh(8.0f)},
                    ActivationCase{"swish", -3 * logistic_of(-3), -logistic_of(-1), 2 * logistic_of(2), 8 * logistic_of(8)},
                    ActivationCase{"mish", mish_of(-3), mish_of(-1), mish_of(2), mish_of(8)}, ActivationCase{"hard_mish", 0, -0.5f, 2, 8},
                    ActivationCase{"elu", std::exp(-3.0f) - 1, std::exp(-1.0f) - 1, 2, 8},
                    ActivationCase{"selu", 1.0507f * 1.6732f * (std::exp(-3.0f) - 1), 1.0507f * 1.6732f * (std::exp(-1.0f) - 1), 2.1014f,
                                   8.4056f}),
    [](const auto& made) { return std::string(made.param.name); });

TEST(Activation, IsLogisticWhereTheConvolutionSaysNothing) {
  expect_output(run_sections("[convolutional]\n", features({1, 1, 1, 1}, {2}), {0, 1}), {1, 1, 1, 1}, {logistic_of(2)});
}

TEST(Activation, ListsTheKnownOnesWhenItRefuses) {
  EXPECT_EQ(error_of(run_sections("[convolutional]\nactivation=stair\n", features({1, 1, 1, 1}, {2}), {0, 1})),
            "section [convolutional] at line 1: activation 'stair' is not supported (linear, leaky, revleaky, relu, relu6, relie, "
            "logistic, tanh, hardtan, "
            "swish, mish, hard_mish, elu, selu)");
}

TEST(Maxpool, PadsMoreBehindThanInFront) {
  expect_output(run_sections("[maxpool]\nsize=2\nstride=2\n", features({1, 1, 3, 3}, ascending(9))), {1, 1, 2, 2}, {4, 5, 7, 8});
  expect_output(run_sections("[maxpool]\nsize=2\nstride=1\n", features({1, 1, 2, 2}, {-1, -2, -3, -4})), {1, 1, 2, 2}, {-1, -2, -3, -4});
}

TEST(Maxpool, OfStrideOneKeepsTheSize) {
  expect_output(run_sections("[maxpool]\nsize=3\nstride=1\n", features({1, 1, 3, 3}, ascending(9))), {1, 1, 3, 3},
                {4, 5, 5, 7, 8, 8, 7, 8, 8});
}

TEST(Maxpool, TakesPaddingAsTheSumOfBothSides) {
  expect_output(run_sections("[maxpool]\nsize=2\nstride=2\npadding=0\n", features({1, 1, 3, 3}, ascending(9))), {1, 1, 1, 1}, {4});
  EXPECT_EQ(error_of(run_sections("[maxpool]\nsize=2\npadding=3\n", features({1, 1, 3, 3}, ascending(9)))),
            "section [maxpool] at line 1: padding=3 leaves windows that hold nothing but padding");
}

TEST(LocalAvgpool, LeavesThePaddingOutOfTheMean) {
  expect_output(run_sections("[local_avgpool]\nsize=2\nstride=2\n", features({1, 1, 3, 3}, ascending(9))), {1, 1, 2, 2}, {2, 3.5, 6.5, 8});
}

TEST(Avgpool, IsTheMeanOfAChannel) {
  expect_output(run_sections("[avgpool]\n", features({1, 2, 1, 2}, {1, 2, 10, 30})), {1, 2, 1, 1}, {1.5, 20});
}

TEST(Shortcut, AddsSeveralLayersAndActivates) {
  const std::string twice = "[convolutional]\nactivation=linear\n";
  expect_output(run_sections(twice + "[shortcut]\nfrom=-2,0\nactivation=relu\n", features({1, 1, 1, 2}, {1, -1}), {0, 10}), {1, 1, 1, 2},
                {12, 0});
}

TEST(Shortcut, AddsTheChannelsThatBothHave) {
  const std::string narrow = "[convolutional]\nfilters=1\nactivation=linear\n";
  expect_output(run_sections(narrow + "[shortcut]\nfrom=0\n", features({1, 2, 1, 1}, {1, 2}), {0, 10, 100}), {1, 1, 1, 1}, {211});
  expect_output(run_sections(narrow + "[route]\nlayers=0\n[shortcut]\nfrom=1\n", features({1, 2, 1, 1}, {1, 2}), {0, 10, 100}),
                {1, 2, 1, 1}, {211, 2});
}

TEST(Shortcut, RefusesAnotherGridAndWeights) {
  const Tensor in = features({1, 1, 2, 2}, ascending(4));
  EXPECT_EQ(error_of(run_sections("[maxpool]\nsize=2\nstride=2\n[shortcut]\nfrom=0\n", in)),
            "section [shortcut] at line 4: joins tensors of shapes [1,1,1,1] and [1,1,2,2]");
  EXPECT_EQ(error_of(run_sections("[shortcut]\nfrom=0\nweights_type=per_channel\n", in)),
            "section [shortcut] at line 1: weights_type=per_channel is not supported");
}

TEST(Route, ConcatenatesChannels) {
  expect_output(run_sections("[convolutional]\nactivation=linear\n[route]\nlayers = -1, 0\n", features({1, 1, 1, 1}, {3}), {0, 10}),
                {1, 2, 1, 1}, {30, 3});
}

TEST(Route, PicksAGroupOfEachLayer) {
  const Tensor in = features({1, 4, 1, 1}, {1, 2, 3, 4});
  expect_output(run_sections("[route]\nlayers=-1\ngroups=2\ngroup_id=1\n", in), {1, 2, 1, 1}, {3, 4});
  expect_output(run_sections("[route]\nlayers=0,0\ngroups=4\ngroup_id=2\n", in), {1, 2, 1, 1}, {3, 3});
}

TEST(Route, RefusesLayersThatAreNotBeforeIt) {
  const Tensor in = features({1, 3, 1, 1}, {1, 2, 3});
  EXPECT_EQ(error_of(run_sections("[route]\nlayers=1\n", in)),
            "section [route] at line 1: names layer 1, but only 1 layers stand before it");
  EXPECT_EQ(error_of(run_sections("[route]\nlayers=-2\n", in)),
            "section [route] at line 1: names layer -2, but only 1 layers stand before it");
  EXPECT_EQ(error_of(run_sections("[route]\n", in)), "section [route] at line 1: needs an option 'layers' with 1 to 32 layers");
  EXPECT_EQ(error_of(run_sections("[route]\nlayers=0\ngroups=2\n", in)), "section [route] at line 1: groups=2 does not divide 3 channels");
  EXPECT_FALSE(run_sections("[route]\nlayers=0\ngroups=3\ngroup_id=3\n", in).ok());
}

TEST(ScaleChannels, MultipliesAChannelByItsNumber) {
  const Tensor in = features({1, 2, 1, 2}, {1, 3, 10, 30});
  expect_output(run_sections("[avgpool]\n[scale_channels]\nfrom=0\n", in), {1, 2, 1, 2}, {2, 6, 200, 600});
  EXPECT_EQ(error_of(run_sections("[scale_channels]\nfrom=0\n", in)),
            "section [scale_channels] at line 1: joins tensors of shapes [1,2,1,2] and [1,2,1,2]");
}

TEST(ScaleChannels, MultipliesAPlaceByItsNumberWhereScaleWhIsSet) {
  expect_output(run_sections("[convolutional]\nactivation=linear\n[scale_channels]\nfrom=0\nscale_wh=1\n",
                             features({1, 2, 1, 2}, {1, 2, 3, 4}), {0, 1, 1}),
                {1, 2, 1, 2}, {4, 12, 12, 24});
}

TEST(Sam, MultipliesElementByElement) {
  expect_output(run_sections("[convolutional]\nactivation=linear\n[sam]\nfrom=-2\n", features({1, 1, 1, 2}, {2, 3}), {1, 1}), {1, 1, 1, 2},
                {6, 12});
}

TEST(Upsample, RepeatsEachValueAndScales) {
  expect_output(run_sections("[upsample]\nstride=2\n", features({1, 1, 1, 2}, {1, 2})), {1, 1, 2, 4}, {1, 1, 2, 2, 1, 1, 2, 2});
  expect_output(run_sections("[upsample]\nstride=1\nscale=3\n", features({1, 1, 1, 2}, {1, 2})), {1, 1, 1, 2}, {3, 6});
}

// Darknet's reorg_cpu as published, over the shape of the input, not forward.
Floats darknet_reorg(const Floats& in, int w, int h, int c, int stride) {
  Floats out(in.size());
  const int out_c = c / (stride * stride);
  for (int k = 0; k < c; ++k)
    for (int j = 0; j < h; ++j)
      for (int i = 0; i < w; ++i) {
        const int offset = k / out_c;
        const int from = i * stride + offset % stride + w * stride * (j * stride + offset / stride + h * stride * (k % out_c));
        out[static_cast<std::size_t>(i + w * (j + h * k))] = in[static_cast<std::size_t>(from)];
      }
  return out;
}

TEST(Reorg, RunsDarknetsLoops) {
  const Floats in = ascending(8 * 4 * 6);
  expect_output(run_sections("[reorg]\nstride=2\n", features({1, 8, 4, 6}, in)), {1, 32, 2, 3}, darknet_reorg(in, 6, 4, 8, 2));
}

TEST(Reorg, InReverseIsDepthToSpace) {
  const Floats in = ascending(8);  // channel 2 * (2 y + x) + c goes to (c, y, x)
  expect_output(run_sections("[reorg]\nstride=2\nreverse=1\n", features({1, 8, 1, 1}, in)), {1, 2, 2, 2}, {0, 2, 4, 6, 1, 3, 5, 7});
}

TEST(Reorg, RefusesAStrideThatDoesNotDivide) {
  EXPECT_EQ(error_of(run_sections("[reorg]\nstride=2\n", features({1, 4, 3, 2}, ascending(24)))),
            "section [reorg] at line 1: stride=2 does not divide its input [1,4,3,2]");
  EXPECT_FALSE(run_sections("[reorg]\nstride=2\n", features({1, 2, 2, 2}, ascending(8))).ok());
}

TEST(Reorg3d, IsSpaceToDepth) {
  expect_output(run_sections("[reorg3d]\nstride=2\n", features({1, 2, 2, 2}, ascending(8))), {1, 8, 1, 1}, {0, 4, 1, 5, 2, 6, 3, 7});
}

TEST(Dropout, DropsNothing) {
  expect_output(run_sections("[dropout]\nprobability=.5\n", features({1, 1, 1, 2}, {1, 2})), {1, 1, 1, 2}, {1, 2});
}

}  // namespace
}  // namespace octet::darknet
