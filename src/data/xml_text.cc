#include "data/xml_text.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "base/letter_case.h"
#include "base/quoted_name.h"
#include "base/utf8.h"

namespace octet {
namespace {

// In small letters; empty where there is none.
std::string declared_encoding(std::string_view text) {
  const std::string_view declaration = text.substr(0, text.find("?>"));
  const std::size_t name = declaration.find("encoding"), begin = declaration.find_first_of("\"'", name);
  if (declaration.find("<?xml") == declaration.npos || name == declaration.npos || begin == declaration.npos) return {};
  const std::size_t end = declaration.find(declaration[begin], begin + 1);
  return end == declaration.npos ? std::string() : lower_case(std::string(declaration.substr(begin + 1, end - begin - 1)));
}

}  // namespace

Result<pugi::xml_document> parse_xml(std::string_view text) {
  pugi::xml_document document;
  const pugi::xml_parse_result parsed = document.load_buffer(text.data(), text.size());
  if (!parsed) return Error{ErrorCode::kMalformed, fmt::format("byte {}: {}", parsed.offset, parsed.description())};
  const bool is_plain = std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (parsed.encoding != pugi::encoding_utf8 || is_plain) return document;
  if (const std::string encoding = declared_encoding(text); !encoding.empty() && encoding != "utf-8" && encoding != "utf8")
    return Error{ErrorCode::kUnsupported, "is in the encoding " + in_quotes(encoding) + ", which octet does not read; save it in UTF-8"};
  if (const std::size_t whole = utf8_prefix_length(text); whole < text.size())
    return Error{ErrorCode::kMalformed, fmt::format("byte {}: is no UTF-8, and no other encoding is declared; save it in UTF-8", whole)};
  return document;
}

}  // namespace octet
