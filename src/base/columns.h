#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <string_view>
#include <utility>
#include "base/scratch_vector.h"

// What lists of millions of rows keep in columns, so that a row takes the bytes of its values alone, and those of
// many rows lie in temporary files.
namespace octet {

// Integers of 4 bytes each as long as all fit, else of 8.
class IntegerColumn {
 public:
  std::size_t size() const { return wide_.empty() ? narrow_.size() : wide_.size(); }
  std::int64_t operator[](std::size_t row) const { return wide_.empty() ? narrow_[row] : wide_[row]; }

  void push_back(std::int64_t value) {
    const auto narrow = static_cast<std::int32_t>(value);
    if (wide_.empty() && narrow == value) return narrow_.push_back(narrow);
    if (wide_.empty()) {
      wide_.assign(narrow_.begin(), narrow_.end());
      narrow_ = {};
    }
    wide_.push_back(value);
  }

 private:
  ScratchVector<std::int32_t> narrow_;
  ScratchVector<std::int64_t> wide_;
};

// Texts in one piece of memory. What is read is valid until the next one is added.
class TextColumn {
 public:
  std::size_t size() const { return ends_.size(); }

  std::string_view operator[](std::size_t row) const {
    const auto begin = row == 0 ? 0 : static_cast<std::size_t>(ends_[row - 1]);
    return {texts_.data() + begin, static_cast<std::size_t>(ends_[row]) - begin};
  }

  void push_back(std::string_view text) {
    texts_.insert(texts_.end(), text.begin(), text.end());
    ends_.push_back(static_cast<std::int64_t>(texts_.size()));
  }

 private:
  ScratchVector<char> texts_;
  IntegerColumn ends_;
};

// Goes over a list whose rows are made when they are asked for, and so are values.
template <typename List>
class RowIterator {
 public:
  using iterator_concept = std::forward_iterator_tag;
  using iterator_category = std::input_iterator_tag;
  using value_type = typename List::value_type;
  using reference = value_type;
  using pointer = void;
  using difference_type = std::ptrdiff_t;

  RowIterator() = default;
  RowIterator(const List& list, std::size_t row) : list_(&list), row_(row) {}

  value_type operator*() const { return (*list_)[row_]; }
  RowIterator& operator++() {
    ++row_;
    return *this;
  }
  RowIterator operator++(int) {
    const RowIterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const RowIterator&) const = default;

 private:
  const List* list_ = nullptr;
  std::size_t row_ = 0;
};

// These rows of a list, in this order.
template <typename List>
List rows_of(const List& list, std::span<const std::size_t> rows) {
  List chosen;
  for (const std::size_t row : rows) chosen.push_back(list[row]);
  return chosen;
}

// Calls change(row) with every row and keeps what that makes of it.
template <typename List, typename Change>
void change_rows(List& list, Change change) {
  List changed;
  for (auto row : list) {
    change(row);
    changed.push_back(row);
  }
  list = std::move(changed);
}

// Gives how many rows it erased.
template <typename List, typename Unwanted>
std::size_t erase_rows_if(List& list, Unwanted is_unwanted) {
  List kept;
  for (const auto& row : list)
    if (!is_unwanted(row)) kept.push_back(row);
  const std::size_t erased = list.size() - kept.size();
  if (erased > 0) list = std::move(kept);
  return erased;
}

}  // namespace octet
