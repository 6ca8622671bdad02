#include "report/junit.h"

#include <gtest/gtest.h>

namespace octet {
namespace {

TEST(Junit, HasATestCaseForEachRequirement) {
  const std::string xml = render_junit(
      "octet check", {{Quantity::kDrop, 1.5, 1, false}, {Quantity::kFidelity, 95, 90, true}, {Quantity::kSpeedup, std::nullopt, 1, false}});
  EXPECT_EQ(xml, R"(<?xml version="1.0"?>
<testsuites>
  <testsuite name="octet check" tests="3" failures="2">
    <testcase classname="octet check" name="max-drop">
      <failure message="max-drop: 1.5 was measured, 1 is required" />
    </testcase>
    <testcase classname="octet check" name="min-fidelity" />
    <testcase classname="octet check" name="min-speedup">
      <failure message="min-speedup: was not measured here" />
    </testcase>
  </testsuite>
</testsuites>
)");
}

TEST(Junit, IsWholeWithoutRequirements) {
  EXPECT_NE(render_junit("<&\">", {}).find("name=\"&lt;&amp;&quot;>\" tests=\"0\""), std::string::npos);
}

}  // namespace
}  // namespace octet
