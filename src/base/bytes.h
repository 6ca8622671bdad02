#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

// Numbers as bytes, the lowest first, for files of octet's own.
namespace octet {

static_assert(std::endian::native == std::endian::little, "values are copied as they lie in memory");

class ByteWriter {
 public:
  template <typename T>
  requires std::is_arithmetic_v<T>
  void add(T value) { add_bytes(&value, sizeof value); }
  // Values alone; who reads them knows their number.
  template <typename T>
  requires std::is_arithmetic_v<T>
  void add(std::span<const T> values) {
    if (!values.empty()) add_bytes(values.data(), values.size_bytes());
  }

  std::string take() { return std::move(bytes_); }

 private:
  void add_bytes(const void* from, std::size_t count) { bytes_.append(static_cast<const char*>(from), count); }

  std::string bytes_;
};

// Reads what may have been cut or forged: beyond the end everything is zero or empty, and ok() is false from then on.
class ByteReader {
 public:
  explicit ByteReader(std::span<const std::byte> bytes) : rest_(bytes) {}

  bool ok() const { return ok_; }
  bool at_end() const { return ok_ && rest_.empty(); }
  // For who finds that the values are none.
  void fail() { ok_ = false; }

  template <typename T>
  requires std::is_arithmetic_v<T> T get() {
    T value{};
    copy(&value, sizeof value);
    return value;
  }
  // Nothing is allocated for more values than there are bytes.
  template <typename T>
  requires std::is_arithmetic_v<T> std::vector<T> get(std::uint64_t count) {
    if (count > rest_.size() / sizeof(T)) ok_ = false;
    std::vector<T> values(ok_ ? count : 0);
    copy(values.data(), values.size() * sizeof(T));
    return values;
  }

 private:
  void copy(void* to, std::size_t count) {
    if (count > rest_.size()) ok_ = false;
    if (!ok_ || count == 0) return;
    std::memcpy(to, rest_.data(), count);
    rest_ = rest_.subspan(count);
  }

  std::span<const std::byte> rest_;
  bool ok_ = true;
};

inline std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

}  // namespace octet
