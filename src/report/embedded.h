#pragma once

#include <span>

#include "base/embedded_text.h"

namespace octet {

// "page", "explanation", "trend", "script" and "style": the pages of this folder, Mustache templates, and script.js and
// style.css, which the pages hold as they are.
std::span<const EmbeddedText> embedded_page_parts();

}  // namespace octet
