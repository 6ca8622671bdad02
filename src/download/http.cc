#include "download/http.h"

#include <curl/curl.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string_view>

#include "base/parse_number.h"
#include "base/version.h"

namespace octet::http {
namespace {

constexpr long kMaxRedirects = 20;
constexpr long kBufferBytes = 256 << 10;

using Handle = std::unique_ptr<CURL, decltype([](CURL* handle) { curl_easy_cleanup(handle); })>;

// One handle a thread, which keeps its open connections; null where libcurl cannot be used.
CURL* handle_of_this_thread() {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  thread_local const Handle handle(ready == CURLE_OK ? curl_easy_init() : nullptr);
  if (handle) curl_easy_reset(handle.get());
  return handle.get();
}

// OpenSSL writes to sockets that the other side has closed, which would end the process by SIGPIPE. Keeps that from this thread.
class WithoutSigpipe {
 public:
  WithoutSigpipe() {
    sigemptyset(&sigpipe_);
    sigaddset(&sigpipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &sigpipe_, &before_);
  }
  WithoutSigpipe(const WithoutSigpipe&) = delete;
  WithoutSigpipe& operator=(const WithoutSigpipe&) = delete;
  ~WithoutSigpipe() {
    const timespec at_once{};
    if (sigismember(&before_, SIGPIPE) == 0) {
      while (sigtimedwait(&sigpipe_, nullptr, &at_once) < 0 && errno == EINTR) {
      }
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t sigpipe_{}, before_{};
};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

bool is_same_word(std::string_view a, std::string_view lower) {
  if (a.size() != lower.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if ((a[i] >= 'A' && a[i] <= 'Z' ? a[i] - 'A' + 'a' : a[i]) != lower[i]) return false;
  return true;
}

// "bytes 5-9/10", "bytes 5-9/*"
std::optional<std::int64_t> first_byte_of(std::string_view range) {
  constexpr std::string_view kUnit = "bytes ";
  const std::size_t dash = range.find('-'), slash = range.find('/');
  if (!range.starts_with(kUnit) || dash == std::string_view::npos || slash == std::string_view::npos || slash < dash) return {};
  const auto first = parse_number<std::int64_t>(range.substr(kUnit.size(), dash - kUnit.size()));
  const auto last = parse_number<std::int64_t>(range.substr(dash + 1, slash - dash - 1));
  return first && last && 0 <= *first && *first <= *last ? first : std::nullopt;
}

// "download_warning_123=code; Path=/; ..."
std::string warning_cookie(std::string_view cookie) {
  const std::size_t equals = cookie.find('=');
  if (!cookie.starts_with("download_warning") || equals == std::string_view::npos) return {};
  return std::string(cookie.substr(equals + 1, cookie.find(';') - equals - 1));
}

// Whether asking again is vain: the server or the file system has no such file, or the address is none.
bool is_refusal(CURLcode code, long status) {
  constexpr long kRequestTimeout = 408, kRangeNotSatisfiable = 416, kTooEarly = 425, kTooManyRequests = 429;
  if (code == CURLE_FILE_COULDNT_READ_FILE || code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_URL_MALFORMAT) return true;
  return status >= 400 && status < 500 && status != kRequestTimeout && status != kRangeNotSatisfiable && status != kTooEarly &&
         status != kTooManyRequests;
}

// A request while curl works on it.
struct Exchange {
  CURL* handle;
  const Receiver& receiver;
  Head head{};
  bool begun = false, stopped = false;

  bool begin() {
    if (begun) return true;
    begun = true;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &head.status);
    stopped = !receiver.begin(head);
    return !stopped;
  }

  bool take(std::span<const std::byte> bytes) {
    stopped = !begin() || !receiver.take(bytes);
    return !stopped;
  }

  void read_header(std::string_view line) {
    // Of several answers, as after a redirect, the last one counts; the cookie of any.
    if (line.starts_with("HTTP/")) {
      Head next;
      next.download_warning = std::move(head.download_warning);
      head = std::move(next);
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;
    const std::string_view name = line.substr(0, colon), value = trimmed(line.substr(colon + 1));
    if (is_same_word(name, "content-range")) {
      head.has_range = true;
      head.range_begin = first_byte_of(value);
    } else if (is_same_word(name, "content-type")) {
      head.content_type = value;
    } else if (is_same_word(name, "set-cookie")) {
      if (std::string warning = warning_cookie(value); !warning.empty()) head.download_warning = std::move(warning);
    }
  }
};

std::size_t on_body(char* data, std::size_t, std::size_t size, void* exchange) {
  return static_cast<Exchange*>(exchange)->take(std::as_bytes(std::span(data, size))) ? size : CURL_WRITEFUNC_ERROR;
}

std::size_t on_header(char* data, std::size_t, std::size_t size, void* exchange) {
  static_cast<Exchange*>(exchange)->read_header({data, size});
  return size;
}

// The variables that the program curl and Python's requests follow and the library does not.
void set_certificates(CURL* handle) {
  for (const char* variable : {"CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"})
    if (const char* file = std::getenv(variable); file != nullptr && *file != '\0') {
      curl_easy_setopt(handle, CURLOPT_CAINFO, file);
      break;
    }
  if (const char* folder = std::getenv("SSL_CERT_DIR"); folder != nullptr && *folder != '\0')
    curl_easy_setopt(handle, CURLOPT_CAPATH, folder);
}

void set_limits(CURL* handle, const Request& request) {
  const auto seconds = static_cast<long>(request.stall_limit.count());
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, seconds);
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, seconds);
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https,file");
  curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(handle, CURLOPT_MAXREDIRS, kMaxRedirects);
  curl_easy_setopt(handle, CURLOPT_FAILONERROR, 1L);
}

void set_request(CURL* handle, const Request& request) {
  curl_easy_setopt(handle, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(handle, CURLOPT_USERAGENT, ("octet/" + std::string(kVersion)).c_str());
  curl_easy_setopt(handle, CURLOPT_COOKIEFILE, "");  // cookies are kept, for the confirmation of Google Drive
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_BUFFERSIZE, kBufferBytes);
  // The file as it lies there; what a server packs on the way all the same is unpacked.
  curl_easy_setopt(handle, CURLOPT_ACCEPT_ENCODING, "identity");
  if (request.offset > 0) curl_easy_setopt(handle, CURLOPT_RANGE, (std::to_string(request.offset) + "-").c_str());
}

}  // namespace

Outcome get(const Request& request, const Receiver& receiver) {
  CURL* const handle = handle_of_this_thread();
  if (handle == nullptr)
    return {.kind = Outcome::Kind::kFailed, .problem = "libcurl cannot be used; is libcurl.so.4 installed?", .is_refusal = true};
  const WithoutSigpipe guard;
  Exchange exchange{handle, receiver};
  std::array<char, CURL_ERROR_SIZE> message{};
  set_request(handle, request);
  set_limits(handle, request);
  set_certificates(handle);
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, message.data());
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &exchange);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, &exchange);
  const CURLcode code = curl_easy_perform(handle);
  Outcome outcome;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &outcome.status);
  if (code == CURLE_OK) exchange.begin();  // of an empty body
  if (exchange.stopped) {
    outcome.kind = Outcome::Kind::kStopped;
  } else if (code != CURLE_OK) {
    outcome.kind = Outcome::Kind::kFailed;
    outcome.is_refusal = is_refusal(code, outcome.status);
    outcome.problem = message[0] != '\0' ? message.data() : curl_easy_strerror(code);
  }
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, nullptr);
  curl_easy_setopt(handle, CURLOPT_COOKIEFILE, nullptr);  // the list of files, which curl_easy_reset() would forget without freeing it
  return outcome;
}

std::string escape(const std::string& text) {
  const std::unique_ptr<char, decltype([](char* c) { curl_free(c); })> escaped(curl_easy_escape(handle_of_this_thread(), text.c_str(), 0));
  return escaped ? escaped.get() : std::string();
}

}  // namespace octet::http
