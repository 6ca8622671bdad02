#pragma once

namespace octet {

// Gives the system what was freed and the C library keeps for later, as far as it can: many small things leave it in pieces that large ones
// do not fit in.
void give_back_freed_memory();

}  // namespace octet
