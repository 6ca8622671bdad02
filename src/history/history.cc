#include "history/history.h"

#include <array>
#include <chrono>
#include <ctime>
#include <memory>
#include <optional>
#include <system_error>
#include <thread>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sqlite3.h>

namespace octet {
namespace {

namespace fs = std::filesystem;

constexpr int kApplication = 0x6f637465;  // "octe", in the header of the file
constexpr int kSchema = 1;
constexpr int kPatienceMs = 60'000;  // with other writers
constexpr int kLongestText = 64 << 20;

constexpr const char* kTable = R"(
CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  verb TEXT NOT NULL,
  status INTEGER NOT NULL,
  version TEXT NOT NULL,
  machine TEXT NOT NULL,
  cpu TEXT NOT NULL,
  isa TEXT NOT NULL,
  models TEXT NOT NULL,
  arguments TEXT NOT NULL,
  figures TEXT NOT NULL
))";

// The columns of text, in the order of their parameters and of what is read.
constexpr std::array kTexts{&HistoryRun::at,  &HistoryRun::verb,   &HistoryRun::version,   &HistoryRun::machine, &HistoryRun::cpu,
                            &HistoryRun::isa, &HistoryRun::models, &HistoryRun::arguments, &HistoryRun::figures};
constexpr const char* kInsert =
    "INSERT INTO runs (at, verb, version, machine, cpu, isa, models, arguments, figures, status) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr const char* kSelect = "SELECT at, verb, version, machine, cpu, isa, models, arguments, figures, status, id FROM runs ORDER BY id";

class Database {
 public:
  static Result<Database> open(const fs::path& file, int flags) {
    sqlite3* handle = nullptr;
    const int opened = sqlite3_open_v2(file.c_str(), &handle, flags, nullptr);
    Database database(file, handle);
    if (opened != SQLITE_OK) return database.error();
    sqlite3_busy_timeout(handle, kPatienceMs);
    sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, kLongestText);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);  // a foreign file calls no function of ours
    return database;
  }

  // As the file stands, in a folder where SQLite may not make the files by which it reads a write-ahead log.
  static Result<Database> open_as_it_stands(const fs::path& file) {
    std::string address = "file:";
    for (const char c : file.string()) address += c == '%' || c == '?' || c == '#' ? fmt::format("%{:02x}", c) : std::string(1, c);
    return open(address + "?immutable=1", SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
  }

  // A command without an answer that matters.
  Status run(const char* sql) {
    return sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK ? Status() : Status(error());
  }

  Result<int> number(const char* sql) {
    OCTET_ASSIGN(const auto statement, prepare(sql));
    if (sqlite3_step(statement.get()) != SQLITE_ROW) return error();
    return sqlite3_column_int(statement.get(), 0);
  }

  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

  Result<Statement> prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(handle_.get(), sql, -1, &statement, nullptr) != SQLITE_OK) return error();
    return Statement(statement);
  }

  Error error() const {
    const int code = handle_ ? sqlite3_errcode(handle_.get()) : SQLITE_NOMEM;
    const std::string words =
        fmt::format("{}: {}{}", file_.string(), handle_ ? sqlite3_errmsg(handle_.get()) : "out of memory", cause_of(code));
    switch (code) {
      case SQLITE_NOTADB:
      case SQLITE_CORRUPT:
      case SQLITE_ERROR:  // a table or a column that it lacks
      case SQLITE_TOOBIG:
        return {ErrorCode::kMalformed, words + " (no history of octet, or a damaged one)"};
      case SQLITE_CANTOPEN:
        return {ErrorCode::kNotFound, words};
      default:
        return {ErrorCode::kIo, words};
    }
  }

  bool is_busy() const { return sqlite3_errcode(handle_.get()) == SQLITE_BUSY; }
  bool may_not_write() const {
    const int code = sqlite3_errcode(handle_.get());
    return code == SQLITE_READONLY || code == SQLITE_CANTOPEN;
  }

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close(handle); }
  };

  Database(fs::path file, sqlite3* handle) : file_(std::move(file)), handle_(handle) {}

  // What the system said of a file, as SQLite speaks of an I/O error alone; of the file of locks beside the database it keeps not even
  // that.
  std::string cause_of(int code) const {
    if (code != SQLITE_IOERR) return {};
    if (sqlite3_extended_errcode(handle_.get()) == SQLITE_IOERR_SHMSIZE)
      return " (the file of locks beside it has no room to grow: is the disk full?)";
    const int cause = sqlite3_system_errno(handle_.get());
    return cause == 0 ? "" : fmt::format(" ({})", std::generic_category().message(cause));
  }

  fs::path file_;
  std::unique_ptr<sqlite3, Close> handle_;
};

Error no_history(const fs::path& file, const std::string& why) {
  return {ErrorCode::kMalformed, file.string() + ": is no history of octet: " + why};
}

