#pragma once

#include <string>
#include <string_view>

#include "report/views.h"

namespace octet::report {

// A page of this folder, by its name as embedded.h has it, filled in with a view: texts are escaped, what is null leaves its section out.
// A page begins with the partial "head", which has what the browser is allowed and the style: pictures where the view has "has_pictures",
// a script where it has "has_script". The script is there as "script".
std::string fill_page(std::string_view page, Json view);

}  // namespace octet::report
