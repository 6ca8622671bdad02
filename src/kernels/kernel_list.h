#pragma once

#include <type_traits>

// All tables of kernels. A table that is not in this list cannot be dispatched from, and one in it that lacks a check against its
// reference does not compile: see kernel.h.
namespace octet::kernels {

struct ActivateKernels;
struct AddF32Kernels;
struct AddU8Kernels;
struct AddU8F32Kernels;
struct AddPixelsKernels;
struct AvgPoolF32Kernels;
struct ColumnProductsKernels;
struct Conv2dBf16Kernels;
struct Conv2dF32Kernels;
struct Conv2dU8Kernels;
struct Depthwise2dF32Kernels;
struct Depthwise2dU8Kernels;
struct DequantizeU8Kernels;
struct GatherPixelsKernels;
struct InterleaveKernels;
struct InterleaveQuantizedKernels;
struct MatmulF32Kernels;
struct MatmulU8Kernels;
struct MaxPoolF32Kernels;
struct MaxPoolU8Kernels;
struct MultiplyF32Kernels;
struct PairUpKernels;
struct QuantizeU8Kernels;
struct QuantizingDepthwise2dKernels;
struct ScaleShiftF32Kernels;
struct ScaledRowsKernels;
struct SeparateKernels;
struct SoftmaxF32Kernels;
struct WinogradF32Kernels;
struct WinogradU8Kernels;

template <class... Tables>
struct TableList {
  template <class Table>
  static constexpr bool contains = (std::is_same_v<Table, Tables> || ...);

  // Calls visit.template operator()<Table>() for each table, in order.
  template <typename Visit>
  static void for_each(Visit&& visit) {
    (visit.template operator()<Tables>(), ...);
  }
};

using AllTables = TableList<Conv2dF32Kernels, Conv2dBf16Kernels, Conv2dU8Kernels, Depthwise2dF32Kernels, Depthwise2dU8Kernels,
                            QuantizingDepthwise2dKernels, AddF32Kernels, MultiplyF32Kernels, MatmulF32Kernels, MatmulU8Kernels,
                            SoftmaxF32Kernels, ScaleShiftF32Kernels, AddU8Kernels, AddU8F32Kernels, MaxPoolF32Kernels, MaxPoolU8Kernels,
                            AvgPoolF32Kernels, QuantizeU8Kernels, DequantizeU8Kernels, InterleaveKernels, InterleaveQuantizedKernels,
                            SeparateKernels, GatherPixelsKernels, ActivateKernels, AddPixelsKernels, PairUpKernels, ColumnProductsKernels,
                            ScaledRowsKernels, WinogradF32Kernels, WinogradU8Kernels>;

}  // namespace octet::kernels
