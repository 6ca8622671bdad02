#include "api/c_interface.h"

#include <new>

#include "base/version.h"

namespace octet::v1 {
namespace {

// What a progress callback that asks for the end is answered with. No std::exception, so that nothing between takes it for an error.
struct Cancelled {};

thread_local std::string last_message;
thread_local const char* message_shown = "";

void show(const char* message) noexcept {
  try {
    last_message = message;
    message_shown = last_message.c_str();
  } catch (const std::bad_alloc&) {
    message_shown = "out of memory";
  }
}

octet_status status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kInvalidArgument:
      return OCTET_INVALID_ARGUMENT;
    case ErrorKind::kNotFound:
      return OCTET_NOT_FOUND;
    case ErrorKind::kMalformed:
      return OCTET_MALFORMED;
    case ErrorKind::kUnsupported:
      return OCTET_UNSUPPORTED;
    case ErrorKind::kIo:
      return OCTET_IO;
    case ErrorKind::kRequirement:
      return OCTET_REQUIREMENT;
    case ErrorKind::kInternal:
      break;
  }
  return OCTET_INTERNAL;
}

}  // namespace

octet_status keep_caught() noexcept {
  try {
    rethrow_as_error();
  } catch (const Error& error) {
    show(error.what());
    return status_of(error.kind());
  } catch (const Cancelled&) {
    show("ended by the progress callback");
    return OCTET_CANCELLED;
  } catch (...) {  // no memory was left for the Error
    show("out of memory");
    return OCTET_INTERNAL;
  }
}

void require(const void* pointer, const char* what) {
  if (!pointer) throw Error(ErrorKind::kInvalidArgument, std::string(what) + " is null");
}

const char* text_or_empty(const char* text) { return text ? text : ""; }

Progress progress_of(const octet_callbacks& callbacks) {
  if (!callbacks.progress) return {};
  return [callbacks](std::int64_t done, std::int64_t total) {
    if (callbacks.progress(callbacks.user, done, total) != 0) throw Cancelled();
  };
}

Warn warn_of(const octet_callbacks& callbacks) {
  if (!callbacks.warn) return {};
  return [callbacks](std::string_view message) { callbacks.warn(callbacks.user, std::string(message).c_str()); };
}

}  // namespace octet::v1

const char* octet_error_message() { return octet::v1::message_shown; }

const char* octet_version() { return octet::kVersion; }
