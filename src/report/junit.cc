#include "report/junit.h"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "base/utf8.h"

namespace octet {

namespace {

void append(pugi::xml_node node, const char* attribute, const std::string& value) {
  node.append_attribute(attribute) = text_for_xml(value).c_str();
}

void append_case(pugi::xml_node suite, const std::string& name_of_suite, const Judgement& one) {
  pugi::xml_node test = suite.append_child("testcase");
  append(test, "classname", name_of_suite);
  append(test, "name", std::string(name_of(one.quantity)));
  append(test, "time", "0");  // that of the run is the suite's
  if (one.is_met) return;
  pugi::xml_node failure = test.append_child("failure");
  append(failure, "type", "requirement");
  append(failure, "message", finding_of(one));
}

}  // namespace

std::string render_junit(const JudgedRun& run, const std::vector<Judgement>& judged) {
  pugi::xml_document document;
  pugi::xml_node suite = document.append_child("testsuites").append_child("testsuite");
  append(suite, "name", run.suite);
  append(suite, "package", "octet");
  append(suite, "id", "0");
  append(suite, "timestamp", run.at);
  append(suite, "hostname", run.machine.empty() ? "localhost" : run.machine);
  append(suite, "tests", fmt::to_string(judged.size()));
  append(suite, "failures", fmt::to_string(std::ranges::count(judged, false, &Judgement::is_met)));
  append(suite, "errors", "0");  // what fails otherwise writes no file
  append(suite, "time", fmt::format("{:.3f}", run.seconds));
  suite.append_child("properties");
  for (const Judgement& one : judged) append_case(suite, run.suite, one);
  suite.append_child("system-out");
  suite.append_child("system-err");
  std::ostringstream text;
  document.save(text, "  ");
  return text.str();
}

}  // namespace octet
