// The functions of libcurl that octet calls, by the libcurl that the system has. Where there is none every transfer fails to begin.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <dlfcn.h>

#include <cstdarg>

// The header makes macros of these two, which count their arguments.
#undef curl_easy_setopt
#undef curl_easy_getinfo

namespace {

// A function of the library by its name and its type in curl.h; null where the library or the function is missing.
template <typename Function>
Function* function_of_curl(const char* name, Function*) {
  static void* const library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
  return library ? reinterpret_cast<Function*>(dlsym(library, name)) : nullptr;
}

}  // namespace

#define OCTET_OF_CURL(name) static const auto call = function_of_curl(#name, &name)

extern "C" {

CURLcode curl_global_init(long flags) {
  OCTET_OF_CURL(curl_global_init);
  return call ? call(flags) : CURLE_FAILED_INIT;
}

CURL* curl_easy_init() {
  OCTET_OF_CURL(curl_easy_init);
  return call ? call() : nullptr;
}

void curl_easy_cleanup(CURL* handle) {
  OCTET_OF_CURL(curl_easy_cleanup);
  if (call) call(handle);
}

void curl_easy_reset(CURL* handle) {
  OCTET_OF_CURL(curl_easy_reset);
  if (call) call(handle);
}

// Each option takes one argument of a register's size: a long, a pointer, a function or an offset.
CURLcode curl_easy_setopt(CURL* handle, CURLoption option, ...) {
  OCTET_OF_CURL(curl_easy_setopt);
  va_list arguments;
  va_start(arguments, option);
  void* const value = va_arg(arguments, void*);
  va_end(arguments);
  return call ? call(handle, option, value) : CURLE_FAILED_INIT;
}

// Each piece of information goes where a pointer says.
CURLcode curl_easy_getinfo(CURL* handle, CURLINFO info, ...) {
  OCTET_OF_CURL(curl_easy_getinfo);
  va_list arguments;
  va_start(arguments, info);
  void* const place = va_arg(arguments, void*);
  va_end(arguments);
  return call ? call(handle, info, place) : CURLE_FAILED_INIT;
}

CURLcode curl_easy_perform(CURL* handle) {
  OCTET_OF_CURL(curl_easy_perform);
  return call ? call(handle) : CURLE_FAILED_INIT;
}

const char* curl_easy_strerror(CURLcode code) {
  OCTET_OF_CURL(curl_easy_strerror);
  return call ? call(code) : "libcurl is missing";
}

char* curl_easy_escape(CURL* handle, const char* text, int length) {
  OCTET_OF_CURL(curl_easy_escape);
  return call ? call(handle, text, length) : nullptr;
}

void curl_free(void* memory) {
  OCTET_OF_CURL(curl_free);
  if (call) call(memory);
}

}  // extern "C"
