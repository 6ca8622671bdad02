#include <vector>

#include "commands/command.h"

namespace octet::commands {

int run_accuracy_check(std::span<const std::string> words);
int run_benchmark_app(std::span<const std::string> words);

std::span<const Command> commands() {
  static const std::vector<Command> kCommands{
      {"accuracy_check", run_accuracy_check},
      {"benchmark_app", run_benchmark_app},
  };
  return kCommands;
}

}  // namespace octet::commands
