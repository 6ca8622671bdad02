#pragma once

#include "cli/verb.h"

namespace octet::cli {

// Adds --history and --junit to a verb: `run` with its outcome written there as well. What cannot be written is an error behind the
// outcome, which stands.
Run add_recording(CLI::App& verb, Run run);

}  // namespace octet::cli
