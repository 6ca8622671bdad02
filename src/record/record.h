#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "record/recorded_file.h"

namespace octet {

// What an INT8 model was made of: enough to make the same bytes again, or to tell what differs. Paths are relative to the folder of the
// record, in generic form, so that a tree that is moved as a whole keeps its meaning; an absolute path stays absolute.
struct QuantizationRecord {
  std::string version, cpu, isa;  // of octet, the name of the CPU, the instruction set that its kernels used

  std::string model;                  // path of what was quantized, a file or a folder
  std::string weights, labels;        // paths of what was given beside it; empty: not given
  std::string description;            // name of a known model, or path of a description; empty: not given
  std::vector<RecordedFile> sources;  // every file of these

  std::string picture_folder;          // path of the folder that all pictures lie below
  std::vector<RecordedFile> pictures;  // in the order in which they were used, named within that folder

  std::map<std::string, std::string> options;  // what else decides the bytes, in words of the command line
  std::vector<RecordedFile> outputs;           // names of files beside the record

  bool operator==(const QuantizationRecord&) const = default;
};

// JSON, readable by people; parse_record() reads it back.
std::string format_record(const QuantizationRecord& record);

// The text is hostile: kMalformed, with the key, for what format_record() would not write, such as a picture outside of its folder, an
// output that is no plain name, or a digest that is none. kUnsupported for another version of the form.
Result<QuantizationRecord> parse_record(std::string_view text);

// A file of at most 256 MiB, which has room for a million pictures. Errors name it; kNotFound where there is none.
Result<QuantizationRecord> read_record(const std::filesystem::path& path);

}  // namespace octet
