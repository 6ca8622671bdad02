#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/result.h"
#include "commands/benchmark_app/counters.h"

namespace octet::commands::benchmark_app {

// What a report says, as names and values (texts, or booleans) in their order; written as CSV or as JSON.
class Report {
 public:
  using Json = nlohmann::ordered_json;
  enum class Section { kCommandLine, kConfiguration, kResults };

  // `type`: "no_counters", "average_counters", "detailed_counters"; empty: nothing is written.
  Report(std::string type, std::filesystem::path folder, bool json) : type_(std::move(type)), folder_(std::move(folder)), json_(json) {}

  void add(Section section, const std::string& name, Json value) {
    sections_[static_cast<std::size_t>(section)].emplace_back(name, std::move(value));
  }

  // benchmark_report.csv or .json. kIo where it cannot be written.
  Status write() const;

  // benchmark_average_counters_report, benchmark_detailed_counters_report, and with an order of -pcsort benchmark_sorted_report.
  Status write_counters(std::span<const std::vector<Counter>> requests) const;
  Status write_sorted_counters(std::span<const Counter> counters) const;

 private:
  Status write_as(const std::string& name, const std::string& csv, const std::string& json, const std::string& what) const;

  std::string type_;
  std::filesystem::path folder_;
  bool json_;
  std::vector<std::pair<std::string, Json>> sections_[3];
};

// The words of a command line as upstream's reports list them: options with the word behind them, or what stands behind '='.
std::vector<std::pair<std::string, std::string>> command_line_pairs(std::span<const std::string> words);

}  // namespace octet::commands::benchmark_app
