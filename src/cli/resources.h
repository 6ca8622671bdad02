#pragma once

#include <chrono>

namespace octet::cli {

// Highest resident memory of this process so far, in MB of 2^20 bytes; 0 where the system does not tell.
double peak_rss_mb();

// Forgets the highest figure, so that peak_rss_mb() speaks of what follows. Not on every system.
void reset_peak_rss();

class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace octet::cli
