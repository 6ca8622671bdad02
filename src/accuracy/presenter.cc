#include "accuracy/presenter.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <opencv2/core/version.hpp>

#include "base/files.h"

namespace octet::accuracy {
namespace {

constexpr double kPercent = 100;
constexpr std::string_view kGreen = "\x1b[0;32m", kRed = "\x1b[0;31m", kPlain = "\x1b[0m";
constexpr std::size_t kMaxTableBytes = std::size_t{1} << 30;

double mean(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

// The number that a value of this class is compared with, as a fraction. A single reference is that of the mean, or of the only value.
std::optional<double> reference_of(const Reference& reference, const std::string& class_name, bool is_total) {
  if (const auto found = reference.by_class.find(class_name); found != reference.by_class.end()) return found->second;
  return is_total ? reference.number : std::nullopt;
}

std::string coloured(std::string_view text, std::string_view colour) { return fmt::format("{}{}{}", colour, text, kPlain); }

// Python's "{:.4}" of a float that is not negative: as "g", but with a decimal, and with an exponent from a thousand on.
std::string four_digits(double number) {
  std::string text = fmt::format("{:.4g}", number);
  if (text.find_first_not_of("0123456789") != std::string::npos) return text;
  if (text.size() < 4) return text + ".0";
  const std::string digits = text.substr(0, text.find_last_not_of('0') + 1);
  return digits.substr(0, 1) + (digits.size() > 1 ? "." + digits.substr(1) : "") + "e+03";
}

// " [abs error = 7.771 | relative error = 0.3199]", or nothing where both are 0. The first is in the scale of what is printed; a threshold
// for it is in that of the reference.
std::string comparison(const MetricEntry& metric, double value, double reference, double scale) {
  const double absolute = std::abs(reference - value), relative = absolute / std::abs(reference);
  if (absolute == 0) return "";
  const std::string errors = fmt::format("[abs error = {} | relative error = {}]", four_digits(absolute * scale), four_digits(relative));
  if (!metric.abs_threshold && !metric.rel_threshold) return " " + errors;
  const bool failed =
      (metric.abs_threshold && absolute >= *metric.abs_threshold) || (metric.rel_threshold && relative >= *metric.rel_threshold);
  return " " + coloured(fmt::format("{}: {}", failed ? "FAILED" : "PASSED", errors), failed ? kRed : kGreen);
}

std::string line(const MetricEntry& metric, const std::string& class_name, double value, std::optional<double> reference,
                 const LineOptions& options) {
  const std::string name = class_name.empty() ? metric.name : metric.name + "@" + class_name;
  const double scale = options.ignore_formatting ? 1 : kPercent;
  const std::string number = options.ignore_formatting ? python_number(value) + " " : fmt::format("{:.2f}%", value * kPercent);
  const bool compares = reference && *reference != 0 && !options.ignore_reference;
  return fmt::format("{}: {}{}", name, number, compares ? comparison(metric, value, *reference, scale) : "");
}

// The values of print_vector with their classes: all, and the mean where there are several. Without a class for a metric of one number.
std::vector<std::pair<std::string, double>> by_class(const MetricValues& values) {
  std::vector<std::pair<std::string, double>> rows;
  for (std::size_t i = 0; i < values.values.size(); ++i)
    rows.emplace_back(i < values.names.size() ? values.names[i] : "", values.values[i]);
  if (rows.size() > 1) rows.emplace_back("mean", mean(values.values));
  return rows;
}

// A field as Python's csv module writes it.
std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::string csv_row(const std::vector<std::string>& fields) {
  std::vector<std::string> quoted;
  for (const std::string& field : fields) quoted.push_back(csv_field(field));
  return fmt::format("{}\r\n", fmt::join(quoted, ","));
}

std::string threshold_text(const std::optional<double>& threshold) {
  return threshold && *threshold != 0 ? python_number(*threshold) : "0";
}

}  // namespace

std::string python_number(double number) {
  std::string text = fmt::format("{}", number);
  if (text.find_first_not_of("-0123456789") == std::string::npos) text += ".0";
  return text;
}

std::vector<std::string> metric_lines(const MetricEntry& metric, const MetricValues& values, const LineOptions& options) {
  std::vector<std::string> lines;
  if (!metric.prints_classes) {
    const std::string only = metric.reference.by_class.size() == 1 ? metric.reference.by_class.begin()->first : "mean";
    lines.push_back(line(metric, "", mean(values.values), reference_of(metric.reference, only, true), options));
    return lines;
  }
  const auto rows = by_class(values);
  for (const auto& [class_name, value] : rows)
    lines.push_back(
        line(metric, class_name, value, reference_of(metric.reference, class_name, class_name == "mean" || rows.size() == 1), options));
  return lines;
}

std::vector<std::string> processing_lines(const ProcessingInfo& info) {
  std::vector<std::string> lines{"Processing info:", "model: " + info.model, "launcher: " + info.launcher};
  if (!info.tags.empty()) lines.push_back(fmt::format("launcher tags: {}", fmt::join(info.tags, " ")));
  lines.insert(lines.end(), {"device: " + info.device, "dataset: " + info.dataset, "OpenCV version: " CV_VERSION});
  return lines;
}

std::string csv_header() {
  return csv_row({"model", "launcher", "device", "dataset", "tags", "metric_name", "metric_type", "metric_value", "metric_target",
                  "metric_scale", "metric_postfix", "dataset_size", "ref", "abs_threshold", "rel_threshold", "profiling_file"});
}

std::string csv_rows(const ProcessingInfo& info, const MetricEntry& metric, const MetricValues& values, std::size_t images) {
  const auto row = [&](const std::string& name, double value, std::optional<double> reference, bool has_thresholds) {
    return csv_row({info.model, info.launcher, info.device, info.dataset, fmt::format("{}", fmt::join(info.tags, " ")), name, metric.type,
                    python_number(value), "higher-better", "100", "%", std::to_string(images),
                    reference && *reference != 0 ? python_number(*reference) : "",
                    has_thresholds ? threshold_text(metric.abs_threshold) : "0",
                    has_thresholds ? threshold_text(metric.rel_threshold) : "0", ""});
  };
  if (!metric.prints_classes) return row(metric.name, mean(values.values), reference_of(metric.reference, metric.name, true), true);
  std::string rows;
  const auto all = by_class(values);
  for (const auto& [class_name, value] : all)
    rows += row(class_name.empty() ? metric.name : metric.name + "@" + class_name, value,
                reference_of(metric.reference, class_name, all.size() == 1), all.size() == 1);
  return rows;
}

Status append_csv(const std::filesystem::path& path, std::string_view rows) {
  std::string table;
  if (std::filesystem::exists(path)) {
    OCTET_ASSIGN(table, read_text(path, kMaxTableBytes));
  }
  if (table.empty()) table = csv_header();
  return write_file(path, table + std::string(rows));
}

}  // namespace octet::accuracy
