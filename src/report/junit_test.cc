#include "report/junit.h"

#include <gtest/gtest.h>

namespace octet {
namespace {

TEST(Junit, HasATestCaseForEachRequirement) {
  const std::string xml =
      render_junit({"octet check", "2026-11-27T12:34:56", "host", 12.3456},
                   {{Quantity::kDrop, 1.5, 1, false}, {Quantity::kFidelity, 95, 90, true}, {Quantity::kSpeedup, std::nullopt, 1, false}});
  EXPECT_EQ(xml, R"(<?xml version="1.0"?>
<testsuites>
  <testsuite name="octet check" package="octet" id="0" timestamp="2026-11-27T12:34:56" hostname="host" tests="3" failures="2" errors="0" time="12.346">
    <properties />
    <testcase classname="octet check" name="max-drop" time="0">
      <failure type="requirement" message="max-drop: 1.5 was measured, 1 is required" />
    </testcase>
    <testcase classname="octet check" name="min-fidelity" time="0" />
    <testcase classname="octet check" name="min-speedup" time="0">
      <failure type="requirement" message="min-speedup: was not measured here" />
    </testcase>
    <system-out />
    <system-err />
  </testsuite>
</testsuites>
)");
}

TEST(Junit, IsWholeWithoutRequirements) {
  const std::string xml = render_junit({"<&\">", "2026-11-27T12:34:56", "", 0}, {});
  EXPECT_NE(xml.find("name=\"&lt;&amp;&quot;>\""), std::string::npos) << xml;
  EXPECT_NE(xml.find("hostname=\"localhost\" tests=\"0\""), std::string::npos) << xml;
}

}  // namespace
}  // namespace octet
