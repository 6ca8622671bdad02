#pragma once

#include <span>

#include "base/embedded_text.h"

namespace octet {

// "page", "explanation" and "trend": the pages of this folder, Mustache templates; "head", how each of them begins; "gallery_section",
// "accuracy_section" and "classes_section", which two of them have; "script" and "style": script.js and style.css, which the pages hold as
// they are.
std::span<const EmbeddedText> embedded_page_parts();

}  // namespace octet
