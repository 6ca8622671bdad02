#include "cli/console.h"

#include <unistd.h>

#include <cstdio>
#include <mutex>

#include <fmt/format.h>

#include "base/quoted_name.h"

namespace octet::cli {
namespace {

constexpr int kBarWidth = 30;

std::mutex& output() {
  static std::mutex mutex;
  return mutex;
}

bool on_terminal() {
  static const bool terminal = ::isatty(STDERR_FILENO) != 0;
  return terminal;
}

void put(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); }

}  // namespace

Progress Console::bar(std::string title) {
  finish();
  title_ = std::move(title);
  remark_.clear();
  last_percent_ = -1;
  open_ = true;
  return [this](std::int64_t done, std::int64_t total) { draw(done, total); };
}

void Console::draw(std::int64_t done, std::int64_t total) {
  const std::lock_guard lock(output());
  const int percent = total > 0 ? static_cast<int>(100 * done / total) : 100;
  if (percent == last_percent_) return;
  last_percent_ = percent;
  if (!on_terminal()) {
    if (percent == 100) put(fmt::format("{}: done\n", title_));
    return;
  }
  const int filled = kBarWidth * percent / 100;
  put(fmt::format("\r{:<28} [{}{}] {:3}%{}{}\033[K", title_, std::string(static_cast<std::size_t>(filled), '#'),
                  std::string(static_cast<std::size_t>(kBarWidth - filled), ' '), percent, remark_.empty() ? "" : " ", remark_));
}

void Console::remark(std::string text) {
  const std::lock_guard lock(output());
  remark_ = std::move(text);
  last_percent_ = -1;
}

bool Console::is_watched() { return on_terminal(); }

void Console::finish() {
  const std::lock_guard lock(output());
  if (open_ && on_terminal() && last_percent_ >= 0) put("\n");
  open_ = false;
}

Warn Console::warnings() {
  return [this](std::string_view message) { warn(message); };
}

void Console::warn(std::string_view message) { note(fmt::format("warning: {}", message)); }

void Console::note(std::string_view message) {
  const std::lock_guard lock(output());
  put(fmt::format("{}{}\n", open_ && on_terminal() ? "\r\033[K" : "", plain_line(message)));
  last_percent_ = -1;
}

}  // namespace octet::cli
