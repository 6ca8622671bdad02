#pragma once

#include <span>

#include "base/embedded_text.h"

namespace octet {

// "page", "explanation", "script" and "style": page.html and explanation.html of this folder, Mustache templates, and script.js and
// style.css, which the pages hold as they are.
std::span<const EmbeddedText> embedded_page_parts();

}  // namespace octet
