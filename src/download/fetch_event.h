#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <variant>

// What happens while a file is fetched, for whoever shows it.
namespace octet {

// The cache has the file, which is checked now; and then that it is not the right one after all.
struct FoundInCache {};
struct CacheRefused {};

// Another process or thread fetches the same file, and is waited for.
struct WaitingForOther {};

// A source is asked for the file. `attempts` starts again at 0 with each source.
struct SourceBegun {
  std::string source;  // as where_published() has it
};

// So many bytes of the file are there; fewer than before where it begins anew. `begun_at` of them this transfer did not bring.
struct BytesReceived {
  std::int64_t bytes = 0, begun_at = 0;
};

// A transfer is over, well or not.
struct TransferEnded {};

// The same source is asked again after this time.
struct RetryDelayed {
  std::chrono::milliseconds delay{};
};

// Why a source did not give the file. In the words of the Open Model Zoo's downloader where it has some.
struct SourceFailed {
  std::string problem;
  std::string cause;  // what the library or program below says, or empty
};

// The bytes are not those that were published.
struct DigestDiffers {
  std::string expected, actual;
};

using FetchEvent = std::variant<FoundInCache, CacheRefused, WaitingForOther, SourceBegun, BytesReceived, TransferEnded, RetryDelayed,
                                SourceFailed, DigestDiffers>;

// Called from the thread that fetches. May be empty.
using OnFetchEvent = std::function<void(const FetchEvent&)>;

}  // namespace octet
