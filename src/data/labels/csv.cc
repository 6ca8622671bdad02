#include "data/labels/csv.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "data/file_text.h"

namespace octet {
namespace {

// Takes rows off a text.
class Rows {
 public:
  explicit Rows(std::string_view text) : text_(text) {
    constexpr std::string_view kMark = "\xef\xbb\xbf";
    if (text_.starts_with(kMark)) text_.remove_prefix(kMark.size());
  }

  bool ends() const { return at_ >= text_.size(); }
  std::size_t line() const { return line_; }  // of the row that was read last, from 1

  // False where a quote does not end.
  bool read(std::vector<std::string>& fields) {
    line_ = next_line_;
    fields.clear();
    do {
      fields.emplace_back();
      if (!read_field(fields.back())) return false;
    } while (take(','));
    take('\r');
    if (take('\n')) ++next_line_;
    return true;
  }

 private:
  bool take(char character) {
    if (ends() || text_[at_] != character) return false;
    ++at_;
    return true;
  }

  bool read_field(std::string& field) {
    if (!take('"')) {
      const std::size_t end = std::min(text_.find_first_of(",\r\n", at_), text_.size());
      field = text_.substr(at_, end - at_);
      at_ = end;
      return true;
    }
    while (!ends()) {
      const char c = text_[at_++];
      next_line_ += c == '\n';
      if (c == '"' && !take('"')) return true;
      field += c;
    }
    return false;
  }

  std::string_view text_;
  std::size_t at_ = 0, line_ = 0, next_line_ = 1;
};

Error at_line(const std::filesystem::path& path, std::size_t line, const Error& error) {
  return error.at(fmt::format("{}:{}", path.string(), line));
}

}  // namespace

Status read_csv_rows(const std::filesystem::path& path, const CsvVisitor& visit) {
  OCTET_ASSIGN(const FileText file, FileText::open(path));
  Rows rows(file.text());
  std::vector<std::string> fields;
  while (!rows.ends()) {
    if (!rows.read(fields)) return at_line(path, rows.line(), {ErrorCode::kMalformed, "a quote does not end"});
    if (fields.size() == 1 && fields[0].empty()) continue;
    if (const Status status = visit(fields); !status.ok()) return at_line(path, rows.line(), status.error());
  }
  return {};
}

Status read_csv(const std::filesystem::path& path, std::span<const std::string_view> columns, const CsvVisitor& visit) {
  std::vector<std::size_t> places;
  std::vector<std::string> wanted(columns.size());
  const auto name_columns = [&](std::span<const std::string> names) -> Status {
    for (const std::string_view column : columns) {
      const auto found = std::ranges::find(names, column);
      if (found == names.end()) return Error{ErrorCode::kMalformed, fmt::format("names no column '{}'", column)};
      places.push_back(static_cast<std::size_t>(found - names.begin()));
    }
    return {};
  };
  const auto pick = [&](std::span<const std::string> fields) -> Status {
    if (places.empty()) return name_columns(fields);
    for (std::size_t i = 0; i < places.size(); ++i) {
      if (places[i] >= fields.size())
        return Error{ErrorCode::kMalformed, fmt::format("has {} fields and none for '{}'", fields.size(), columns[i])};
      wanted[i] = fields[places[i]];
    }
    return visit(wanted);
  };
  OCTET_RETURN_IF_ERROR(read_csv_rows(path, pick));
  return places.empty() ? Status(Error{ErrorCode::kMalformed, path.string() + ": is empty, expected a row of names"}) : Status();
}

}  // namespace octet
