#include "commands/benchmark_app/log.h"

#include <array>
#include <cstdio>
#include <string>

#include <fmt/format.h>

namespace octet::commands::benchmark_app {
namespace {

constexpr std::array kSteps{"Parsing and validating input arguments",
                            "Loading OpenVINO Runtime",
                            "Setting device configuration",
                            "Reading model files",
                            "Resizing model to match image sizes and given batch",
                            "Configuring input of the model",
                            "Loading the model to the device",
                            "Querying optimal runtime parameters",
                            "Creating infer requests and preparing input tensors",
                            "Measuring performance",
                            "Dumping statistics report"};

}  // namespace

void print_line(std::string_view line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

void print_step(Step step, std::string_view more) {
  const auto number = static_cast<std::size_t>(step);
  const std::string name = kSteps[number - 1] + (more.empty() ? std::string() : fmt::format(" ({})", more));
  print_line(fmt::format("[Step {}/{}] {}", number, kSteps.size(), name));
}

void info(std::string_view message) { print_line(fmt::format("[ INFO ] {}", message)); }
void warning(std::string_view message) { print_line(fmt::format("[ WARNING ] {}", message)); }

void error(std::string_view message) {
  std::string line(message);
  for (char& c : line)
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  print_line("[ ERROR ] " + line);
}

}  // namespace octet::commands::benchmark_app
