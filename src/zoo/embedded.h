#pragma once

#include <span>

#include "base/embedded_text.h"

namespace octet {

// zoo/*.yml as they were when the program was built, by name.
std::span<const EmbeddedText> embedded_zoo();

}  // namespace octet
