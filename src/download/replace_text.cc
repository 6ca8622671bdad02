#define PCRE2_CODE_UNIT_WIDTH 8
#include "download/replace_text.h"

#include <pcre2.h>

#include <array>
#include <memory>
#include <vector>

#include <fmt/format.h>

#include "download/replacement.h"

namespace octet {
namespace {

using Code = std::unique_ptr<pcre2_code, decltype([](pcre2_code* code) { pcre2_code_free(code); })>;
using MatchData = std::unique_ptr<pcre2_match_data, decltype([](pcre2_match_data* data) { pcre2_match_data_free(data); })>;
using MatchContext =
    std::unique_ptr<pcre2_match_context, decltype([](pcre2_match_context* context) { pcre2_match_context_free(context); })>;
using CompileContext =
    std::unique_ptr<pcre2_compile_context, decltype([](pcre2_compile_context* context) { pcre2_compile_context_free(context); })>;

constexpr std::size_t kMaxPatternBytes = std::size_t{64} << 10;
constexpr std::uint32_t kHeapLimitKib = 64 << 10;

PCRE2_SPTR units(std::string_view text) { return reinterpret_cast<PCRE2_SPTR>(text.data()); }

std::string message_of(int code) {
  std::array<PCRE2_UCHAR, 256> text{};
  pcre2_get_error_message(code, text.data(), text.size());
  return reinterpret_cast<const char*>(text.data());
}

// Every item of the pattern calls back while it is matched, so that the steps of all matches together can be counted.
Result<Code> compile(const std::string& pattern) {
  constexpr std::uint32_t kOptions = PCRE2_UTF | PCRE2_UCP | PCRE2_ALT_BSUX | PCRE2_NEVER_BACKSLASH_C | PCRE2_AUTO_CALLOUT;
  const CompileContext context(pcre2_compile_context_create(nullptr));
  pcre2_set_newline(context.get(), PCRE2_NEWLINE_LF);
  pcre2_set_max_pattern_length(context.get(), kMaxPatternBytes);
  int error = 0;
  PCRE2_SIZE offset = 0;
  Code code(pcre2_compile(units(pattern), pattern.size(), kOptions, &error, &offset, context.get()));
  if (!code) return Error{ErrorCode::kMalformed, fmt::format("pattern '{}': {} at position {}", pattern, message_of(error), offset)};
  return code;
}

int count_step(pcre2_callout_block*, void* steps_left) { return --*static_cast<std::int64_t*>(steps_left) < 0 ? PCRE2_ERROR_CALLOUT : 0; }

class Replacement {
 public:
  Replacement(Code code, std::vector<ReplacementPart> parts, std::string_view text, const ReplaceLimits& limits)
      : code_(std::move(code)), parts_(std::move(parts)), text_(text), limits_(limits), steps_left_(limits.steps) {}

  Status resolve_names();
  Result<ReplacedText> run(int count);

 private:
  Result<bool> search();
  Status append(std::string_view piece);
  Status append_replacement();
  std::string_view group(int number) const;

