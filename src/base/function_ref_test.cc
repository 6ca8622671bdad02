#include "base/function_ref.h"

#include <string>

#include <gtest/gtest.h>

namespace octet {
namespace {

int twice(FunctionRef<int(int)> function, int x) { return function(function(x)); }

TEST(FunctionRef, CallsWithWhatALambdaHolds) {
  const int summand = 3;
  EXPECT_EQ(twice([&](int x) { return x + summand; }, 1), 7);
}

TEST(FunctionRef, CallsTheObjectItselfAndNoCopy) {
  int calls = 0;
  auto count = [calls_inside = 0, &calls](int x) mutable { return calls = ++calls_inside, x; };
  twice(count, 0);
  twice(count, 0);
  EXPECT_EQ(calls, 4);
}

TEST(FunctionRef, PassesReferencesOn) {
  std::string text = "a";
  const auto append = [](std::string& to) { to += "b"; };
  const FunctionRef<void(std::string&)> function = append;
  function(text);
  EXPECT_EQ(text, "ab");
}

}  // namespace
}  // namespace octet
