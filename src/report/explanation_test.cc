#include "report/explanation.h"

#include <gtest/gtest.h>

namespace octet {
namespace {

ExplanationInput sample() {
  ExplanationInput input;
  input.model_name = "tiny";
  input.images = 8;
  input.snr_db = 21.25;
  input.layers = {{"conv_0", "Convolution", 8, 30, 0.1}, {"conv_1", "Convolution", 8, 20, 0.6}, {"sum", "Add", 16, 25, 0.3}};
  input.tensors = {{.name = "image",
                    .method = "pixels",
                    .low = 0,
                    .high = 2.55,
                    .least = -0.5,
                    .greatest = 3,
                    .step = 0.01,
                    .snr_db = 40,
                    .below_share = 0.1,
                    .above_share = 0.02,
                    .shares = {0.5, 0, 0.38}}};
  input.floats = {{"conv_9", "reads a SoftMax"}};
  return input;
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

std::int64_t count_of_text(const std::string& text, const std::string& part) {
  std::int64_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(RenderExplanation, PutsTheLayerWithMostOfTheErrorFirst) {
  const std::string page = render_explanation(sample());
  EXPECT_TRUE(contains(page, "21.2 dB at the heads; 1 of 3 layers make half of the error.")) << page;
  EXPECT_LT(page.find("data-name=\"conv_1\""), page.find("data-name=\"sum\""));
  EXPECT_LT(page.find("data-name=\"sum\""), page.find("data-name=\"conv_0\""));
  EXPECT_TRUE(contains(page, "<td>60.00</td>"));
}

TEST(RenderExplanation, DrawsWhatIsClippedApart) {
  const std::string page = render_explanation(sample());
  EXPECT_TRUE(contains(page, "viewBox=\"0 0 5 100\""));
  EXPECT_TRUE(contains(page, "<path d=\"M1 100V3.0h.92V100zM3 100V")) << "a bar for each part with elements, the greatest 97 high";
  EXPECT_TRUE(contains(page, "<path class=\"clipped\" d=\"M0 100V")) << "below the limits";
  EXPECT_TRUE(contains(page, "12.000 %"));
}

TEST(RenderExplanation, SaysWhatWasChosenAndWhy) {
  const std::string page = render_explanation(sample());
  EXPECT_TRUE(contains(page, "2 layers read activations of 8 bits"));
  EXPECT_TRUE(contains(page, "1 layer reads activations of 16 bits"));
  EXPECT_TRUE(contains(page, "Range of 1 tensor: pixels."));
  EXPECT_TRUE(contains(page, "conv_9 stays in floats: it reads a SoftMax."));
}

TEST(RenderExplanation, SaysAReasonOnceForAllLayersThatHaveIt) {
  ExplanationInput input = sample();
  input.floats = {{"conv_9", "was left"}, {"conv_7", "reads a SoftMax"}, {"conv_8", "was left"}};
  const std::string page = render_explanation(input);
  EXPECT_TRUE(contains(page, "2 layers stay in floats, each of which was left: conv_9, conv_8."));
  EXPECT_TRUE(contains(page, "conv_7 stays in floats: it reads a SoftMax."));
}

TEST(RenderExplanation, PlotsTheModelsOfASearchAndTheFrontOfThem) {
  EXPECT_FALSE(contains(render_explanation(sample()), "id=\"tradeoff\""));
  ExplanationInput input = sample();
  input.tradeoff = {{0, 90, 1, 1.5}, {4, 89, 1.2, {}, false}, {8, 98, 1.4, 0.25, true}};
  const std::string page = render_explanation(input);
  EXPECT_TRUE(contains(page, "id=\"tradeoff\""));
  EXPECT_EQ(count_of_text(page, "<circle"), 3);
  EXPECT_EQ(count_of_text(page, "<circle class=\"second\""), 1);
  // From the first to the last, a twelfth and eleven twelfths of the width: the second is beaten by the first.
  EXPECT_TRUE(contains(page, "d=\"M25.00 82.41L275.00 8.33\"")) << page;
  EXPECT_TRUE(contains(page, "8 layers in float: fidelity AP 98.0, latency 1.400"));
  EXPECT_TRUE(contains(page, "<span style=\"left:8.33%\">1.00</span><span style=\"left:91.67%\">1.40</span>")) << page;
  EXPECT_TRUE(contains(page, "<td>0.25</td>"));
}

TEST(RenderExplanation, PlotsHowTheRangesCameToRest) {
  EXPECT_FALSE(contains(render_explanation(sample()), "id=\"curve\""));
  ExplanationInput input = sample();
  input.curve = {{4, 0.25}, {8, 0.05}, {9, 0}};
  const std::string page = render_explanation(input);
  EXPECT_TRUE(contains(page, "id=\"curve\""));
  EXPECT_TRUE(contains(page, "<tr><th scope=\"row\">4</th><td>25.00</td></tr>"));
  EXPECT_TRUE(contains(page, "<title>8 pictures: 5.00 %</title>"));
  EXPECT_TRUE(contains(page, ">25.0 %</span>"));
}

TEST(RenderExplanation, ListsTheLayersThatWereTried) {
  EXPECT_FALSE(contains(render_explanation(sample()), "id=\"decisions\""));
  ExplanationInput input = sample();
  input.decisions = {{"conv_1", 0.0123, 0.004, true}, {"conv_0", 0.001, 0.03, false}};
  const std::string page = render_explanation(input);
  EXPECT_TRUE(contains(page, "<th scope=\"row\">conv_1</th><td>0</td><td>12.300</td><td>0.40</td><td>float</td>")) << page;
  EXPECT_TRUE(contains(page, "<th scope=\"row\">conv_0</th><td>1</td><td>1.000</td><td>3.00</td><td>integers</td>"));
}

TEST(RenderExplanation, ShowsWhatBothModelsFind) {
  for (const char* section : {"id=\"detections\"", "id=\"classes\"", "id=\"accuracy\"", "img-src"})
    EXPECT_FALSE(contains(render_explanation(sample()), section)) << section;
  ExplanationInput input = sample();
  ReportInput found;
  found.images = 55;
  found.first = {.label = "FP32", .coco = {{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}}, .latency = {}};
  found.second = {.label = "INT8", .coco = {{0.97, 1, 1, 0.9, 1, 1, 1, 1, 1, 1, 1, 1}}, .latency = {}};
  found.score_shift = {312, -0.012, 0.02};
  found.classes = {{.name = "dog", .objects = 7, .first_ap = 1, .second_ap = 0.5}};
  found.pictures = {
      {.name = "street.jpg", .credit = {}, .bytes = {}, .width = 40, .height = 30, .first = {{"dog", 0.9, {1, 2, 30, 20}}}, .second = {}}};
  input.detections = {found, false, true};
  const std::string page = render_explanation(input);
  EXPECT_TRUE(contains(page, "What both models find in 55 pictures that were held out of the calibration. The truth is what FP32 finds"));
  EXPECT_TRUE(contains(page, "Of 312 boxes that both find, INT8 scores 0.012 less on average; one score moves by 0.020 either way."));
  EXPECT_TRUE(contains(page, "data-name=\"dog\""));
  EXPECT_TRUE(contains(page, "lost: dog 0.90"));
  EXPECT_TRUE(contains(page, "img-src data:"));
}

TEST(RenderExplanation, EscapesEveryTextAndLoadsNothing) {
  ExplanationInput input = sample();
  const std::string evil = "<script>alert('x')</script>\"'&";
  input.model_name = input.layers[0].node = input.layers[0].operation = input.tensors[0].name = input.tensors[0].method = evil;
  input.floats[0] = {evil, evil};
  const std::string page = render_explanation(input);
  EXPECT_FALSE(contains(page, "<script>alert"));
  EXPECT_FALSE(contains(page, "'x'"));
  for (const char* loads : {"http:", "https:", "url(", "@import", " src="}) EXPECT_FALSE(contains(page, loads)) << loads;
}

TEST(RenderExplanation, ClosesEveryElementThatItOpens) {
  for (const std::string& page : {render_explanation(sample()), render_explanation({})})
    for (const std::string name : {"div", "section", "table", "tr", "td", "th", "button", "span", "svg", "p", "ul", "li", "dl", "h2", "h3"})
      EXPECT_EQ(count_of_text(page, "<" + name + " ") + count_of_text(page, "<" + name + ">"), count_of_text(page, "</" + name + ">"))
          << name;
}

}  // namespace
}  // namespace octet
