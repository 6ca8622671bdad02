#include "download/postprocess.h"

#include <fmt/format.h>

#include "base/files.h"
#include "download/archive.h"
#include "download/replace_text.h"

namespace octet {
namespace fs = std::filesystem;
namespace {

// "\r\n" and "\r" become "\n".
std::string with_unix_line_ends(const std::string& text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r')
      result += text[i];
    else if (i + 1 == text.size() || text[i + 1] != '\n')
      result += '\n';
  }
  return result;
}

Status apply(const UnpackArchive& step, const fs::path& path) {
  OCTET_RETURN_IF_ERROR(unpack_archive(path, step.format, path.parent_path()));
  std::error_code failed;
  fs::remove(path, failed);
  return failed ? Status(Error{ErrorCode::kIo, path.string() + ": cannot be removed: " + failed.message()}) : Status();
}

Status apply(const ReplaceText& step, const fs::path& path) {
  OCTET_ASSIGN(const std::string original, read_text(path, ReplaceLimits().text_bytes));
  OCTET_ASSIGN_AT(const ReplacedText replaced, replace_text(step.pattern, step.replacement, with_unix_line_ends(original), step.count),
                  path.string());
  const fs::path kept = path.string() + ".orig";
  std::error_code failed;
  const bool is_kept = fs::exists(kept, failed);
  if (replaced.count == 0 || replaced.count < step.count) {
    is_kept ? void(fs::remove(path, failed)) : fs::rename(path, kept, failed);
    if (failed) return Error{ErrorCode::kIo, path.string() + ": cannot be moved away: " + failed.message()};
    return Error{ErrorCode::kMalformed, fmt::format("{}: pattern '{}' occurs {} times where {} or more were expected", path.string(),
                                                    step.pattern, replaced.count, std::max(step.count, 1))};
  }
  FileTransaction transaction;
  if (!is_kept) OCTET_RETURN_IF_ERROR(transaction.add(kept, original));
  OCTET_RETURN_IF_ERROR(transaction.add(path, replaced.text));
  return transaction.commit();
}

const std::string& file_of(const Postprocessing& step) {
  return std::visit([](const auto& one) -> const std::string& { return one.file; }, step);
}

}  // namespace

std::string describe(const Postprocessing& step, const fs::path& folder) {
  return (std::holds_alternative<UnpackArchive>(step) ? "Unpacking " : "Replacing text in ") + (folder / file_of(step)).string();
}

Status postprocess(const Postprocessing& step, const fs::path& folder) {
  OCTET_ASSIGN(const fs::path path, path_inside(folder, file_of(step)));
  return std::visit([&](const auto& one) { return apply(one, path); }, step);
}

}  // namespace octet
