#include "model/heads/list.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace octet {
namespace {

using Column = ListHead::Column;

constexpr int kMaxClasses = 1 << 16;
constexpr Word<Column> kColumnWords[] = {{"x0", Column::kX0},       {"y0", Column::kY0},       {"x1", Column::kX1},
                                         {"y1", Column::kY1},       {"score", Column::kScore}, {"class", Column::kClass},
                                         {"image", Column::kImage}, {"-", Column::kUnread}};
constexpr Word<ListHead::Unit> kUnitWords[] = {{"pixels", ListHead::Unit::kPixels}, {"fractions", ListHead::Unit::kFractions}};
constexpr std::string_view kExpected = "words with blanks between them: x0 y0 x1 y1 score class, each once, and image and -";

Status read_columns(const InfoReader& info, std::vector<Column>& columns) {
  const std::string* text = info.find("octet_columns");
  if (!text) return {};
  columns.clear();
  for (std::size_t begin = 0; begin < text->size();) {
    const std::size_t end = std::min(text->find(' ', begin), text->size());
    OCTET_ASSIGN(const Column column, value_of_word(kColumnWords, "octet_columns", text->substr(begin, end - begin)));
    columns.push_back(column);
    begin = end + 1;
  }
  for (const Column needed : {Column::kX0, Column::kY0, Column::kX1, Column::kY1, Column::kScore, Column::kClass})
    if (std::ranges::count(columns, needed) != 1) return bad_value("octet_columns", *text, kExpected);
  return {};
}

}  // namespace

Status ListHead::read(const InfoReader& info) {
  OCTET_RETURN_IF_ERROR(info.read_names("octet_outputs", "a JSON array of names of Results", outputs));
  OCTET_RETURN_IF_ERROR(info.read_integer("octet_classes", 1, kMaxClasses, classes));
  OCTET_RETURN_IF_ERROR(info.read_word("octet_box_unit", kUnitWords, unit));
  return read_columns(info, columns);
}

void ListHead::write(ModelInfo& info) const {
  info["octet_outputs"] = one_line(outputs);
  if (classes > 0) info["octet_classes"] = std::to_string(classes);
  std::string words;
  for (const Column column : columns) words += (words.empty() ? "" : " ") + word_of(kColumnWords, column);
  info["octet_columns"] = words;
  if (unit != Unit::kPixels) info["octet_box_unit"] = word_of(kUnitWords, unit);
}

}  // namespace octet
