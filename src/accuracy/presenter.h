#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "accuracy/metrics.h"
#include "base/result.h"

// The figures as the Open Model Zoo's checker writes them, to the character.
namespace octet::accuracy {

// Python's repr() of a float: the shortest text that reads back as the same number, "0.0" and "1e-05".
std::string python_number(double number);

struct LineOptions {
  bool ignore_formatting = false;  // numbers as they are, not percent with two decimals
  bool ignore_reference = false;
};

// The lines of one metric: one, or for print_vector one for each class and their mean. A comparison with the reference follows where it is
// not met exactly, coloured where thresholds are given.
std::vector<std::string> metric_lines(const MetricEntry& metric, const MetricValues& values, const LineOptions& options);

// What an evaluation is of, in the lines before it and in the table.
struct ProcessingInfo {
  std::string model, launcher, device, dataset;
  std::vector<std::string> tags;
};
std::vector<std::string> processing_lines(const ProcessingInfo& info);

// Rows of the table for a metric, each with its line end.
std::string csv_header();
std::string csv_rows(const ProcessingInfo& info, const MetricEntry& metric, const MetricValues& values, std::size_t images);

// Appends rows to a table, with the header where there is none yet.
Status append_csv(const std::filesystem::path& path, std::string_view rows);

}  // namespace octet::accuracy
