#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace octet::darknet {

struct CfgOption {
  std::string key, value;
  int line = 0;
};

struct Range {
  std::int64_t min = std::numeric_limits<std::int64_t>::min(), max = std::numeric_limits<std::int64_t>::max();
};

// One "[name]" of a cfg with the options below it. Every error names the option's line.
struct CfgSection {
  std::string name;  // without the brackets
  int line = 0;
  std::vector<CfgOption> options;

  // The first option of that name, as in Darknet, which ignores later ones; null if there is none.
  const CfgOption* find(std::string_view key) const;

  // The value, or `fallback` where the option is absent. kMalformed if it is no number or is out of range.
  Result<std::int64_t> integer(std::string_view key, std::int64_t fallback, Range range = {}) const;
  Result<double> number(std::string_view key, double fallback) const;
  std::string text(std::string_view key, std::string_view fallback) const;

  // Comma-separated values; empty where the option is absent.
  Result<std::vector<std::int64_t>> integers(std::string_view key) const;
  Result<std::vector<double>> numbers(std::string_view key) const;

  // "section [route] at line 12", for messages.
  std::string place() const;
  // An error whose message begins with place().
  Error error(ErrorCode code, std::string_view what) const { return Error{code, std::string(what)}.at(place()); }
};

inline constexpr std::size_t kMaxCfgBytes = std::size_t{1} << 18;
inline constexpr std::size_t kMaxSections = 4096;

// Sections in the order of the text. kMalformed, with the line, for what is neither section, option nor comment.
Result<std::vector<CfgSection>> parse_cfg(std::string_view text);

// `text` cut to a length fit for a message, with '?' for what does not print.
std::string printable(std::string_view text);

}  // namespace octet::darknet
