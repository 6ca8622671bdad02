#pragma once

#include <cstring>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "base/check.h"
#include "tensor/element_type.h"
#include "tensor/shape.h"

namespace octet {

// A dense row-major array with its type and shape. Copies share the bytes; writing is for the one who made it,
// before it is shared. The bytes may belong to a mapped file.
class Tensor {
 public:
  Tensor() = default;

  // Zero-filled. The shape must have passed validate_shape.
  Tensor(ElementType type, Shape shape)
      : type_(type), shape_(std::move(shape)), bytes_(static_cast<std::size_t>(element_count(shape_)) * size_of(type)) {
    auto storage = std::make_shared<std::byte[]>(bytes_ ? bytes_ : 1);
    data_ = storage.get();
    owner_ = std::move(storage);
  }

  // A view of bytes kept alive by `owner`; they must be as many as type and shape say and suitably aligned.
  Tensor(ElementType type, Shape shape, std::span<const std::byte> bytes, std::shared_ptr<const void> owner)
      : type_(type), shape_(std::move(shape)), bytes_(bytes.size()), data_(const_cast<std::byte*>(bytes.data())), owner_(std::move(owner)) {
    OCTET_CHECK(bytes_ == static_cast<std::size_t>(element_count(shape_)) * size_of(type), "bytes do not fit the shape");
  }

  template <typename T>
  static Tensor of(Shape shape, std::span<const T> values) {
    Tensor tensor(element_type_of<T>, std::move(shape));
    OCTET_CHECK(static_cast<std::size_t>(tensor.size()) == values.size(), "values do not fit the shape");
    if (!values.empty()) std::memcpy(tensor.data_, values.data(), values.size_bytes());
    return tensor;
  }
  template <typename T>
  static Tensor of(Shape shape, const std::vector<T>& values) {
    return of<T>(std::move(shape), std::span<const T>(values));
  }
  template <typename T>
  static Tensor scalar(T value) {
    return of<T>({}, std::span<const T>(&value, 1));
  }

  ElementType type() const { return type_; }
  const Shape& shape() const { return shape_; }
  std::int64_t size() const { return element_count(shape_); }
  std::span<const std::byte> bytes() const { return {data_, bytes_}; }

  std::span<std::byte> mutable_bytes() { return {data_, bytes_}; }

  template <typename T>
  std::span<const T> values() const {
    OCTET_CHECK(element_type_of<T> == type_, "tensor read as another type");
    return {reinterpret_cast<const T*>(data_), bytes_ / sizeof(T)};
  }
  template <typename T>
  std::span<T> mutable_values() {
    OCTET_CHECK(element_type_of<T> == type_, "tensor written as another type");
    return {reinterpret_cast<T*>(data_), bytes_ / sizeof(T)};
  }

  // The same bytes with another shape of as many elements.
  Tensor reshaped(Shape shape) const {
    OCTET_CHECK(element_count(shape) == size(), "reshape changes the number of elements");
    Tensor other = *this;
    other.shape_ = std::move(shape);
    return other;
  }

 private:
  ElementType type_ = ElementType::kF32;
  Shape shape_{0};
  std::size_t bytes_ = 0;
  std::byte* data_ = nullptr;
  std::shared_ptr<const void> owner_;
};

// The values as T, whatever numeric type they have (f16 too); rounds toward zero, saturates at T's limits.
template <typename T>
std::vector<T> to_vector(const Tensor& tensor);
extern template std::vector<float> to_vector<float>(const Tensor&);
extern template std::vector<double> to_vector<double>(const Tensor&);
extern template std::vector<std::int64_t> to_vector<std::int64_t>(const Tensor&);

// The tensor converted to another element type with the rule of to_vector.
Tensor converted(const Tensor& tensor, ElementType type);

}  // namespace octet
