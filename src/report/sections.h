#pragma once

#include <string>

#include "report/report.h"
#include "report/verdict.h"

// The parts of the page from top to bottom, each as HTML; empty where the input has nothing for it.
namespace octet::report {

std::string verdict_section(const ReportInput& input, const Verdict& verdict);  // header.cc
std::string headline_figures(const ReportInput& input);                         // headline.cc
std::string notes_section(const ReportInput& input);                            // header.cc
std::string pictures_section(const ReportInput& input);                         // pictures.cc
std::string accuracy_section(const ReportInput& input);                         // accuracy.cc
std::string classes_section(const ReportInput& input);                          // classes.cc
std::string latency_section(const ReportInput& input);                          // latency.cc
std::string facts_section(const ReportInput& input);                            // header.cc

}  // namespace octet::report
