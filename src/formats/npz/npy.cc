#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

#include "formats/npz/npz.h"

namespace octet {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kMaxHeaderBytes = 1 << 16;
constexpr std::size_t kMaxRank = 32;

// NumPy's words for the element types, in the order of ElementType, without the byte order in front.
constexpr std::string_view kWords[] = {"f4", "f2", "f8", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "b1"};

// The type of "<f4", "|u1" or "=i8"; nothing for big-endian numbers and what octet has no type for.
std::optional<ElementType> type_of(std::string_view descr) {
  for (std::size_t i = 0; i < std::size(kWords); ++i) {
    const auto type = static_cast<ElementType>(i);
    if (descr.empty() || descr.substr(1) != kWords[i]) continue;
    if (size_of(type) == 1 || descr[0] == '<' || descr[0] == '=') return type;
  }
  return std::nullopt;
}

Error malformed(std::string message) { return {ErrorCode::kMalformed, "not an .npy array: " + std::move(message)}; }

struct Header {
  ElementType type = ElementType::kF32;
  bool fortran_order = false;
  Shape shape;
};

// The header is a Python dictionary of three keys: {'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), }.
class HeaderParser {
 public:
  explicit HeaderParser(std::string_view text) : text_(text) {}

  Result<Header> parse() {
    unsigned seen = 0;
    if (!take("{")) return malformed("its header is not a dictionary");
    while (!take("}")) {
      const auto key = quoted();
      if (!key || !take(":")) return malformed("its header has a key without a value");
      OCTET_RETURN_IF_ERROR(value(*key, seen));
      if (!take(",") && !next_is("}")) return malformed("its header lacks a comma");
    }
    if (seen != 7) return malformed("its header lacks descr, fortran_order or shape");
    return header_;
  }

 private:
  Status value(std::string_view key, unsigned& seen) {
    if (key == "descr") return seen |= 1, descr();
    if (key == "fortran_order") return seen |= 2, fortran_order();
    if (key == "shape") return seen |= 4, shape();
    return malformed(fmt::format("its header has the key '{:.40}'", key));
  }

  Status descr() {
    const auto word = quoted();
    if (!word) return Error{ErrorCode::kUnsupported, "arrays of structures are not supported"};
    const auto type = type_of(*word);
    if (!type)
      return Error{ErrorCode::kUnsupported,
                   fmt::format("values of type '{:.20}' are not supported (little-endian numbers and booleans)", *word)};
    header_.type = *type;
    return {};
  }

  Status fortran_order() {
    header_.fortran_order = take("True");
    return header_.fortran_order || take("False") ? Status() : malformed("fortran_order is neither True nor False");
  }

  Status shape() {
    header_.shape.clear();
    if (!take("(")) return malformed("its shape is not a tuple");
    while (!take(")")) {
      skip_blanks();
      std::int64_t size = -1;
      const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), size);
      if (error != std::errc{} || size < 0) return malformed("its shape holds something else than sizes");
      if (header_.shape.size() == kMaxRank) return malformed("its shape has too many axes");
      header_.shape.push_back(size);
      text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
      take("L");  // of Python 2
      if (!take(",") && !next_is(")")) return malformed("its shape lacks a comma");
    }
    return {};
  }

  void skip_blanks() { text_.remove_prefix(std::min(text_.find_first_not_of(" \n\t"), text_.size())); }
  bool next_is(std::string_view word) { return skip_blanks(), text_.starts_with(word); }
  bool take(std::string_view word) {
    if (!next_is(word)) return false;
    text_.remove_prefix(word.size());
    return true;
  }
  std::optional<std::string_view> quoted() {
    if (!next_is("'") && !next_is("\"")) return std::nullopt;
    const std::size_t end = text_.find(text_[0], 1);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view word = text_.substr(1, end - 1);
    text_.remove_prefix(end + 1);
    return word;
  }

  std::string_view text_;
  Header header_;
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

// Values that lie in column-major order, of which `tensor` is to be.
void fill_from_columns(std::span<const std::byte> values, Tensor& tensor) {
  const std::vector<std::int64_t> strides = row_major_strides(tensor.shape());
  const std::size_t width = size_of(tensor.type());
  for (std::int64_t i = 0; i < tensor.size(); ++i) {
    std::int64_t from = 0, stride = 1;
    for (std::size_t axis = 0; axis < strides.size(); stride *= tensor.shape()[axis++])
      from += i / strides[axis] % tensor.shape()[axis] * stride;
    std::memcpy(&tensor.mutable_bytes()[static_cast<std::size_t>(i) * width], &values[static_cast<std::size_t>(from) * width], width);
  }
}

}  // namespace

Result<Tensor> parse_npy(std::span<const std::byte> file) {
  OCTET_ASSIGN(const auto parts, split(file));
  OCTET_ASSIGN(const Header header, HeaderParser(parts.first).parse());
  const std::span<const std::byte> values = parts.second;
  OCTET_RETURN_IF_ERROR(validate_shape(header.shape));
  const std::size_t width = size_of(header.type), count = static_cast<std::size_t>(element_count(header.shape));
  if (count * width != values.size())
    return malformed(fmt::format("{} values of {} bytes are claimed, {} bytes are there", to_string(header.shape), width, values.size()));
  Tensor tensor(header.type, header.shape);
  if (header.fortran_order)
    fill_from_columns(values, tensor);
  else
    std::ranges::copy(values, tensor.mutable_bytes().begin());
  if (header.type == ElementType::kBoolean)
    for (std::byte& value : tensor.mutable_bytes()) value = std::min(value, std::byte{1});
  return tensor;
}

std::string npy_header(const Tensor& tensor) {
  const char order = size_of(tensor.type()) == 1 ? '|' : '<';
  std::string header =
      fmt::format("{{'descr': '{}{}', 'fortran_order': False, 'shape': ({}{}), }}", order, kWords[static_cast<std::size_t>(tensor.type())],
                  fmt::join(tensor.shape(), ", "), tensor.shape().size() == 1 ? "," : "");
  const std::size_t prefix = kMagic.size() + 4;
  header.append((64 - (prefix + header.size() + 1) % 64) % 64, ' ');
  header += '\n';
  std::string file(kMagic);
  file += {'\x01', '\x00', static_cast<char>(header.size() & 255), static_cast<char>(header.size() >> 8)};
  return file + header;
}

}  // namespace octet
