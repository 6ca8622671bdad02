#pragma once

#include <span>

#include "base/embedded_text.h"

namespace octet {

// "script" and "style": script.js and style.css of this folder, which the page holds as they are.
std::span<const EmbeddedText> embedded_page_parts();

}  // namespace octet
