#include <vector>

#include "commands/command.h"

namespace octet::commands {

int run_omz_downloader(std::span<const std::string> words);
int run_omz_info_dumper(std::span<const std::string> words);
int run_omz_converter(std::span<const std::string> words);
int run_omz_quantizer(std::span<const std::string> words);
int run_accuracy_check(std::span<const std::string> words);
int run_benchmark_app(std::span<const std::string> words);

std::span<const Command> commands() {
  static const std::vector<Command> kCommands{
      {"omz_downloader", run_omz_downloader}, {"omz_info_dumper", run_omz_info_dumper}, {"omz_converter", run_omz_converter},
      {"omz_quantizer", run_omz_quantizer},   {"accuracy_check", run_accuracy_check},   {"benchmark_app", run_benchmark_app},
  };
  return kCommands;
}

}  // namespace octet::commands
