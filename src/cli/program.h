#pragma once

namespace octet::cli {

// The program octet: its arguments as main() gets them, and the status that it ends with.
int run_program(int argc, char** argv);

}  // namespace octet::cli
