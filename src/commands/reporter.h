#pragma once

#include <cstddef>
#include <cstdio>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/thread_annotations.h"

namespace octet::commands {

// Text of jobs that run side by side, written in their order: that of the first job that has not ended at once, that of others when their
// turn comes. Safe from several threads.
class OrderedOutput {
 public:
  explicit OrderedOutput(std::size_t jobs) : waiting_(jobs), ended_(jobs, false) {}

  void print(std::size_t job, std::FILE* stream, std::string_view text);
  void end(std::size_t job);

 private:
  Mutex mutex_;
  std::size_t current_ OCTET_GUARDED_BY(mutex_) = 0;
  std::vector<std::vector<std::pair<std::FILE*, std::string>>> waiting_ OCTET_GUARDED_BY(mutex_);
  std::vector<bool> ended_ OCTET_GUARDED_BY(mutex_);
};

// How the Open Model Zoo's tools talk of one job: lines for people, or JSON events for programs, on standard output, and faults on
// standard error. Events are written at once, whichever job's turn it is.
class Reporter {
 public:
  enum class Format { kText, kJson };
  using Json = nlohmann::ordered_json;
  using Members = std::initializer_list<std::pair<std::string_view, Json>>;

  Reporter(OrderedOutput& output, std::size_t job, Format format) : output_(output), job_(job), format_(format) {}

  void group_heading(std::string_view text) const;
  void section_heading(std::string_view text) const;
  void line(std::string_view text = {}) const;
  void progress(std::string_view text) const;  // on a terminal in the place of the last one
  void end_progress() const;

  void event(std::string_view type, Members members) const;

  void error(std::string_view text) const;
  void warning(std::string_view text) const;
  void details(std::string_view text) const;
  void cause(std::string_view text) const;  // what is below a fault, without a mark

 private:
  void out(std::string_view text) const;
  void err(std::string_view text) const;

  OrderedOutput& output_;
  std::size_t job_;
  Format format_;
};

}  // namespace octet::commands
