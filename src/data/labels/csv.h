#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

// Comma-separated values as RFC 4180 has them, row by row; a row without any text is passed over.
namespace octet {

// An error of the visitor ends the reading and gets file and line.
using CsvVisitor = std::function<Status(std::span<const std::string> fields)>;

// Every row. kNotFound without the file, kMalformed for a quote that does not end.
Status read_csv_rows(const std::filesystem::path& path, const CsvVisitor& visit);

// The fields of `columns`, in that order, of each row behind the first, which names the columns. kMalformed also where one is missing or a
// row is shorter.
Status read_csv(const std::filesystem::path& path, std::span<const std::string_view> columns, const CsvVisitor& visit);

}  // namespace octet
