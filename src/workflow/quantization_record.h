#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "quant/calibrate.h"
#include "record/record.h"
#include "steps/import_source.h"
#include "steps/quantize.h"
#include "workflow/layout.h"

namespace octet {

// What decides the bytes of an INT8 model beside its sources and its pictures.
struct QuantizationChoices {
  quant::CalibrationOptions calibration;
  Recipe recipe;
  WriteOptions written;
  DecodeOptions decode;
};

// As words of the command line, by option.
std::map<std::string, std::string> words_of(const QuantizationChoices& choices);

// The reverse. kUnsupported for an option that this octet lacks, or a word that it does not know.
Status take_words(const std::map<std::string, std::string>& words, QuantizationChoices& choices);

// A record of what is about to be quantized, for the folder in which it will lie; its outputs are yet to come. `files` are those of the
// model. Pictures are read for their digests on the threads of `choices`; one that cannot be read has none. kNotFound for a source that
// cannot be read.
Result<QuantizationRecord> begin_record(const std::filesystem::path& folder, const std::filesystem::path& model,
                                        const std::vector<std::filesystem::path>& files, const ConvertOptions& opening,
                                        const Dataset& pictures, const QuantizationChoices& choices);

// Where things that a record names lie now.
struct RecordedPlaces {
  std::filesystem::path model, weights, labels;
  std::string description;
  std::vector<std::filesystem::path> sources, pictures;  // in the order of the record
};

// `folder` is the record's. What was moved is looked for at `model`, with what lies beside it, and in `data`, the folder of the pictures or
// a data set with them; empty: not moved.
RecordedPlaces find_recorded(const QuantizationRecord& record, const std::filesystem::path& folder, const std::filesystem::path& model,
                             const std::filesystem::path& data);

}  // namespace octet
