#pragma once

#include <span>
#include <string>
#include <string_view>

namespace octet::commands {

// A program of the Open Model Zoo or of OpenVINO that octet is under its name too: a link beside octet, or a copy of it.
struct Command {
  std::string_view name;

  // Runs it on the words behind its name and returns the exit status. It prints what the program prints, on the same streams.
  int (*run)(std::span<const std::string> words);
};

// All of them, in the order in which a workflow calls them.
std::span<const Command> commands();

}  // namespace octet::commands
