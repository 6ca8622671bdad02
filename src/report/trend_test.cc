#include "report/trend.h"

#include <gtest/gtest.h>

namespace octet {
namespace {

bool has(const std::string& page, const std::string& text) { return page.find(text) != std::string::npos; }

TrendLine line_of(const std::string& models, const std::string& figure, bool rises, const std::vector<double>& values) {
  TrendLine line{models, "here", "check", figure, 2, rises, {}};
  for (const double value : values) line.points.push_back({static_cast<std::int64_t>(line.points.size()) + 1, "2026-11-27", value});
  return line;
}

TEST(Trend, SaysSinceWhenAFigureIsWorseThanItsBest) {
  EXPECT_TRUE(has(render_trend("runs.db", {line_of("a.xml", "AP", true, {30, 31, 29, 30.5})}), "since run 3 of 2026-11-27: 29.00"));
  EXPECT_TRUE(has(render_trend("runs.db", {line_of("a.xml", "ms", false, {5, 4, 4, 6})}), "since run 4 of 2026-11-27: 6.00"));
  EXPECT_FALSE(has(render_trend("runs.db", {line_of("a.xml", "AP", true, {29, 30, 30})}), "Worse than its best"));
  EXPECT_FALSE(has(render_trend("runs.db", {line_of("a.xml", "AP", true, {29})}), "Worse than its best"));
}

TEST(Trend, DrawsEachLineBelowItsModels) {
  const std::string page = render_trend(
      "runs.db", {line_of("a.xml", "AP", true, {1, 3, 2}), line_of("a.xml", "ms", false, {7}), line_of("b.xml", "AP", true, {5, 5})});
  EXPECT_TRUE(has(page, "2 series of runs"));
  EXPECT_EQ(page.find("<h2>a.xml</h2>"), page.rfind("<h2>a.xml</h2>"));
  EXPECT_TRUE(has(page, "M0.00 96.00L50.00 4.00L100.00 50.00"));
  EXPECT_TRUE(has(page, "M50.00 50.00h.01"));
  EXPECT_TRUE(has(page, "M0.00 50.00L100.00 50.00"));
}

TEST(Trend, NamesTheFirstRunInWhichAClassFell) {
  const std::vector<TrendLine> classes = {line_of("a.xml", "cup", true, {50, 52, 51.5, 48, 49}),
                                          line_of("a.xml", "dog", true, {50, 40, 50}), line_of("a.xml", "cat", true, {50, 49.5}),
                                          line_of("a.xml", "bus", true, {60, 20})};
  const auto fall = first_fall(classes[0], kFallOfClass);
  ASSERT_TRUE(fall.has_value());
  EXPECT_EQ(fall->best, 52);
  EXPECT_EQ(fall->first.run, 4);
  EXPECT_EQ(fall->last.value, 49);
  EXPECT_FALSE(first_fall(classes[1], kFallOfClass).has_value());
  EXPECT_FALSE(first_fall(classes[2], kFallOfClass).has_value());
  const std::string page = render_trend("runs.db", {line_of("a.xml", "AP", true, {1, 2}), line_of("b.xml", "AP", true, {1})}, classes);
  EXPECT_TRUE(has(page, ">cup</th><td>52.00</td><td>4 of 2026-11-27</td><td>48.00</td><td>49.00</td>"));
  EXPECT_LT(page.find(">bus</th>"), page.find(">cup</th>"));
  EXPECT_FALSE(has(page, ">dog</th>"));
  EXPECT_EQ(page.find("Classes that fell</h3>"), page.rfind("Classes that fell</h3>"));
}

// Since the run behind the last that was near the best: what a class did before it came back is over.
TEST(Trend, NamesTheFallThatLasts) {
  const auto fall = first_fall(line_of("a.xml", "cup", true, {50, 47, 49.5, 48, 47}), kFallOfClass);
  ASSERT_TRUE(fall.has_value());
  EXPECT_EQ(fall->best, 50);
  EXPECT_EQ(fall->first.run, 4);
}

TEST(Trend, DoesNotMixWaysOfMeasuring) {
  TrendLine other = line_of("a.xml", "AP", true, {9});
  other.way = "check, --limit 20";
  const std::string page = render_trend("runs.db", {line_of("a.xml", "AP", true, {30}), other}, {});
  EXPECT_TRUE(has(page, "2 series of runs"));
  EXPECT_TRUE(has(page, "here; check, --limit 20"));
  EXPECT_FALSE(has(page, "Worse than its best"));
}

TEST(Trend, EscapesWhatTheDatabaseHolds) {
  const std::string page = render_trend("<b>", {line_of("<script>", "AP", true, {1})});
  EXPECT_FALSE(has(page, "<script>"));
  EXPECT_FALSE(has(page, "<b><b>"));
  EXPECT_TRUE(has(render_trend("empty", {}), "0 series of runs"));
}

}  // namespace
}  // namespace octet
