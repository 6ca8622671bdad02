#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/posix_file.h"
#include "base/result.h"

// What a FileTransaction keeps on disk, so that whoever comes after a process that was killed can end its work. In every folder
// that the transaction `id` writes to:
//   .octet-<id>.journal   locked by the process as long as it lives; empty until the commit
//   .octet-<id>-<n>.new   the n-th file of this folder, whole and synced before the commit
//   .octet-<id>-<n>.old   what stood in its place, from the commit until all files are in place
// The journal's text is a list of fields, each ended by a NUL:
//   octet journal 1
//   home=<path>           of the journal that decides for all folders; not in that one itself
//   member=<path>         in the home journal alone: each of the others
//   file=<name>           of the 0th, 1st ... file of this folder
//   end=<SHA-256>         of everything before, so that half a journal is none
// The transaction is committed from the moment in which its home journal is whole. A journal can move and remove files of its own
// folder only: a hostile one gains nothing that its author could not do there himself.
namespace octet {

struct JournalRecord {
  std::string home;
  std::vector<std::string> members, files;
  bool operator==(const JournalRecord&) const = default;
};

std::string format_journal(const JournalRecord& record);

// Nothing where the text is not a whole journal, or names what is no plain file of a folder.
std::optional<JournalRecord> parse_journal(std::string_view text);

std::filesystem::path journal_path(const std::filesystem::path& folder, const std::string& id);
std::filesystem::path new_file_path(const std::filesystem::path& folder, const std::string& id, std::size_t n);
std::filesystem::path old_file_path(const std::filesystem::path& folder, const std::string& id, std::size_t n);

// Creates and locks the empty journal of a transaction in a folder. An errno, or 0.
[[nodiscard]] int begin_journal(const std::filesystem::path& path, posix::File& journal);

// Ends what killed processes have left in a folder: committed transactions are completed, others undone. Those of running
// processes and of other users are left alone, as is a folder that cannot be listed. kIo where a file cannot be moved.
Status recover_folder(const std::filesystem::path& folder);

}  // namespace octet
