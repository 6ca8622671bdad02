#pragma once

#include <string>
#include <vector>

#include "report/requirements.h"

namespace octet {

// What requirements were judged by.
struct JudgedRun {
  std::string suite;    // names it
  std::string at;       // when it ended: UTC, "2026-11-27T12:34:56", to which the schema allows no zone
  std::string machine;  // may be empty
  double seconds = 0;
};

// JUnit's XML, as build servers read it: a test case a requirement, which failed where it is not met. It keeps to the schemas of Ant and of
// Jenkins's xUnit plugin (junit-10.xsd).
std::string render_junit(const JudgedRun& run, const std::vector<Judgement>& judged);

}  // namespace octet
