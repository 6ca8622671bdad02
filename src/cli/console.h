#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/progress.h"

namespace octet::cli {

// What a person sees on standard error: progress bars, warnings, notes. Safe from several threads.
class Console {
 public:
  // A bar under `title` until the next one begins or finish() is called. Without a terminal a line when it is done.
  Progress bar(std::string title);
  void finish();
  // What stands behind the bar from its next step on, on a terminal.
  void remark(std::string text);
  // Whether somebody sees the bar move.
  static bool is_watched();

  // Each message in one line, whatever names it holds.
  Warn warnings();
  void warn(std::string_view message);
  void note(std::string_view message);

 private:
  void draw(std::int64_t done, std::int64_t total);

  std::string title_, remark_;
  int last_percent_ = -1;
  bool open_ = false;
};

}  // namespace octet::cli
