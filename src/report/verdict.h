#pragma once

#include <string>
#include <vector>

#include "report/report.h"

namespace octet::report {

enum class Outcome { kShip, kDoNotShip, kUnknown };

struct Check {
  std::string name;      // "Accuracy drop"
  std::string measured;  // "0.3 points"
  std::string limit;     // "at most 1.0"
  bool passed = false;
};

struct Verdict {
  Outcome outcome = Outcome::kUnknown;
  std::string sentence;       // "Ship the INT8 model: 0.3 points of AP lost, 2.4× faster, 3.9× smaller."
  std::vector<Check> checks;  // those that could be measured
};

// Points of AP that the second model loses, nothing if either was not measured.
std::optional<double> drop_points(const ReportInput& input);
// Median of the first over median of the second.
std::optional<double> speedup(const ReportInput& input);
// Bytes of the first over bytes of the second.
std::optional<double> shrinkage(const ReportInput& input);

// Judges by the measured values, not by their rounded forms.
Verdict judge(const ReportInput& input);

}  // namespace octet::report
