#include "kernels/activation/activation.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "kernels/activation/activation_kernels.h"

namespace octet::kernels {
namespace {

using Kind = Activation::Kind;

constexpr Activation kAll[] = {{Kind::kNone, 0, 0},
                               {Kind::kRelu, 0, 0},
                               {Kind::kClamp, 0, 6},
                               {Kind::kClamp, -1.5f, 2},
                               {Kind::kLeaky, 0.1f, 0},
                               {Kind::kLeaky, 3, 0},
                               {Kind::kMish, 0, 0},
                               {Kind::kSwish, 0, 0},
                               {Kind::kSigmoid, 0, 0},
                               {Kind::kTanh, 0, 0},
                               {Kind::kHSwish, 0, 0},
                               {Kind::kHSigmoid, 0, 0},
                               {Kind::kHardSigmoid, 0.2f, 0.5f},
                               {Kind::kHardSigmoid, -0.125f, 0.75f},
                               {Kind::kExp, 0, 0}};

// Every `step`-th bit pattern, so all exponents, denormals, infinities and NaNs of both signs.
std::vector<float> patterns(std::uint32_t step) {
  std::vector<float> values;
  for (std::uint64_t bits = 0; bits < (std::uint64_t{1} << 32); bits += step)
    values.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
  for (const float x :
       {0.0f, -0.0f, 1.0f, -1.0f, 0.6f, 87.3f, -87.3f, 88.3f, 88.72f, 88.73f, -88.0f, -103.97f, -104.0f, 20.0f, 3.0f, -3.0f}) {
    values.push_back(x);
    values.push_back(std::nextafter(x, 1e9f));
    values.push_back(std::nextafter(x, -1e9f));
  }
  return values;
}

TEST(Activation, IsTheSameBitsAtEveryLevel) {
  const std::vector<float> in = patterns(1999);
  std::vector<float> out(in.size());
  for (const Isa& isa : isas_of<ActivateKernels>()) {
    for (const Activation& activation : kAll) {
      activate(activation, in, out, isa);
      for (std::size_t i = 0; i < in.size(); ++i)
        ASSERT_EQ(std::bit_cast<std::uint32_t>(out[i]), std::bit_cast<std::uint32_t>(activate(activation, in[i])))
            << isa.name << ", kind " << static_cast<int>(activation.kind) << ", x = " << in[i] << ", bits "
            << std::bit_cast<std::uint32_t>(in[i]);
    }
  }
}

TEST(Activation, WorksOnEveryLengthAndInPlace) {
  for (const Isa& isa : isas_of<ActivateKernels>())
    for (std::size_t length = 0; length < 420; ++length) {
      std::vector<float> values(length + 1, -2.0f);
      activate({Kind::kLeaky, 0.5f, 0}, std::span(values).first(length), std::span(values).first(length), isa);
      for (std::size_t i = 0; i < length; ++i) ASSERT_EQ(values[i], -1.0f);
      ASSERT_EQ(values[length], -2.0f) << isa.name << " wrote beyond " << length;
    }
}

TEST(Activation, IsAccurate) {
  for (const Kind kind : {Kind::kMish, Kind::kSwish, Kind::kSigmoid, Kind::kTanh, Kind::kExp, Kind::kHSwish, Kind::kHSigmoid})
    for (float x = -80; x < 80; x += 0.00137f) {
      const double expected = activate_ref({kind, 0, 0}, x);
      // The hard ones cancel near -3 and are accurate in absolute terms there.
      const double bound = 6e-7 * std::abs(expected) + (kind == Kind::kHSwish || kind == Kind::kHSigmoid ? 3e-7 : 1e-37);
      ASSERT_NEAR(activate({kind, 0, 0}, x), expected, bound) << "kind " << static_cast<int>(kind) << ", x = " << x;
    }
}

TEST(Activation, HasTheRightLimits) {
  constexpr float kInf = std::numeric_limits<float>::infinity();
  EXPECT_EQ(activate({Kind::kExp, 0, 0}, kInf), kInf);
  EXPECT_EQ(activate({Kind::kExp, 0, 0}, 89.0f), kInf);
  EXPECT_EQ(activate({Kind::kExp, 0, 0}, -kInf), 0.0f);
  EXPECT_GT(activate({Kind::kExp, 0, 0}, -100.0f), 0.0f);
  EXPECT_EQ(activate({Kind::kSigmoid, 0, 0}, kInf), 1.0f);
  EXPECT_EQ(activate({Kind::kSigmoid, 0, 0}, 0.0f), 0.5f);
  EXPECT_EQ(activate({Kind::kTanh, 0, 0}, kInf), 1.0f);
  EXPECT_EQ(activate({Kind::kTanh, 0, 0}, -kInf), -1.0f);
  for (const Kind kind : {Kind::kMish, Kind::kSwish, Kind::kHSwish}) {
    EXPECT_EQ(activate({kind, 0, 0}, kInf), kInf);
    EXPECT_EQ(activate({kind, 0, 0}, 3e38f), 3e38f);
    EXPECT_NEAR(activate({kind, 0, 0}, -kInf), 0, 1e-30);
  }
}

TEST(Activation, KeepsNan) {
  for (const Activation& activation : kAll)
    EXPECT_TRUE(std::isnan(activate(activation, std::numeric_limits<float>::quiet_NaN()))) << static_cast<int>(activation.kind);
}

TEST(Activation, ScalesWithAFactor) {
  for (const Activation& activation : kAll)
    for (float x = -9; is_scalable(activation) && x < 9; x += 0.25f)
      EXPECT_EQ(activate(scaled(activation, 4), 4 * x), 4 * activate(activation, x));
  EXPECT_FALSE(is_scalable({Kind::kMish, 0, 0}));
}

}  // namespace
}  // namespace octet::kernels
