#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

// Runs of octet over time, in an SQLite database that any program can read (docs/scale.md has the schema).
namespace octet {

// A row of the table `runs`.
struct HistoryRun {
  std::int64_t id = 0;  // by the database, in the order of the commits
  std::string at;       // when it ended: UTC, "2026-11-27T12:34:56Z"
  std::string verb;
  int status = 0;  // 4: a requirement was not met
  std::string version, machine, cpu, isa;
  std::string models;     // JSON: a list of the words that named them
  std::string arguments;  // JSON: lists of words by option
  std::string figures;    // JSON: what the verb says to programs

  bool operator==(const HistoryRun&) const = default;
};

// Adds a run, whose `id` does not matter, and makes the file where it is absent. Others may write at the same time; what is added is on the
// disk. kMalformed for a file that is no history or of another version of the schema, kIo where it cannot be written.
Status add_to_history(const std::filesystem::path& file, const HistoryRun& run);

// All runs, oldest first, of a file and a folder that may not be written to as well. kNotFound, and kMalformed as above.
Result<std::vector<HistoryRun>> read_history(const std::filesystem::path& file);

// Now, as HistoryRun::at has it.
std::string time_of_now();

}  // namespace octet
