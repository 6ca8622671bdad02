#pragma once

#include <string>
#include <vector>

#include "report/requirements.h"

namespace octet {

// JUnit's XML, as build servers read it: a test case a requirement, which failed where it is not met. `suite` names where they come from.
std::string render_junit(const std::string& suite, const std::vector<Judgement>& judged);

}  // namespace octet
