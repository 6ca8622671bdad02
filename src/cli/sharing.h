#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "base/files.h"
#include "cli/verb.h"
#include "data/dataset.h"
#include "parts/part.h"

// Verbs whose work on pictures several processes can share: those of --shard, whose parts --parts takes, and the ranks of mpirun.
namespace octet::cli {

struct SharingOptions {
  std::string shard;                         // "2/3" or "auto"
  std::filesystem::path output;              // folder of the part
  std::vector<std::filesystem::path> parts;  // to take instead of doing the work
};

// --shard and --parts. Who has no --output of its own adds one for the part.
void add_sharing(CLI::App& verb, SharingOptions& options);
void add_part_output(CLI::App& verb, SharingOptions& options);

// --resume DIR.
void add_resume(CLI::App& verb, std::filesystem::path& folder);

// Images that earlier runs had done, of all parts.
std::int64_t resumed_in(const std::vector<Part>& parts);

// Whom a process tells what: each picture is the affair of one process, all else of the first.
struct Talk {
  Warn warn, warn_of_pictures;
  std::function<Progress(const std::string& title)> bar;
};

// What was made of a share. Its bytes come one after another, as they may be more than there is memory.
struct MadePart {
  PartSetup setup;
  std::function<Status(const FileTransaction::Sink& sink)> write;
  std::int64_t images = 0;
};
// Told of a part that is gone when the call returns.
using TakePart = std::function<Status(const MadePart& part)>;

// The shares that a process is to do, one after another; nothing when there are no more. Of the pictures of all shares, `least` at least
// are to be worth one.
using NextShare = std::function<std::optional<Share>(std::size_t pictures, std::size_t least)>;

struct SharedWork {
  std::function<Status(const NextShare& next, const TakePart& take, const Talk& talk)> make_parts;
  std::function<Result<Outcome>(std::vector<Part> parts, const Talk& talk)> join;  // complete ones
  std::function<Result<Outcome>(const Talk& talk)> do_all;
};

// Does what the options and mpirun ask for. A rank that does not lead has no outcome.
Result<Outcome> run_shared(const SharingOptions& options, const SharedWork& work, Console& console);

// What was done: the words of a verb's command line, digests of `files` (of models, annotations and what else is read) and the names of
// the pictures. kNotFound for a file that cannot be read.
Result<PartSetup> setup_of(const CLI::App& verb, const Share& share, const std::vector<std::filesystem::path>& files,
                           const Dataset& pictures);

// The words that gave a setup, for the same verb to parse again, without those of sharing. kMalformed for words that setup_of() does not
// make, such as names of files to write.
Result<std::vector<std::string>> words_of(const PartSetup& setup);

}  // namespace octet::cli
