#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

// One request by libcurl: http, https or file; over proxies as http_proxy, https_proxy, all_proxy and no_proxy say, and with the
// certificates of the system or those that CURL_CA_BUNDLE, REQUESTS_CA_BUNDLE, SSL_CERT_FILE or SSL_CERT_DIR name. Redirects are followed
// to http and https alone.
namespace octet::http {

struct Request {
  std::string url;
  std::int64_t offset = 0;                // of the first byte that is asked for
  std::chrono::seconds stall_limit{300};  // without a byte, or until there is a connection
};

// What an answer says of the body that follows.
struct Head {
  long status = 0;                          // 0 where the protocol has none
  bool has_range = false;                   // a Content-Range was sent
  std::optional<std::int64_t> range_begin;  // its first byte, where it is well formed
  std::string content_type;
  std::string download_warning;  // value of the cookie by which Google Drive asks for a confirmation
};

// Called in this order from within get(); false ends the transfer.
struct Receiver {
  std::function<bool(const Head&)> begin;  // once, for an answer without error, before the first byte or the end
  std::function<bool(std::span<const std::byte>)> take;
};

struct Outcome {
  enum class Kind { kWhole, kStopped, kFailed } kind = Kind::kWhole;  // stopped: by the receiver
  long status = 0;                                                    // the last one that a server gave
  std::string problem;                                                // where it failed: what curl says of it
  bool is_refusal = false;                                            // and whether the same request would fail again
};

// Safe from several threads, each of which keeps its connections for its next request.
Outcome get(const Request& request, const Receiver& receiver);

// `text` as a part of an address.
std::string escape(const std::string& text);

}  // namespace octet::http
