#include <algorithm>
#include <cmath>
#include <vector>

#include "base/check.h"
#include "kernels/activation/activation_kernels.h"
#include "kernels/check.h"

namespace octet::kernels {
namespace {

double hard_sigmoid(double x) { return std::clamp(x + 3, 0.0, 6.0) / 6; }

}  // namespace

double activate_ref(const Activation& activation, double x) {
  using Kind = Activation::Kind;
  switch (activation.kind) {
    case Kind::kNone:
      return x;
    case Kind::kRelu:
      return std::max(x, 0.0);
    case Kind::kClamp:
      return std::min<double>(std::max<double>(x, activation.a), activation.b);
    case Kind::kLeaky:
      return x < 0 ? activation.a * x : x;
    case Kind::kMish:
      return x * std::tanh(std::log1p(std::exp(x)));
    case Kind::kSwish:
      return x / (1 + std::exp(-x));
    case Kind::kSigmoid:
      return 1 / (1 + std::exp(-x));
    case Kind::kTanh:
      return std::tanh(x);
    case Kind::kHSwish:
      return x * hard_sigmoid(x);
    case Kind::kHSigmoid:
      return hard_sigmoid(x);
    case Kind::kHardSigmoid:
      return std::clamp(double{activation.a} * x + double{activation.b}, 0.0, 1.0);
    case Kind::kExp:
      return std::exp(x);
  }
  check_failed(__FILE__, __LINE__, "kind", "an activation kind beyond the enum");
}

double ActivateKernels::check(Random& random, const Isa& isa, ThreadPool&) {
  const Activation activation = random_activation(random);
  const auto in = random.reals(random.between(1, 200), -40, 40);
  std::vector<float> out(in.size()), defined(in.size());
  activate(activation, in, out, isa);
  std::ranges::transform(in, defined.begin(), [&](float x) { return activate(activation, x); });
  if (const double bits = difference<float>(defined, out); bits != 0) return std::max(bits, 1.0);
  double greatest = 0;
  for (std::size_t i = 0; i < in.size(); ++i) {
    const double exact = activate_ref(activation, in[i]);
    greatest = std::max(greatest, std::abs(out[i] - exact) / (std::abs(exact) + 1));
  }
  return greatest;
}

}  // namespace octet::kernels
