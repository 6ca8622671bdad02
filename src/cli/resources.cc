#include "cli/resources.h"

#include <cstdlib>
#include <fstream>
#include <string>

namespace octet::cli {

double peak_rss_mb() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::strtod(line.c_str() + 6, nullptr) / 1024;
  return 0;
}

void reset_peak_rss() {
  constexpr const char* kResetHighWaterMark = "5";
  std::ofstream("/proc/self/clear_refs") << kResetHighWaterMark;
}

}  // namespace octet::cli
