#include "report/report.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "report/changes.h"
#include "report/html.h"
#include "report/labels.h"
#include "report/verdict.h"

namespace octet::report {
namespace {

std::vector<std::byte> bytes_of(std::string_view text) {
  const auto* data = reinterpret_cast<const std::byte*>(text.data());
  return {data, data + text.size()};
}

ReportModel model(const std::string& label, double ap, double median_ms, std::int64_t size) {
  ReportModel made{.label = label, .size_bytes = size, .coco = {}, .latency = {}};
  made.coco = std::array<double, 12>{ap, 0.5, 0.25, -1, 0.3, 0.4, 0.28, 0.35, 0.36, -1, 0.33, 0.5};
  made.latency = ReportLatency{.median_ms = median_ms,
                               .p90_ms = median_ms * 1.1,
                               .p99_ms = median_ms * 1.3,
                               .min_ms = median_ms * 0.9,
                               .throughput = 1000 / median_ms,
                               .samples_ms = {}};
  for (int i = 0; i < 50; ++i) made.latency->samples_ms.push_back(median_ms * (0.9 + 0.01 * (i % 40)));
  return made;
}

ReportInput sample() {
  ReportInput input;
  input.model_name = "ssdlite";
  input.data_name = "COCO val2017";
  input.images = 5000;
  input.first = model("FP32", 0.31414, 24, 18'000'000);
  input.second = model("INT8", 0.31136, 10, 4'600'000);
  input.fidelity = 0.9123;
  input.classes = {{"person", 900, 0.4512, 0.4533}, {"cup", 12, 0.25, 0.15}, {"unseen", 0, -1, -1}};
  input.facts = {{"Machine", {{"CPU", "Example 9000"}, {"ISA", "avx512_vnni"}}}};
  ReportPicture calm{.name = "calm.jpg", .credit = {}, .bytes = bytes_of("JPEG"), .width = 640, .height = 480, .first = {}, .second = {}};
  calm.first = calm.second = {{"person", 0.9, {10, 20, 110, 220}}};
  ReportPicture changed = calm;
  changed.name = "changed.jpg";
  changed.second = {{"dog", 0.8, {300, 20, 400, 220}}};
  input.pictures = {calm, changed};
  return input;
}

std::string label_errors_of(std::size_t count) {
  ReportInput input = sample();
  for (std::size_t i = 0; i < count; ++i) input.label_errors.push_back({"missing", "picture " + std::to_string(i), "", "<b>cup</b>", 0.75});
  return render_report(input);
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

int count_of_text(const std::string& text, const std::string& part) {
  int count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

// Values of every attribute of that name.
std::vector<std::string> values_of(const std::string& page, const std::string& attribute) {
  const std::string start = " " + attribute + "=\"";
  std::vector<std::string> values;
  for (std::size_t at = page.find(start); at != std::string::npos; at = page.find(start, at + 1)) {
    const std::size_t begin = at + start.size();
    values.push_back(page.substr(begin, page.find('"', begin) - begin));
  }
  return values;
}

ReportProfile profile() {
  ReportProfile made;
  made.roofs = {100, 1000, 10};
  made.first = {{"conv<1>", "convolution", "avx512", false, 100, 5'000'000, 1'000'000}, {"add", "add", "", false, 300, 0, 3'000'000}};
  made.second = {{"conv<1>", "convolution", "amx", true, 50, 5'000'000, 250'000}};
  return made;
}

TEST(Report, ShowsTheStepsBelowTheRoofs) {
  ReportInput input = sample();
  EXPECT_FALSE(contains(render_report(input), "Where the time goes"));
  input.profile = profile();
  const std::string page = render_report(input);
  EXPECT_TRUE(contains(page, "Where the time goes"));
  EXPECT_EQ(count_of_text(page, "<circle class="), 2);  // what multiplies nothing has no place
  EXPECT_TRUE(contains(page, "conv&lt;1&gt;: 50 GMAC/s, 5 MAC a byte, 100 µs"));
  EXPECT_TRUE(contains(page, "<td>300 µs</td><td>75.0 %</td><td>–</td><td>–</td>"));
  EXPECT_TRUE(contains(page, "<td>100 µs</td><td>25.0 %</td><td>50.0</td><td>50 %</td>"));
  EXPECT_TRUE(contains(page, "<td>50 µs</td><td>100.0 %</td><td>100.0</td><td>10 %</td>"));
  // Axes from 1 to 100 MAC a byte and from 10 to 1000 GMAC/s. Memory's slope ends at 10 MAC a byte, where products in floats are the limit.
  EXPECT_TRUE(contains(page, "<path class=\"first\" d=\"M0.0 380.0L360.0 190.0H720\"/>"));
  EXPECT_TRUE(contains(page, "<path class=\"second\" d=\"M0.0 380.0L720.0 0.0H720\"/>"));
  for (const char* tick : {">1<", ">10<", ">100<", ">1000<"}) EXPECT_TRUE(contains(page, tick)) << tick;
}

TEST(Report, MeasuresBf16ByItsOwnPeak) {
  ReportInput input = sample();
  input.profile = profile();
  const std::string of_floats = render_report(input);
  EXPECT_FALSE(contains(of_floats, "in bf16"));
  input.profile->roofs.bf16_gmac_per_s = 200;
  input.profile->first[0].bf16 = true;
  const std::string page = render_report(input);
  EXPECT_TRUE(contains(page, "products of 100 in floats, 200 in bf16 and 1000 in integers"));
  EXPECT_TRUE(contains(page, "<td>100 µs</td><td>25.0 %</td><td>50.0</td><td>25 %</td>"));
  EXPECT_EQ(count_of_text(page, "<path class=\"first\""), count_of_text(of_floats, "<path class=\"first\"") + 1);
}

TEST(Report, ShowsStepsOfWhichNothingIsKnown) {
  ReportInput input = sample();
  input.profile = ReportProfile{{}, {{"a", "convolution", "", false, 0, 5, 5}}, {{"b", "add", "", false, 1, 0, 0}}};
  const std::string page = render_report(input);
  EXPECT_TRUE(contains(page, "Where the time goes"));
  EXPECT_FALSE(contains(page, "<circle class="));
  for (const char* word : {"nan", "inf<", "inf "}) EXPECT_FALSE(contains(page, word)) << word;
  input.profile->first[0].us = 1;
  EXPECT_EQ(count_of_text(render_report(input), "<circle class="), 1);
  input.profile = ReportProfile{};
  EXPECT_FALSE(contains(render_report(input), "Where the time goes"));
}

TEST(Judge, ShipsWhatMeetsTheDefaults) {
  const Verdict verdict = judge(sample());
  EXPECT_EQ(verdict.outcome, Outcome::kShip);
  EXPECT_EQ(verdict.sentence, "Ship the INT8 model: 0.3 points of AP lost, 2.4× faster, 3.9× smaller.");
  EXPECT_EQ(verdict.checks.size(), 3u);
}

TEST(Judge, NamesEveryReasonAgainst) {
  ReportInput input = sample();
  (*input.second.coco)[0] = 0.29;
  input.second.latency->median_ms = 30;
  EXPECT_EQ(
      judge(input).sentence,
      "Do not ship the INT8 model: it loses 2.4 points of AP where 1.0 are allowed, it runs at 0.80× the speed where 1.00× is asked.");
}

TEST(Judge, TakesTheUsersLimits) {
  ReportInput input = sample();
  input.requirements.min_fidelity = 95;
  EXPECT_EQ(judge(input).outcome, Outcome::kDoNotShip);
  input.requirements.min_fidelity = 91;
  EXPECT_EQ(judge(input).outcome, Outcome::kShip);
}

TEST(Judge, RefusesADropThatThePicturesCannotRuleOut) {
  ReportInput input = sample();
  input.drops[Quantity::kDrop] = {0.0028, [](double) { return 0.013; }};
  input.requirements.max_drop = Bound(1, 0.95);
  EXPECT_EQ(judge(input).sentence,
            "Do not ship the INT8 model: 5000 pictures are too few to tell that it loses no more than 1.0 points of AP.");
  EXPECT_EQ(judge(input).checks[0].measured, "0.3 points, at most 1.3 at 95 %");
  input.requirements.max_drop = Bound(1.5, 0.95);
  EXPECT_EQ(judge(input).outcome, Outcome::kShip);
}

TEST(Judge, NamesTheClassThatLosesMost) {
  ReportInput input = sample();
  input.drops[Quantity::kClassDrop] = {0.1, {}, "cup"};
  input.requirements.max_class_drop = 5;
  EXPECT_EQ(judge(input).sentence, "Do not ship the INT8 model: it loses 10.0 points of one class where 5.0 are allowed.");
  EXPECT_EQ(judge(input).checks.back().measured, "10.0 points (cup)");
}

TEST(Judge, ShowsADropThatOnlyRoundingHides) {
  ReportInput input = sample();
  (*input.second.coco)[0] = (*input.first.coco)[0] - 0.01004;
  EXPECT_TRUE(contains(judge(input).sentence, "loses 1.004 points of AP where 1.0 are allowed")) << judge(input).sentence;
}

TEST(Judge, RefusesWhatWasAskedAndNotMeasured) {
  ReportInput input = sample();
  input.requirements.min_speedup = 1.2;
  input.first.latency.reset();
  EXPECT_EQ(judge(input).sentence, "Do not ship the INT8 model: speed was not measured.");
}

TEST(RenderReport, SaysHowTheSpeedMovesFromRoundToRound) {
  ReportInput input = sample();
  EXPECT_FALSE(contains(render_report(input), "rounds in turn"));
  input.speedup_range = {1.8, 2.55};
  EXPECT_TRUE(contains(render_report(input), "eight of ten rounds in turn have 1.80 to 2.55 times the speed"));
}

TEST(Judge, GoesByFidelityWithoutAnnotations) {
  ReportInput input = sample();
  input.first.coco.reset();
  EXPECT_EQ(judge(input).sentence, "Ship the INT8 model: fidelity 91.2, 2.4× faster, 3.9× smaller.");
}

TEST(Judge, SaysNothingOfNothing) {
  ReportInput input;
  input.second.label = "INT8";
  EXPECT_EQ(judge(input).outcome, Outcome::kUnknown);
}

TEST(Judge, SaysWhenAccuracyRoseOrStayed) {
  ReportInput input = sample();
  (*input.second.coco)[0] = 0.32;
  EXPECT_TRUE(contains(judge(input).sentence, "0.6 points of AP gained"));
  EXPECT_EQ(judge(input).checks[0].measured, "\u22120.6 points");
  (*input.second.coco)[0] = 0.31414;
  EXPECT_TRUE(contains(judge(input).sentence, "no AP lost"));
}

TEST(Escape, LeavesNothingThatHtmlReads) {
  EXPECT_EQ(escape(R"(<img src='x' onerror="a&b">)"), "&lt;img src=&#39;x&#39; onerror=&quot;a&amp;b&quot;&gt;");
}

TEST(Escape, ReplacesBytesThatAreNoUtf8) {
  EXPECT_EQ(escape("é€😀"), "é€😀");
  for (const char* bad : {"\xFF", "\xC0\xAF", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\xE2\x82", "\x01"})
    EXPECT_TRUE(escape(bad).starts_with("\uFFFD")) << bad;
}

TEST(Base64, EncodesTheVectorsOfRfc4648) {
  const std::vector<std::pair<std::string, std::string>> vectors = {
      {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : vectors) EXPECT_EQ(base64(bytes_of(plain)), encoded);
}

TEST(SignedPoints, HasASignOnlyIfSomethingChanged) {
  EXPECT_EQ(signed_points(0.30, 0.31, 1), "+1.0");
  EXPECT_EQ(signed_points(0.31, 0.30, 1), "\u22121.0");
  EXPECT_EQ(signed_points(0.30001, 0.30, 1), "0.0");
  EXPECT_EQ(signed_points(-1, 0.30, 1), "–");
}

TEST(CompareBoxes, KeepsAPairWhoseScoreFallsBelowTheLimit) {
  ReportPicture picture;
  picture.first = {{"cup", 0.31, {0, 0, 100, 100}}};
  picture.second = {{"cup", 0.28, {0, 0, 100, 98}}};
  const PictureChange change = compare_boxes(picture, 0.3, 0.1);
  EXPECT_EQ(change.kept, 1);
  EXPECT_TRUE(change.lost.empty());
  EXPECT_NEAR(change.amount, 0.03 + 0.02, 1e-6);
}

TEST(CompareBoxes, TellsLostFromNew) {
  ReportPicture picture;
  picture.first = {{"cup", 0.9, {0, 0, 100, 100}}, {"dog", 0.2, {0, 0, 50, 50}}};
  picture.second = {{"dog", 0.6, {0, 0, 100, 100}}};
  const PictureChange change = compare_boxes(picture, 0.3, 0.1);
  ASSERT_EQ(change.lost.size(), 1u);
  EXPECT_EQ(change.lost[0]->label, "cup");
  ASSERT_EQ(change.added.size(), 1u);  // the faint dog covers too little of it
  EXPECT_EQ(change.added[0]->label, "dog");
}

TEST(CompareBoxes, LeavesOutWhatCannotBeDrawn) {
  ReportPicture picture;
  picture.first = {{"cup", 0.9, {0, 0, std::numeric_limits<float>::quiet_NaN(), 10}}, {"cup", std::nan(""), {0, 0, 10, 10}}};
  EXPECT_TRUE(compare_boxes(picture, 0.3, 0.1).first.empty());
}

TEST(PlaceTexts, StandsAboveItsBoxWhereThereIsRoom) {
  const ReportPicture picture{.name = {}, .credit = {}, .bytes = {}, .width = 420, .height = 200, .first = {}, .second = {}};
  const ReportBox box{"dog", 0.8, {100, 50, 200, 150}};
  const ShownBox shown{&box};
  const auto places = place_texts({&shown, 1}, picture, 10);
  ASSERT_TRUE(places[0]);
  EXPECT_NEAR(places[0]->x, 102, 1e-3);
  EXPECT_NEAR(places[0]->y, 47, 1e-3);
}

TEST(PlaceTexts, LeavesRoomForTheLettersOfSmallScreens) {
  const ReportPicture picture{.name = {}, .credit = {}, .bytes = {}, .width = 420, .height = 200, .first = {}, .second = {}};
  const std::vector<ReportBox> boxes(3, {"person", 0.9, {100, 50, 200, 90}});
  std::vector<ShownBox> shown;
  for (const ReportBox& box : boxes) shown.push_back({&box});
  const auto places = place_texts(shown, picture, 10);
  for (std::size_t i = 0; i < places.size(); ++i) {
    ASSERT_TRUE(places[i]);
    for (std::size_t j = 0; j < i; ++j) {
      const bool is_apart = std::abs(places[i]->y - places[j]->y) >= 12.5 ||
                            std::abs(places[i]->x - places[j]->x) >= 0.6 * 12.5 * static_cast<double>(label_text(boxes[0]).size());
      EXPECT_TRUE(is_apart) << i << " covers " << j;
    }
  }
}

TEST(RenderReport, ShowsBothApInPercent) {
  const std::string page = render_report(sample());
  for (const char* number : {"31.4", "31.1", "31.41", "31.14", "91.2", "24.0 ms", "10.0 ms", "18.0 MB", "4.60 MB"})
    EXPECT_TRUE(contains(page, number)) << number;
}

TEST(RenderReport, LetsTheSliderReachTheBoxesOfThePageAndNoOthers) {
  ReportInput input = sample();
  input.faint_score = 0.15;
  input.pictures[0].first = {{"person", 0.16, {10, 20, 110, 220}}, {"person", 0.14, {300, 20, 400, 220}}};
  const std::string page = render_report(input);
  EXPECT_TRUE(contains(page, "min=\"0.15\""));
  const auto scores = values_of(page, "data-score");
  EXPECT_EQ(std::ranges::count(scores, "0.1600"), 1);
  EXPECT_EQ(std::ranges::count(scores, "0.1400"), 0);
}

TEST(RenderReport, LoadsNothing) {
  const std::string page = render_report(sample());
  EXPECT_FALSE(contains(page, "http:"));
  EXPECT_FALSE(contains(page, "https:"));
  EXPECT_FALSE(contains(page, "url("));
  EXPECT_FALSE(contains(page, "@import"));
  for (const char* attribute : {"src", "href", "srcset", "data", "poster"})
    for (const std::string& target : values_of(page, attribute))
      EXPECT_TRUE(target.starts_with("data:image/jpeg;base64,") || target.starts_with("#")) << target;
  EXPECT_EQ(values_of(page, "src").size(), 2u);
}

TEST(RenderReport, EscapesEveryTextOfItsInput) {
  ReportInput input = sample();
  const std::string evil = "<script>alert('x')</script>\"'&";
  input.model_name = input.data_name = input.first.label = input.second.label = evil;
  input.classes[0].name = evil;
  input.facts = {{evil, {{evil, evil}}}};
  for (ReportPicture& picture : input.pictures) {
    picture.name = picture.credit = picture.media_type = evil;
    for (auto* boxes : {&picture.first, &picture.second})
      for (ReportBox& box : *boxes) box.label = evil;
  }
  const std::string page = render_report(input);
  EXPECT_FALSE(contains(page, "<script>alert"));
  EXPECT_FALSE(contains(page, "'x'"));
  EXPECT_TRUE(contains(page, "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&#39;&amp;"));
}

TEST(RenderReport, PutsThePictureThatChangedMostFirst) {
  const std::string page = render_report(sample());
  EXPECT_LT(page.find("alt=\"changed.jpg"), page.find("alt=\"calm.jpg"));
}

TEST(RenderReport, LeavesOutAClassThatNothingIsAnnotatedOf) {
  const std::string page = render_report(sample());
  EXPECT_TRUE(contains(page, "data-name=\"cup\""));
  EXPECT_FALSE(contains(page, "data-name=\"unseen\""));
}

TEST(RenderReport, ShowsWhatIsRightAndWrong) {
  ReportInput input = sample();
  EXPECT_FALSE(contains(render_report(input), "As deployed"));
  input.details = {{"Recall", "at 0.25", 0.612, 0.601}, {"Loc", "fits badly", 0.031, 0.043, true}};
  input.classes[1].is_certain = true;
  const std::string page = render_report(input);
  EXPECT_TRUE(contains(page, "<td>61.2</td><td>60.1</td><td class=\"down\">\u22121.1</td>"));
  EXPECT_TRUE(contains(page, "<td>3.1</td><td>4.3</td><td class=\"down\">+1.2</td>")) << "more errors are worse";
  EXPECT_TRUE(contains(page, "\u221210.0*</td>"));
  EXPECT_FALSE(contains(page, "+0.2*</td>"));
}

TEST(RenderReport, SaysThatFewPicturesAreADemonstration) {
  ReportInput input = sample();
  EXPECT_FALSE(contains(render_report(input), "demonstration"));
  input.images = 36;
  EXPECT_TRUE(contains(render_report(input), "36 pictures are a demonstration, not a benchmark"));
  input.images = 120;
  EXPECT_TRUE(contains(render_report(input), "120 pictures are a small sample"));
}

TEST(RenderReport, LeavesOutSectionsWithoutContent) {
  const std::string page = render_report({});
  for (const char* id : {"id=\"pictures\"", "id=\"accuracy\"", "id=\"classes\"", "id=\"latency\"", "id=\"made\""})
    EXPECT_FALSE(contains(page, id)) << id;
  EXPECT_TRUE(page.ends_with("</html>\n"));
}

TEST(RenderReport, ClosesEveryElementThatItOpens) {
  const std::string page = render_report(sample());
  for (const char* name :
       {"div", "section", "table", "tr", "td", "th", "button", "figure", "span", "svg", "g", "p", "ul", "li", "dl", "h2"}) {
    const std::string opening = "<" + std::string(name);
    EXPECT_EQ(count_of_text(page, opening + " ") + count_of_text(page, opening + ">"), count_of_text(page, "</" + std::string(name) + ">"))
        << name;
  }
}

TEST(RenderReport, GivesTheSameBytesForTheSameInput) { EXPECT_EQ(render_report(sample()), render_report(sample())); }

TEST(RenderReport, ListsTheFirstAnnotationsToLookAt) {
  EXPECT_FALSE(contains(label_errors_of(0), "id=\"labels\""));
  const std::string page = label_errors_of(25);
  EXPECT_TRUE(contains(page, "something else, an annotation may be wrong: 25 missing."));
  EXPECT_TRUE(contains(page, "<th scope=\"row\">picture 9</th><td>missing</td><td></td><td>&lt;b&gt;cup&lt;/b&gt;</td><td>0.75</td>"));
  EXPECT_FALSE(contains(page, "picture 10<"));
}

}  // namespace
}  // namespace octet::report