  Code code_;
  std::vector<ReplacementPart> parts_;
  std::string_view text_;
  const ReplaceLimits& limits_;
  std::int64_t steps_left_;
  MatchData match_{pcre2_match_data_create_from_pattern(code_.get(), nullptr)};
  MatchContext context_{pcre2_match_context_create(nullptr)};
  ReplacedText result_;
  std::size_t begin_ = 0, end_ = 0;  // of the last match
  bool was_empty_ = false;           // it was, so that the next one must not be empty in its place
};

// Turns names of groups into numbers, and checks these.
Status Replacement::resolve_names() {
  std::uint32_t groups = 0;
  pcre2_pattern_info(code_.get(), PCRE2_INFO_CAPTURECOUNT, &groups);
  for (ReplacementPart& part : parts_) {
    auto* const reference = std::get_if<GroupReference>(&part);
    if (reference == nullptr) continue;
    if (const auto* name = std::get_if<std::string>(&reference->group)) {
      const int number = pcre2_substring_number_from_name(code_.get(), units(*name));
      if (number < 0) return Error{ErrorCode::kMalformed, fmt::format("replacement: the pattern has no group '{}'", *name)};
      reference->group = number;
    }
    const int number = std::get<int>(reference->group);
    if (static_cast<std::uint32_t>(number) > groups)
      return Error{ErrorCode::kMalformed, fmt::format("replacement: the pattern has no group {}", number)};
  }
  return {};
}

// Finds the next match from the end of the last one on.
Result<bool> Replacement::search() {
  const std::uint32_t options = was_empty_ ? PCRE2_NOTEMPTY_ATSTART : 0;
  const int found = pcre2_match(code_.get(), units(text_), text_.size(), end_, options, match_.get(), context_.get());
  if (found == PCRE2_ERROR_NOMATCH) return false;
  if (found == PCRE2_ERROR_CALLOUT || found == PCRE2_ERROR_MATCHLIMIT || found == PCRE2_ERROR_DEPTHLIMIT || found == PCRE2_ERROR_HEAPLIMIT)
    return Error{ErrorCode::kUnsupported, "the pattern takes too long on this text"};
  if (found < 0) return Error{ErrorCode::kMalformed, message_of(found)};
  const PCRE2_SIZE* const bounds = pcre2_get_ovector_pointer(match_.get());
  if (bounds[0] < end_ || bounds[1] < bounds[0]) return Error{ErrorCode::kUnsupported, "the pattern moves the start of its match (\\K)"};
  begin_ = bounds[0];
  return true;
}

Status Replacement::append(std::string_view piece) {
  if (piece.size() > limits_.text_bytes - result_.text.size())
    return Error{ErrorCode::kUnsupported, fmt::format("the text grows beyond {} bytes", limits_.text_bytes)};
  result_.text += piece;
  return {};
}

std::string_view Replacement::group(int number) const {
  const PCRE2_SIZE* const bounds = pcre2_get_ovector_pointer(match_.get()) + 2 * static_cast<std::ptrdiff_t>(number);
  if (bounds[0] == PCRE2_UNSET || bounds[1] < bounds[0]) return {};
  return text_.substr(bounds[0], bounds[1] - bounds[0]);
}

Status Replacement::append_replacement() {
  for (const ReplacementPart& part : parts_) {
    const auto* const literal = std::get_if<std::string>(&part);
    OCTET_RETURN_IF_ERROR(append(literal != nullptr ? *literal : group(std::get<int>(std::get<GroupReference>(part).group))));
  }
  return {};
}

// As CPython goes over a text: an empty match counts where another match ends, and not twice in one place.
Result<ReplacedText> Replacement::run(int count) {
  pcre2_set_callout(context_.get(), count_step, &steps_left_);
  pcre2_set_heap_limit(context_.get(), kHeapLimitKib);
  while (count == 0 || result_.count < count) {
    const std::size_t before = end_;
    OCTET_ASSIGN(const bool found, search());
    if (!found) break;
    OCTET_RETURN_IF_ERROR(append(text_.substr(before, begin_ - before)));
    OCTET_RETURN_IF_ERROR(append_replacement());
    end_ = pcre2_get_ovector_pointer(match_.get())[1];
    ++result_.count;
    was_empty_ = begin_ == end_;
    if (begin_ == text_.size()) break;
  }
  OCTET_RETURN_IF_ERROR(append(text_.substr(end_)));
  return std::move(result_);
}

}  // namespace

Result<ReplacedText> replace_text(const std::string& pattern, const std::string& replacement, std::string_view text, int count,
                                  const ReplaceLimits& limits) {
  if (text.size() > limits.text_bytes)
    return Error{ErrorCode::kUnsupported, fmt::format("the text has {} bytes, more than {}", text.size(), limits.text_bytes)};
  OCTET_ASSIGN(Code code, compile(pattern));
  OCTET_ASSIGN(std::vector<ReplacementPart> parts, parse_replacement(replacement));
  Replacement work(std::move(code), std::move(parts), text, limits);
  OCTET_RETURN_IF_ERROR(work.resolve_names());
  return work.run(count);
}

}  // namespace octet
