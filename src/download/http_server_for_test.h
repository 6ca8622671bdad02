#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/parse_number.h"
#include "base/posix_file.h"
#include "base/thread_annotations.h"

namespace octet {

// A server on 127.0.0.1 that answers as a test tells it to, well or badly. One connection a request, each in a thread of its own.
class HttpServerForTest {
 public:
  struct Request {
    std::string path;
    std::optional<std::int64_t> offset;  // of "Range: bytes=<offset>-"
    int earlier = 0;                     // requests for the same path
  };
  struct Answer {
    int status = 200;
    std::string body;
    std::vector<std::string> headers;            // without line ends; Content-Length comes by itself
    std::optional<std::size_t> sent = {};        // ends the connection after so many bytes of the body
    bool endless = false;                        // repeats the body as long as somebody reads
    std::chrono::milliseconds pause_after = {};  // stands still for so long after the headers
  };
  using Handler = std::function<Answer(const Request&)>;

  explicit HttpServerForTest(Handler handler) : handler_(std::move(handler)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    EXPECT_EQ(::setenv("no_proxy", "127.0.0.1", 1), 0);  // whatever proxy the machine has
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    EXPECT_EQ(::bind(listener_.descriptor(), reinterpret_cast<sockaddr*>(&address), length), 0);
    EXPECT_EQ(::listen(listener_.descriptor(), 64), 0);
    EXPECT_EQ(::getsockname(listener_.descriptor(), reinterpret_cast<sockaddr*>(&address), &length), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { accept_all(); });
  }
  HttpServerForTest(const HttpServerForTest&) = delete;
  HttpServerForTest& operator=(const HttpServerForTest&) = delete;
  ~HttpServerForTest() {
    ended_ = true;
    ::shutdown(listener_.descriptor(), SHUT_RDWR);
    thread_.join();
    for (std::thread& connection : connections_) connection.join();
  }

  std::string url(std::string_view path) const { return fmt::format("http://127.0.0.1:{}{}", port_, path); }

  // Of every request so far.
  std::vector<Request> requests() {
    const MutexLock lock(mutex_);
    return requests_;
  }

  // What a sound server says to a request for `content`.
  static Answer whole_or_rest(const std::string& content, const Request& request) {
    if (!request.offset) return {.body = content, .headers = {}};
    const auto offset = static_cast<std::size_t>(*request.offset);
    if (offset >= content.size()) return {.status = 416, .body = "", .headers = {fmt::format("Content-Range: bytes */{}", content.size())}};
    return {.status = 206,
            .body = content.substr(offset),
            .headers = {fmt::format("Content-Range: bytes {}-{}/{}", offset, content.size() - 1, content.size())}};
  }

 private:
  void accept_all() {
    while (!ended_) {
      const int connection = ::accept4(listener_.descriptor(), nullptr, nullptr, SOCK_CLOEXEC);
      if (connection >= 0) connections_.emplace_back([this, connection] { serve(posix::File(connection)); });
    }
  }

  static std::string read_head(const posix::File& connection) {
    std::string head;
    char c = 0;
    while (!head.ends_with("\r\n\r\n") && ::recv(connection.descriptor(), &c, 1, 0) == 1) head += c;
    return head;
  }

  Request record(const std::string& head) {
    Request request;
    const std::size_t begin = head.find(' ') + 1;
    request.path = head.substr(begin, head.find(' ', begin) - begin);
    constexpr std::string_view kRange = "Range: bytes=";
    if (const std::size_t range = head.find(kRange); range != std::string::npos) {
      const std::size_t first = range + kRange.size();
      request.offset = parse_number<std::int64_t>(std::string_view(head).substr(first, head.find('-', first) - first));
    }
    const MutexLock lock(mutex_);
    request.earlier = static_cast<int>(std::ranges::count(requests_, request.path, &Request::path));
    requests_.push_back(request);
    return request;
  }

  static bool send(const posix::File& connection, std::string_view text) {
    while (!text.empty()) {
      const ssize_t sent = ::send(connection.descriptor(), text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  void serve(const posix::File& connection) {
    const std::string head = read_head(connection);
    if (head.empty()) return;
    const Answer answer = handler_(record(head));
    std::string text = fmt::format("HTTP/1.1 {} Answer\r\nConnection: close\r\n", answer.status);
    for (const std::string& header : answer.headers) text += header + "\r\n";
    if (!answer.endless) text += fmt::format("Content-Length: {}\r\n", answer.body.size());
    if (!send(connection, text + "\r\n")) return;
    for (auto left = answer.pause_after; left.count() > 0 && !ended_; left -= std::chrono::milliseconds(10))
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    send(connection, std::string_view(answer.body).substr(0, answer.sent.value_or(answer.body.size())));
    while (answer.endless && !ended_ && send(connection, answer.body)) {
    }
  }

  Handler handler_;
  posix::File listener_;
  int port_ = 0;
  std::atomic<bool> ended_ = false;
  Mutex mutex_;
  std::vector<Request> requests_ OCTET_GUARDED_BY(mutex_);
  std::vector<std::thread> connections_;
  std::thread thread_;
};

}  // namespace octet
