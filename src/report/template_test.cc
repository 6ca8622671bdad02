#include "report/template.h"

#include <string>

#include <gtest/gtest.h>

#include "report/explanation.h"
#include "report/report.h"
#include "report/trend.h"

namespace octet {
namespace {

constexpr std::string_view kPolicyBegins = "content=\"default-src 'none';", kTitleBegins = "<title>";

std::string between(const std::string& page, std::string_view begin, std::string_view end) {
  const std::size_t found = page.find(begin), from = found + begin.size();
  return found == std::string::npos ? "no " + std::string(begin) : page.substr(from, page.find(end, from) - from);
}

// What the browser is allowed beside nothing.
std::string allowed_by(const std::string& page) { return between(page, kPolicyBegins, "\""); }

// All before the title but what the browser is allowed.
std::string head_of(const std::string& page) {
  std::string head = page.substr(0, page.find(kTitleBegins));
  return head.erase(head.find(kPolicyBegins), kPolicyBegins.size() + allowed_by(page).size());
}

TEST(Pages, BeginAlike) {
  const std::string report = render_report({}), explanation = render_explanation({}), trend = render_trend("runs.db", {});
  EXPECT_EQ(head_of(report).rfind("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n", 0), 0u);
  EXPECT_NE(head_of(report).find(":root {"), std::string::npos) << head_of(report);
  EXPECT_EQ(head_of(explanation), head_of(report));
  EXPECT_EQ(head_of(trend), head_of(report));
}

TEST(Pages, AllowTheBrowserNoMoreThanTheyNeed) {
  EXPECT_EQ(allowed_by(render_report({})),
            " img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'");
  EXPECT_EQ(allowed_by(render_explanation({})),
            " style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'");
  EXPECT_EQ(allowed_by(render_trend("runs.db", {})), " style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'");
}

TEST(Pages, HaveATitleOfTheirOwnThatIsEscaped) {
  EXPECT_EQ(between(render_trend("<runs>.db", {}), kTitleBegins, "</title>"), "&lt;runs&gt;.db: figures over time");
  ReportInput report;
  report.model_name = "a<b";
  EXPECT_EQ(between(render_report(report), kTitleBegins, " in "), "a&lt;b");
}

}  // namespace
}  // namespace octet
