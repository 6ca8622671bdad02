#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>

#include "base/checked_math.h"
#include "formats/npz/npz.h"

namespace octet {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kMaxHeaderBytes = 1 << 16;
constexpr std::size_t kMaxRank = 32;

struct TypeEntry {
  std::string_view descr;
  std::size_t bytes;
};
// In the order of NpyType.
constexpr std::array<TypeEntry, 12> kTypes{{{"|b1", 1},
                                            {"|i1", 1},
                                            {"|u1", 1},
                                            {"<i2", 2},
                                            {"<u2", 2},
                                            {"<i4", 4},
                                            {"<u4", 4},
                                            {"<i8", 8},
                                            {"<u8", 8},
                                            {"<f2", 2},
                                            {"<f4", 4},
                                            {"<f8", 8}}};

Error malformed(std::string message) { return {ErrorCode::kMalformed, "not an .npy array: " + std::move(message)}; }

struct Header {
  NpyType type = NpyType::kF32;
  bool fortran_order = false;
  std::vector<std::int64_t> shape;
};

// The header is a Python dictionary of three keys: {'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), }.
class HeaderParser {
 public:
  explicit HeaderParser(std::string_view text) : text_(text) {}

  Result<Header> parse() {
    Header header;
    unsigned seen = 0;
    if (!take('{')) return malformed("its header is not a dictionary");
    while (!take('}')) {
      const auto key = quoted();
      if (!key || !take(':')) return malformed("its header has a key without a value");
      OCTET_RETURN_IF_ERROR(value(*key, header, seen));
      if (!take(',') && !next_is('}')) return malformed("its header lacks a comma");
    }
    if (seen != 7) return malformed("its header lacks descr, fortran_order or shape");
    return header;
  }

 private:
  Status value(std::string_view key, Header& header, unsigned& seen) {
    if (key == "descr") return seen |= 1, descr(header);
    if (key == "fortran_order") return seen |= 2, fortran_order(header);
    if (key == "shape") return seen |= 4, shape(header);
    return malformed(fmt::format("its header has the key '{:.40}'", key));
  }

  Status descr(Header& header) {
    const auto word = quoted();
    if (!word) return Error{ErrorCode::kUnsupported, "arrays of structures are not supported"};
    const bool native = word->starts_with('=');
    for (std::size_t i = 0; i < kTypes.size(); ++i) {
      const bool same = native ? word->substr(1) == kTypes[i].descr.substr(1) : *word == kTypes[i].descr;
      const bool byte_wide = kTypes[i].bytes == 1 && word->size() == 3 && word->substr(1) == kTypes[i].descr.substr(1);
      if (!same && !byte_wide) continue;
      header.type = static_cast<NpyType>(i);
      return {};
    }
    return Error{ErrorCode::kUnsupported,
                 fmt::format("values of type '{:.20}' are not supported (little-endian numbers and booleans)", *word)};
  }

  Status fortran_order(Header& header) {
    header.fortran_order = take_word("True");
    return header.fortran_order || take_word("False") ? Status() : malformed("fortran_order is neither True nor False");
  }

