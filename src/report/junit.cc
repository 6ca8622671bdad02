#include "report/junit.h"

#include <algorithm>
#include <sstream>

#include <pugixml.hpp>

namespace octet {

std::string render_junit(const std::string& suite, const std::vector<Judgement>& judged) {
  pugi::xml_document document;
  pugi::xml_node node = document.append_child("testsuites").append_child("testsuite");
  node.append_attribute("name") = suite.c_str();
  node.append_attribute("tests") = static_cast<unsigned long long>(judged.size());
  node.append_attribute("failures") = static_cast<long long>(std::ranges::count(judged, false, &Judgement::is_met));
  for (const Judgement& one : judged) {
    pugi::xml_node test = node.append_child("testcase");
    test.append_attribute("classname") = suite.c_str();
    test.append_attribute("name") = std::string(name_of(one.quantity)).c_str();
    if (!one.is_met) test.append_child("failure").append_attribute("message") = finding_of(one).c_str();
  }
  std::ostringstream text;
  document.save(text, "  ");
  return text.str();
}

}  // namespace octet
