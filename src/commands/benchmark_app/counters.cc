#include "commands/benchmark_app/counters.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include <fmt/format.h>

#include "base/cpu.h"
#include "commands/benchmark_app/log.h"

namespace octet::commands::benchmark_app {
namespace {

constexpr const char* kStatus = "Status.EXECUTED";

// "depthwise convolution" as one word, "DepthwiseConvolution".
std::string type_of(const StepInfo& step) {
  std::string type;
  bool begins = true;
  for (const char c : step.op) {
    if (c != ' ') type += begins ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    begins = c == ' ';
  }
  return type;
}

std::string execution_of(const StepInfo& step) {
  return (step.kernel.empty() ? std::string(active_isa().name) : step.kernel) + (step.integer ? "_I8" : "_f32");
}

// Names of 20 characters and more are cut.
std::string shortened(const std::string& name) {
  constexpr std::size_t kWidth = 20;
  return name.size() >= kWidth ? name.substr(0, kWidth - 4) + "..." : name;
}

std::string counter_line(const Counter& counter) {
  return fmt::format("{:<20} {:<20} layerType: {:<20} execType: {:<20} realTime (ms): {:<10.3f} cpuTime (ms): {:<10.3f}",
                     shortened(counter.name), kStatus, shortened(counter.type), counter.execution, counter.ms, counter.ms);
}

double share_of(const Counter& counter, double total) { return total > 0 ? counter.ms / total : 0; }

}  // namespace

std::vector<Counter> counters_of(std::span<const StepInfo> steps, std::span<const double> step_us) {
  std::vector<Counter> counters;
  for (std::size_t i = 0; i < steps.size(); ++i)
    counters.push_back({steps[i].node, type_of(steps[i]), execution_of(steps[i]), i < step_us.size() ? 1e-3 * step_us[i] : 0});
  return counters;
}

double total_ms(std::span<const Counter> counters) {
  double total = 0;
  for (const Counter& counter : counters) total += counter.ms;
  return total;
}

std::vector<Counter> averaged(std::span<const std::vector<Counter>> requests) {
  if (requests.empty()) return {};
  std::vector<Counter> mean = requests[0];
  for (const auto& request : requests.subspan(1))
    for (std::size_t i = 0; i < mean.size() && i < request.size(); ++i) mean[i].ms += request[i].ms;
  for (Counter& counter : mean) counter.ms /= static_cast<double>(requests.size());
  return mean;
}

std::vector<Counter> sorted_counters(std::vector<Counter> counters, const std::string& order) {
  if (order != "no_sort") std::ranges::stable_sort(counters, [](const Counter& a, const Counter& b) { return a.ms > b.ms; });
  return counters;
}

void print_counters(std::span<const std::vector<Counter>> requests) {
  for (std::size_t i = 0; i < requests.size(); ++i) {
    info(fmt::format("Performance counts for {}-th infer request", i));
    for (const Counter& counter : requests[i]) print_line(counter_line(counter));
    print_line(fmt::format("Total time:     {:.3f} milliseconds", total_ms(requests[i])));
    print_line(fmt::format("Total CPU time: {:.3f} milliseconds\n", total_ms(requests[i])));
  }
}

void print_sorted_counters(std::span<const std::vector<Counter>> requests, const std::string& order) {
  for (std::size_t i = 0; i < requests.size(); ++i) {
    info(fmt::format("Performance counts sorted for {}-th infer request", i));
    const double total = total_ms(requests[i]);
    double shares = 0;
    for (const Counter& counter : sorted_counters(requests[i], order)) {
      const double share = share_of(counter, total);
      shares += share;
      const std::string percent = fmt::format("{:.2f}", 100 * share);
      print_line(counter_line(counter) + fmt::format("proportion: {:<8}", (percent == "0.00" ? "N/A" : percent) + "%"));
    }
    print_line(fmt::format("Total time:       {:.3f} milliseconds", total));
    print_line(fmt::format("Total CPU time:   {:.3f} milliseconds", total));
    print_line(fmt::format("Total proportion: {:.2f} % \n", 100 * std::round(shares)));
  }
}

}  // namespace octet::commands::benchmark_app
