// Speed of every kernel of this CPU, on one thread, for shapes of the models that octet ships:
//   kernel_bench [--benchmark_filter=conv2d_u8/avx2] ...
#include <benchmark/benchmark.h>

#include "kernels/activation/activation_kernels.h"
#include "kernels/conv2d/conv2d_kernels.h"
#include "kernels/covariance/covariance_kernels.h"
#include "kernels/depthwise2d/depthwise2d_kernels.h"
#include "kernels/elementwise/elementwise_kernels.h"
#include "kernels/matmul/matmul_kernels.h"
#include "kernels/matmul_u8/matmul_u8_kernels.h"
#include "kernels/pool/pool_kernels.h"
#include "kernels/quantize/quantize_kernels.h"
#include "kernels/resize/resize_kernels.h"
#include "kernels/softmax/softmax_kernels.h"
#include "kernels/statistics/statistics_kernels.h"

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  octet::kernels::AllTables::for_each([]<class Table>() { Table::add_benchmarks(); });
  benchmark::RunSpecifiedBenchmarks();
}
