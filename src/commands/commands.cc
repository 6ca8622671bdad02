#include <vector>

#include "commands/command.h"

namespace octet::commands {

std::span<const Command> commands() {
  static const std::vector<Command> kCommands{};
  return kCommands;
}

}  // namespace octet::commands
