#include "accuracy/presenter.h"

#include <gtest/gtest.h>

#include "base/files.h"
#include "base/scratch_folder.h"

namespace octet::accuracy {
namespace {

MetricEntry entry(std::optional<double> reference = {}) {
  MetricEntry metric{.name = "AP", .type = "coco_precision"};
  metric.reference.number = reference;
  return metric;
}

TEST(Presenter, WritesNumbersAsPythonDoes) {
  EXPECT_EQ(python_number(0), "0.0");
  EXPECT_EQ(python_number(1), "1.0");
  EXPECT_EQ(python_number(0.4037), "0.4037");
  EXPECT_EQ(python_number(1e-05), "1e-05");
  EXPECT_EQ(python_number(0.32065495949926975), "0.32065495949926975");
}

// Recorded lines of the Open Model Zoo's accuracy_check.
TEST(Presenter, WritesALineWithItsComparison) {
  const MetricValues value{{0.32065495949926975}, {}};
  EXPECT_EQ(metric_lines(entry(0.242946), value, {}),
            (std::vector<std::string>{"AP: 32.07% [abs error = 7.771 | relative error = 0.3199]"}));
  EXPECT_EQ(metric_lines(entry(0.242946), value, {.ignore_formatting = true}),
            (std::vector<std::string>{"AP: 0.32065495949926975  [abs error = 0.07771 | relative error = 0.3199]"}));
  EXPECT_EQ(metric_lines(entry(0.242946), value, {.ignore_reference = true}), (std::vector<std::string>{"AP: 32.07%"}));
  EXPECT_EQ(metric_lines(entry(), {{0.5}, {}}, {.ignore_formatting = true}), (std::vector<std::string>{"AP: 0.5 "}));
  EXPECT_EQ(metric_lines(entry(0.5), {{0.5}, {}}, {}), (std::vector<std::string>{"AP: 50.00%"}));
}

// The absolute one is a fraction as the reference is, however the figure is printed.
TEST(Presenter, JudgesByThresholds) {
  MetricEntry metric = entry(0.5);
  metric.abs_threshold = 0.01;
  EXPECT_EQ(metric_lines(metric, {{0.495}, {}}, {}).at(0), "AP: 49.50% \x1b[0;32mPASSED: [abs error = 0.5 | relative error = 0.01]\x1b[0m");
  EXPECT_EQ(metric_lines(metric, {{0.48}, {}}, {}).at(0), "AP: 48.00% \x1b[0;31mFAILED: [abs error = 2.0 | relative error = 0.04]\x1b[0m");
  EXPECT_EQ(metric_lines(metric, {{0.48}, {}}, {.ignore_formatting = true}).at(0),
            "AP: 0.48  \x1b[0;31mFAILED: [abs error = 0.02 | relative error = 0.04]\x1b[0m");
  metric.rel_threshold = 0.005;
  EXPECT_EQ(metric_lines(metric, {{0.495}, {}}, {}).at(0), "AP: 49.50% \x1b[0;31mFAILED: [abs error = 0.5 | relative error = 0.01]\x1b[0m");
}

// What Python's "{:.4}" gives.
TEST(Presenter, WritesErrorsAsPythonDoes) {
  const auto errors = [](double reference, double value) {
    const std::string line = metric_lines(entry(reference), {{value}, {}}, {}).at(0);
    return line.substr(line.find('['));
  };
  EXPECT_EQ(errors(0.7123, 0), "[abs error = 71.23 | relative error = 1.0]");
  EXPECT_EQ(errors(1, 0), "[abs error = 100.0 | relative error = 1.0]");
  EXPECT_EQ(errors(25, 0.22), "[abs error = 2.478e+03 | relative error = 0.9912]");
  EXPECT_EQ(errors(10, 0), "[abs error = 1e+03 | relative error = 1.0]");
  EXPECT_EQ(errors(1234567, 0), "[abs error = 1.235e+08 | relative error = 1.0]");
  EXPECT_EQ(errors(0.5, 0.5 + 1e-7), "[abs error = 1e-05 | relative error = 2e-07]");
}

TEST(Presenter, WritesEachClassAndTheMean) {
  MetricEntry metric = entry();
  metric.prints_classes = true;
  metric.reference.by_class = {{"cat", 0.25}, {"mean", 0.5}};
  const MetricValues values{{0.25, 0.5}, {"cat", "dog"}};
  EXPECT_EQ(metric_lines(metric, values, {}),
            (std::vector<std::string>{"AP@cat: 25.00%", "AP@dog: 50.00%", "AP@mean: 37.50% [abs error = 12.5 | relative error = 0.25]"}));
  EXPECT_EQ(metric_lines(metric, {{0.25}, {"cat"}}, {}), (std::vector<std::string>{"AP@cat: 25.00%"}));
}

TEST(Presenter, AppendsRowsUnderOneHeader) {
  const ScratchFolder folder;
  const ProcessingInfo info{"a, b", "openvino", "CPU", "data", {}};
  const std::string row = csv_rows(info, entry(0.4037), {{0.29594156399975213}, {}}, 60);
  EXPECT_EQ(row, "\"a, b\",openvino,CPU,data,,AP,coco_precision,0.29594156399975213,higher-better,100,%,60,0.4037,0,0,\r\n");
  const auto path = folder.path() / "result.csv";
  ASSERT_TRUE(append_csv(path, row).ok());
  ASSERT_TRUE(append_csv(path, row).ok());
  EXPECT_EQ(*read_text(path), csv_header() + row + row);
}

}  // namespace
}  // namespace octet::accuracy
