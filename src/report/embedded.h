#pragma once

#include <span>

#include "base/embedded_text.h"

namespace octet {

// "page", "script" and "style": page.html of this folder, a Mustache template, and script.js and style.css, which the page holds as they
// are.
std::span<const EmbeddedText> embedded_page_parts();

}  // namespace octet
