#pragma once

#include <string>
#include <string_view>

#include "report/views.h"

namespace octet::report {

// A page of this folder, by its name as embedded.h has it, filled in with a view: texts are escaped, what is null leaves its section out.
// Style and script are there as "style" and "script".
std::string fill_page(std::string_view page, Json view);

}  // namespace octet::report