// Whether the file is a history already; false for one without anything. A foreign database stays as it is. Inside a transaction, so that
// all three are of one moment: another writer may be making the table just now.
Result<bool> has_runs(Database& database, const fs::path& file) {
  OCTET_ASSIGN(const int application, database.number("PRAGMA application_id"));
  OCTET_ASSIGN(const int schema, database.number("PRAGMA user_version"));
  OCTET_ASSIGN(const int tables, database.number("SELECT count(*) FROM sqlite_schema"));
  if (tables == 0 && application == 0) return false;
  if (application != kApplication) return no_history(file, "it is a database of another program");
  if (schema != kSchema) return no_history(file, fmt::format("its schema is version {}; this octet knows version {}", schema, kSchema));
  return true;
}

// Two that begin a file at once: the one that comes second waits.
Status use_write_ahead_log(Database& database) {
  constexpr auto kPause = std::chrono::milliseconds(20);
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::milliseconds(kPatienceMs);
  for (;;) {
    const Status done = database.run("PRAGMA journal_mode = WAL");
    if (done.ok() || !database.is_busy() || std::chrono::steady_clock::now() > give_up) return done;
    std::this_thread::sleep_for(kPause);
  }
}

Status create_table(Database& database) {
  OCTET_RETURN_IF_ERROR(database.run(kTable));
  OCTET_RETURN_IF_ERROR(database.run(fmt::format("PRAGMA application_id = {}", kApplication).c_str()));
  return database.run(fmt::format("PRAGMA user_version = {}", kSchema).c_str());
}

Status insert(Database& database, const HistoryRun& run) {
  OCTET_ASSIGN(const auto statement, database.prepare(kInsert));
  int parameter = 0;
  for (const auto text : kTexts) {
    const std::string& value = run.*text;
    sqlite3_bind_text64(statement.get(), ++parameter, value.data(), value.size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  sqlite3_bind_int(statement.get(), ++parameter, run.status);
  return sqlite3_step(statement.get()) == SQLITE_DONE ? Status() : Status(database.error());
}

std::string text_in(sqlite3_stmt* row, int column) {
  const auto* const text = reinterpret_cast<const char*>(sqlite3_column_text(row, column));
  return text ? std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(row, column))) : std::string();
}

bool has_log(const fs::path& file) {
  std::error_code failed;
  const auto bytes = fs::file_size(file.string() + "-wal", failed);
  return !failed && bytes > 0;
}

// In a transaction, so that all that is read is of one moment.
Result<Database> open_to_read(const fs::path& file) {
  OCTET_ASSIGN(Database database, Database::open(file, SQLITE_OPEN_READWRITE));
  const Status begun = database.run("BEGIN; SELECT count(*) FROM sqlite_schema");
  if (begun.ok()) return database;
  if (database.may_not_write() && !has_log(file)) return Database::open_as_it_stands(file);
  return begun.error();
}

}  // namespace

// What is not committed when an error comes is rolled back as the database is closed.
Status add_to_history(const fs::path& file, const HistoryRun& run) {
  std::error_code ignored;
  if (file.has_parent_path()) fs::create_directories(file.parent_path(), ignored);
  OCTET_ASSIGN(Database database, Database::open(file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE));
  OCTET_RETURN_IF_ERROR(database.run("BEGIN"));
  OCTET_RETURN_IF_ERROR(has_runs(database, file));
  OCTET_RETURN_IF_ERROR(database.run("COMMIT"));
  OCTET_RETURN_IF_ERROR(use_write_ahead_log(database));
  OCTET_RETURN_IF_ERROR(database.run("PRAGMA synchronous = FULL"));
  OCTET_RETURN_IF_ERROR(database.run("BEGIN IMMEDIATE"));
  OCTET_ASSIGN(const bool exists, has_runs(database, file));
  if (!exists) OCTET_RETURN_IF_ERROR(create_table(database));
  OCTET_RETURN_IF_ERROR(insert(database, run));
  return database.run("COMMIT");
}

Result<std::vector<HistoryRun>> read_history(const fs::path& file) {
  std::error_code failed;
  if (!fs::is_regular_file(file, failed)) return Error{ErrorCode::kNotFound, file.string() + ": no such file"};
  OCTET_ASSIGN(Database database, open_to_read(file));
  OCTET_ASSIGN(const bool exists, has_runs(database, file));
  if (!exists) return no_history(file, "it is empty");
  OCTET_ASSIGN(const auto statement, database.prepare(kSelect));
  std::vector<HistoryRun> runs;
  int step = sqlite3_step(statement.get());
  for (; step == SQLITE_ROW; step = sqlite3_step(statement.get())) {
    HistoryRun run;
    int column = 0;
    for (const auto text : kTexts) run.*text = text_in(statement.get(), column++);
    run.status = sqlite3_column_int(statement.get(), column++);
    run.id = sqlite3_column_int64(statement.get(), column);
    runs.push_back(std::move(run));
  }
  if (step != SQLITE_DONE) return database.error();
  return runs;
}

std::string time_of_now() { return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr))); }

}  // namespace octet
