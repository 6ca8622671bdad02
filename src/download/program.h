#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace octet {

struct ProgramEnd {
  bool ok = false;     // it ended with status 0
  std::string output;  // the end of what it wrote to standard output and error
};

// Runs a program that lies on the PATH with these arguments, in this process's environment and without a shell, and waits for its end. Its
// standard input is empty.
//   errors   kNotFound: there is no such program. kInternal: the system refuses
Result<ProgramEnd> run_program(const std::vector<std::string>& words);

}  // namespace octet
