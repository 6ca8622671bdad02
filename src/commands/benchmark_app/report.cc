#include "commands/benchmark_app/report.h"

#include <array>

#include <fmt/format.h>

#include "base/files.h"
#include "commands/benchmark_app/log.h"

namespace octet::commands::benchmark_app {
namespace {

using Json = Report::Json;

constexpr const char* kStatus = "Status.EXECUTED";
constexpr std::array kTitles{std::pair{"Command line parameters", "cmd_options"}, std::pair{"Configuration setup", "configuration_setup"},
                             std::pair{"Execution results", "execution_results"}};

std::string ms(double value) { return fmt::format("{:.3f}", value); }

std::string csv_value(const Json& value) {
  if (value.is_boolean()) return value.get<bool>() ? "True" : "False";
  return value.get<std::string>();
}

// As Python's json writes it: all in ASCII, and a blank behind each colon and comma of a single line.
std::string dumped(const Json& json, int indent) { return json.dump(indent, ' ', true, Json::error_handler_t::replace); }

std::string on_one_line(const Json& json) {
  if (!json.is_object()) return dumped(json, -1);
  std::string text;
  for (const auto& [name, value] : json.items())
    text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", dumped(name, -1), on_one_line(value));
  return "{" + text + "}";
}

std::string counters_csv(std::span<const Counter> counters) {
  std::string text = "layerName;execStatus;layerType;execType;realTime (ms);cpuTime (ms)\n";
  for (const Counter& each : counters)
    text += fmt::format("{};{};{};{};{};{}\n", each.name, kStatus, each.type, each.execution, ms(each.ms), ms(each.ms));
  return text + fmt::format("Total;;;;{0};{0}\n\n", ms(total_ms(counters)));
}

Json counter_json(const Counter& each) {
  return {{"name", each.name},        {"node_type", each.type},  {"status", kStatus},
          {"real_time", ms(each.ms)}, {"cpu_time", ms(each.ms)}, {"exec_type", each.execution}};
}

Json with_totals(Json nodes, std::span<const Counter> counters) {
  const std::string total = ms(total_ms(counters));
  return {{"nodes", std::move(nodes)}, {"total_real_time", total}, {"total_cpu_time", total}};
}

Json counters_json(std::span<const Counter> counters) {
  Json nodes = Json::array();
  for (const Counter& each : counters) nodes.push_back(counter_json(each));
  return with_totals(std::move(nodes), counters);
}

std::string percent_of(const Counter& counter, double total) { return fmt::format("{:.2f}%", total > 0 ? 100 * counter.ms / total : 0); }

// Fields in quotes where CSV needs it.
std::string quoted(const std::string& field) {
  if (field.find_first_of(",\"\n") == std::string::npos) return field;
  std::string text = "\"";
  for (const char c : field) text += c == '"' ? "\"\"" : std::string(1, c);
  return text + "\"";
}

std::string sorted_csv(std::span<const Counter> counters) {
  const double total = total_ms(counters);
  std::string text = "layerName,execStatus,layerType,execType,realTime (ms),cpuTime (ms),proportion (%)\n";
  for (const Counter& each : counters)
    text += fmt::format("{},{},{},{},{},{},{}\n", quoted(each.name), kStatus, quoted(each.type), quoted(each.execution), ms(each.ms),
                        ms(each.ms), percent_of(each, total));
  return text + fmt::format("\nTotal time: {0:.2f} milliseconds\nTotal CPU time: {0:.2f} milliseconds\n\n\n", total);
}

Json sorted_json(std::span<const Counter> counters) {
  const double total = total_ms(counters);
  Json nodes = Json::array();
  for (const Counter& each : counters) {
    nodes.push_back(counter_json(each));
    nodes.back()["%"] = percent_of(each, total);
  }
  return {{"report_type", "sorted"}, {"avg_performance", with_totals(std::move(nodes), counters)}};
}

}  // namespace

Status Report::write_as(const std::string& name, const std::string& csv, const std::string& json, const std::string& what) const {
  const std::filesystem::path path = folder_ / (name + (json_ ? ".json" : ".csv"));
  OCTET_RETURN_IF_ERROR(write_file(path, json_ ? json : csv));
  info(what + " is stored to " + path.string());
  return {};
}

Status Report::write() const {
  if (type_.empty()) return {};
  std::string csv;
  Json json = Json::object();
  for (std::size_t i = 0; i < kTitles.size(); ++i) {
    if (sections_[i].empty()) continue;
    csv += kTitles[i].first + std::string("\n");
    for (const auto& [name, value] : sections_[i]) {
      csv += name + ";" + csv_value(value) + "\n";
      json[kTitles[i].second][name] = value;
    }
    csv += "\n";
  }
  return write_as("benchmark_report", csv, on_one_line(json), "Statistics report");
}

Status Report::write_counters(std::span<const std::vector<Counter>> requests) const {
  if (type_.empty()) return {};
  if (type_ == "no_counters") {
    info("Statistics collecting for performance counters was not requested. No reports are dumped.");
    return {};
  }
  std::string csv;
  Json json;
  if (type_ == "average_counters") {
    const auto mean = averaged(requests);
    csv = counters_csv(mean);
    json = {{"report_type", "average"}, {"avg_performance", counters_json(mean)}};
  } else {
    Json all = Json::array();
    for (const auto& request : requests) {
      csv += counters_csv(request);
      all.push_back(counters_json(request));
    }
    json = {{"report_type", "detailed"}, {"detailed_performance", std::move(all)}};
  }
  return write_as("benchmark_" + type_ + "_report", csv, dumped(json, 4), "Performance counters report");
}

Status Report::write_sorted_counters(std::span<const Counter> counters) const {
  if (type_.empty()) return {};
  return write_as("benchmark_sorted_report", sorted_csv(counters), dumped(sorted_json(counters), 4), "Sorted performance counters report");
}

std::vector<std::pair<std::string, std::string>> command_line_pairs(std::span<const std::string> words) {
  std::vector<std::pair<std::string, std::string>> pairs;
  bool open = false;  // the last option may have a value yet
  for (const std::string& word : words) {
    const std::size_t equals = word.find('=');
    if (equals != std::string::npos)
      pairs.emplace_back(word.substr(0, equals), word.substr(equals + 1));
    else if (word.starts_with('-'))
      pairs.emplace_back(word, "");
    else if (open)
      pairs.back().second = word;
    open = !pairs.empty() && (equals == std::string::npos);
  }
  return pairs;
}

}  // namespace octet::commands::benchmark_app
