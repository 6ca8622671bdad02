#include "commands/reporter.h"

#include <fmt/format.h>
#include <unistd.h>

namespace octet::commands {
namespace {

bool on_terminal() {
  static const bool terminal = ::isatty(STDOUT_FILENO) != 0;
  return terminal;
}

void write(std::FILE* stream, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stream);
  std::fflush(stream);
}

}  // namespace

void OrderedOutput::print(std::size_t job, std::FILE* stream, std::string_view text) {
  const MutexLock lock(mutex_);
  if (job == current_)
    write(stream, text);
  else
    waiting_[job].emplace_back(stream, text);
}

void OrderedOutput::end(std::size_t job) {
  const MutexLock lock(mutex_);
  ended_[job] = true;
  while (current_ < ended_.size() && ended_[current_]) {
    ++current_;
    if (current_ == ended_.size()) return;
    for (const auto& [stream, text] : waiting_[current_]) write(stream, text);
    waiting_[current_].clear();
  }
}

void Reporter::out(std::string_view text) const {
  if (format_ == Format::kText) output_.print(job_, stdout, text);
}

void Reporter::err(std::string_view text) const { output_.print(job_, stderr, text); }

void Reporter::group_heading(std::string_view text) const { out(fmt::format("################|| {} ||################\n\n", text)); }
void Reporter::section_heading(std::string_view text) const { out(fmt::format("========== {}\n", text)); }
void Reporter::line(std::string_view text) const { out(fmt::format("{}\n", text)); }
void Reporter::progress(std::string_view text) const { out(fmt::format("{}{}", text, on_terminal() ? '\r' : '\n')); }
void Reporter::end_progress() const {
  if (on_terminal()) out("\n");
}

// In the form in which Python's json writes an object on one line.
void Reporter::event(std::string_view type, Members members) const {
  if (format_ != Format::kJson) return;
  constexpr bool kAsciiOnly = true;
  const auto text_of = [](const Json& value) { return value.dump(-1, ' ', kAsciiOnly, Json::error_handler_t::replace); };
  std::string object = fmt::format("{{\"$type\": {}", text_of(type));
  for (const auto& [key, value] : members) object += fmt::format(", \"{}\": {}", key, text_of(value));
  static Mutex mutex;
  const MutexLock lock(mutex);
  write(stdout, object + "}\n");
}

void Reporter::error(std::string_view text) const { err(fmt::format("########## Error: {}\n", text)); }
void Reporter::warning(std::string_view text) const { err(fmt::format("########## Warning: {}\n", text)); }
void Reporter::details(std::string_view text) const { err(fmt::format("##########      {}\n", text)); }
void Reporter::cause(std::string_view text) const { err(fmt::format("{}\n", text)); }

}  // namespace octet::commands