  Status shape(Header& header) {
    header.shape.clear();
    if (!take('(')) return malformed("its shape is not a tuple");
    while (!take(')')) {
      skip_blanks();
      std::int64_t size = -1;
      const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), size);
      if (error != std::errc{} || size < 0) return malformed("its shape holds something else than sizes");
      if (header.shape.size() == kMaxRank) return malformed("its shape has too many axes");
      header.shape.push_back(size);
      text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
      take('L');
      if (!take(',') && !next_is(')')) return malformed("its shape lacks a comma");
    }
    return {};
  }

  void skip_blanks() {
    while (!text_.empty() && (text_[0] == ' ' || text_[0] == '\n' || text_[0] == '\t')) text_.remove_prefix(1);
  }
  bool next_is(char c) { return skip_blanks(), text_.starts_with(c); }
  bool take(char c) {
    if (!next_is(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool take_word(std::string_view word) {
    skip_blanks();
    if (!text_.starts_with(word)) return false;
    text_.remove_prefix(word.size());
    return true;
  }
  std::optional<std::string_view> quoted() {
    skip_blanks();
    if (text_.empty() || (text_[0] != '\'' && text_[0] != '"')) return std::nullopt;
    const std::size_t end = text_.find(text_[0], 1);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view word = text_.substr(1, end - 1);
    text_.remove_prefix(end + 1);
    return word;
  }

  std::string_view text_;
};

// Splits a file into header text and values.
Result<std::pair<std::string_view, std::span<const std::byte>>> split(std::span<const std::byte> file) {
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  if (!text.starts_with(kMagic) || file.size() < 10) return malformed("it does not begin with \\x93NUMPY");
  const auto byte_at = [&](std::size_t i) { return std::to_integer<std::size_t>(file[i]); };
  const std::size_t version = byte_at(6), start = version == 1 ? 10 : 12;
  if (version < 1 || version > 3) return Error{ErrorCode::kUnsupported, fmt::format(".npy version {} is not supported (1, 2, 3)", version)};
  if (file.size() < start) return malformed("it ends in its header");
  std::size_t length = byte_at(8) | byte_at(9) << 8;
  if (version > 1) length |= byte_at(10) << 16 | byte_at(11) << 24;
  if (length > kMaxHeaderBytes || length > file.size() - start) return malformed("it ends in its header");
  return std::pair{text.substr(start, length), file.subspan(start + length)};
}

// Values in column-major order to row-major order.
std::vector<std::byte> row_major(std::span<const std::byte> values, const std::vector<std::int64_t>& shape, std::size_t width) {
  std::vector<std::byte> result(values.size());
  std::vector<std::int64_t> index(shape.size(), 0);
  for (std::size_t to = 0; to < values.size(); to += width) {
    std::size_t from = 0;
    for (std::size_t axis = shape.size(); axis-- > 0;)
      from = from * static_cast<std::size_t>(shape[axis]) + static_cast<std::size_t>(index[axis]);
    std::memcpy(&result[to], &values[from * width], width);
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      if (++index[axis] < shape[axis]) break;
      index[axis] = 0;
    }
  }
  return result;
}

std::string tuple(std::span<const std::int64_t> shape) {
  return shape.size() == 1 ? fmt::format("({},)", shape[0]) : fmt::format("({})", fmt::join(shape, ", "));
}

}  // namespace

std::size_t size_of(NpyType type) { return kTypes[static_cast<std::size_t>(type)].bytes; }

std::string_view descr_of(NpyType type) { return kTypes[static_cast<std::size_t>(type)].descr; }

Result<NpyArray> parse_npy(std::span<const std::byte> file) {
  OCTET_ASSIGN(const auto parts, split(file));
  OCTET_ASSIGN(Header header, HeaderParser(parts.first).parse());
  const std::span<const std::byte> values = parts.second;
  const std::size_t width = size_of(header.type);
  const auto count = checked_product(header.shape);
  if (!count || static_cast<std::uint64_t>(*count) > values.size() / width || static_cast<std::size_t>(*count) * width != values.size())
    return malformed(fmt::format("{} values of {} bytes are claimed, {} bytes are there", tuple(header.shape), width, values.size()));
  NpyArray array{header.type, std::move(header.shape), {}};
  if (header.fortran_order && array.shape.size() > 1)
    array.bytes = row_major(values, array.shape, width);
  else
    array.bytes.assign(values.begin(), values.end());
  if (array.type == NpyType::kBool)
    std::replace_if(
        array.bytes.begin(), array.bytes.end(), [](std::byte b) { return b > std::byte{1}; }, std::byte{1});
  return array;
}

std::string npy_header(NpyType type, std::span<const std::int64_t> shape) {
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': {}, }}", descr_of(type), tuple(shape));
  const std::size_t prefix = kMagic.size() + 4;
  header.append((64 - (prefix + header.size() + 1) % 64) % 64, ' ');
  header += '\n';
  std::string file(kMagic);
  file += {'\x01', '\x00', static_cast<char>(header.size() & 255), static_cast<char>(header.size() >> 8)};
  return file + header;
}

}  // namespace octet
