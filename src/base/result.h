#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/check.h"

namespace octet {

// What went wrong, in as many kinds as a caller can act upon. `exit_code` in cli/ maps them to a process status.
enum class ErrorCode {
  kInvalidArgument,  // the caller's words are wrong: an unknown option, a value out of range
  kNotFound,         // an input is absent or cannot be opened
  kMalformed,        // an input was read and is not what it claims to be
  kUnsupported,      // an input is well formed but uses something that octet lacks
  kIo,               // an output cannot be written
  kRequirement,      // the work was done and a stated requirement is not met
  kInternal,         // everything else
};

// An expected failure. The message says where, what was found, what was expected and, if known, what to do.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;

  // Puts a place in front: Error{..., "bad size"}.at("yolo.cfg") reads "yolo.cfg: bad size".
  Error at(std::string_view where) const { return Error{code, std::string(where) + ": " + message}; }
};

// A value or the error that stood in its way. Reading the absent side stops the program.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & { return OCTET_CHECK(ok(), error().message), std::get<0>(state_); }
  const T& value() const& { return OCTET_CHECK(ok(), error().message), std::get<0>(state_); }
  T&& value() && { return OCTET_CHECK(ok(), error().message), std::move(std::get<0>(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

// Success, or the error that stood in its way.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const { return *error_; }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;

}  // namespace octet

#define OCTET_CONCAT_INNER(a, b) a##b
#define OCTET_CONCAT(a, b) OCTET_CONCAT_INNER(a, b)

// OCTET_ASSIGN(auto text, read_text(path)); returns the error as it is, or declares and fills `text`.
#define OCTET_ASSIGN(declaration, expression)                                                \
  auto OCTET_CONCAT(result_, __LINE__) = (expression);                                       \
  if (!OCTET_CONCAT(result_, __LINE__).ok()) return OCTET_CONCAT(result_, __LINE__).error(); \
  declaration = std::move(OCTET_CONCAT(result_, __LINE__)).value()

// The same with a place put in front of the message.
#define OCTET_ASSIGN_AT(declaration, expression, where)                                                \
  auto OCTET_CONCAT(result_, __LINE__) = (expression);                                                 \
  if (!OCTET_CONCAT(result_, __LINE__).ok()) return OCTET_CONCAT(result_, __LINE__).error().at(where); \
  declaration = std::move(OCTET_CONCAT(result_, __LINE__)).value()

#define OCTET_RETURN_IF_ERROR(expression)                                \
  do {                                                                   \
    if (auto status = (expression); !status.ok()) return status.error(); \
  } while (false)
