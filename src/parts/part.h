#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "base/result.h"
#include "base/scratch_vector.h"
#include "parts/setup.h"

// What one process found of a work that is shared out, as bytes: the line "octet part 1" and records, each
//   u32   bytes of its content, the lowest first
//   ...   content, whose first byte is its kind: 'S' the setup as JSON, always the first; 'E' the end, always the last: u64 number of the
//         records before it, f64 seconds that the work took, u64 pictures that an earlier run had done; others as the work has them
//   16    hexadecimal digits: the first of the SHA-256 of its number (u64, from 0) and its content
// A part without its end, as a process that was killed leaves it, is a journal: what is whole of it counts.
namespace octet {

inline constexpr std::string_view kPartExtension = ".octetpart", kJournalExtension = ".octetjournal";

// "check-2-of-3.octetpart".
std::string part_name(const PartSetup& setup, std::string_view extension);

// Makes the bytes, one record after another.
class PartWriter {
 public:
  explicit PartWriter(std::uint64_t records_before = 0) : records_(records_before) {}

  std::string begin(const PartSetup& setup);
  std::string record(std::string_view content);
  std::string end(double seconds, std::uint64_t resumed = 0);

 private:
  std::uint64_t records_;
};

// Of a file that is read through, so many bytes are in memory at a time.
inline constexpr std::size_t kBytesReadTogether = std::size_t{16} << 20;

// Takes records off bytes until one is not whole.
class PartReader {
 public:
  explicit PartReader(std::span<const std::byte> bytes);

  // Content of the next record; nothing at the end of the bytes, or where what follows is none.
  std::optional<std::span<const std::byte>> next();
  // Bytes that were read, and records.
  std::size_t position() const { return position_; }
  std::uint64_t records() const { return records_; }

 private:
  std::span<const std::byte> bytes_;
  std::size_t position_ = 0;
  std::uint64_t records_ = 0;
  bool has_begun_ = false;
};

// Whether the bytes are those of a part up to where they end, so that nothing but a part is lost with them.
bool is_beginning_of_part(std::span<const std::byte> bytes);

// The setup out of the first record of a part; kMalformed for another record.
Result<PartSetup> setup_in(std::span<const std::byte> record);

// A whole part, read and checked, with the bytes that it lies in.
struct Part {
  std::string name;  // for messages: its file, or "rank 2"
  PartSetup setup;
  ScratchVector<std::span<const std::byte>> records;  // without setup and end
  double seconds = 0;
  std::uint64_t resumed = 0;
  std::shared_ptr<const void> owner;  // of the bytes
  std::function<void()> release{};    // gives back what memory records take that lie in a file; they may be read again
};

// Errors name the part: kMalformed where it is cut, changed or none.
Result<Part> read_part(const std::filesystem::path& path);
Result<Part> parse_part(std::string bytes, std::string name);

// The setup of a part of which nothing else is read.
Result<PartSetup> read_setup(const std::filesystem::path& path);

// Files of parts in these folders; a word may be such a file itself. kNotFound for one without any.
Result<std::vector<std::filesystem::path>> find_parts(const std::vector<std::filesystem::path>& places);

// The parts by their shares. kMalformed, naming the share: one is missing or given twice, or is of another work than the first.
Result<std::vector<Part>> complete_parts(std::vector<Part> parts);

}  // namespace octet
