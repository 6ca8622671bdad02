#pragma once

namespace octet::cli {

// From here on Ctrl-C and other requests to end first take away what is half-written. Called before any thread begins.
void discard_files_on_interrupt();

}  // namespace octet::cli
