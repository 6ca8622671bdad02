#pragma once

#include <cstdint>
#include <span>

#include "base/cpu.h"
#include "base/thread_pool.h"
#include "kernels/activation/activation.h"
#include "kernels/view.h"

namespace octet::kernels {

// Images of one call have one size and may differ in their strides; `out` may be an input itself but not overlap it otherwise. The same
// bits by every kernel and on any number of threads. Safe to call from several threads, each with a pool of its own.

// out = activate(a + b).
void add_f32(ImageView<const float> a, ImageView<const float> b, ImageView<float> out, const Activation& activation, const Isa& isa,
             ThreadPool& pool);
void multiply_f32(ImageView<const float> a, ImageView<const float> b, ImageView<float> out, const Activation& activation, const Isa& isa,
                  ThreadPool& pool);

// out[c] = activate(fma(in[c], scale[c], offset[c])); one scale and offset a channel.
void scale_shift_f32(ImageView<const float> in, std::span<const float> scale, std::span<const float> offset, ImageView<float> out,
                     const Activation& activation, const Isa& isa, ThreadPool& pool);

// Sum of two quantized images, the same bits at every level:
//   t = fma(float(a), a_multiplier, fma(float(b), b_multiplier, offset)), then the activation, then as in quantize.h
// with one scale and zero point for all channels. The builder folds zero points and scales into the numbers.
struct AddU8 {
  float a_multiplier = 1, b_multiplier = 1, offset = 0;
  Activation activation;
  float scale = 1;  // of the result after the activation
  std::uint8_t zero_point = 0;
};
void add_u8(const AddU8& add, ImageView<const std::uint8_t> a, ImageView<const std::uint8_t> b, ImageView<std::uint8_t> out, const Isa& isa,
            ThreadPool& pool);
void add_u8(const AddU8& add, ImageView<const std::uint8_t> a, ImageView<const std::uint8_t> b, ImageView<float> out, const Isa& isa,
            ThreadPool& pool);

// Copies the pixels of one image into another of the same size, whatever their strides.
void copy_bytes(ImageView<const std::uint8_t> in, ImageView<std::uint8_t> out, ThreadPool& pool);
template <typename T>
void copy_image(ImageView<const T> in, ImageView<T> out, ThreadPool& pool) {
  copy_bytes(bytes_of(in), bytes_of(out), pool);
}

// out = table[in].
void map_bytes(std::span<const std::uint8_t, 256> table, ImageView<const std::uint8_t> in, ImageView<std::uint8_t> out, ThreadPool& pool);

// The plain definitions, for tests and selftest.
void add_f32_ref(ImageView<const float> a, ImageView<const float> b, ImageView<float> out, const Activation& activation);
void multiply_f32_ref(ImageView<const float> a, ImageView<const float> b, ImageView<float> out, const Activation& activation);
void scale_shift_f32_ref(ImageView<const float> in, std::span<const float> scale, std::span<const float> offset, ImageView<float> out,
                         const Activation& activation);
void add_u8_ref(const AddU8& add, ImageView<const std::uint8_t> a, ImageView<const std::uint8_t> b, ImageView<std::uint8_t> out);
void add_u8_ref(const AddU8& add, ImageView<const std::uint8_t> a, ImageView<const std::uint8_t> b, ImageView<float> out);

}  // namespace octet::kernels
